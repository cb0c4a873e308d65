"""Pages: parse, call, answer. Each file makes the frozen pages of one area."""
