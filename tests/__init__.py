"""Tests mirror the rooms; ``journeys`` go the whole way of a vote."""
