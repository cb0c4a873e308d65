"""The API: JSON in, JSON out, and every fault a problem document (RFC 9457)."""
