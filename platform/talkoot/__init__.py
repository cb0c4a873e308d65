"""Talkoot: participatory budgeting, initiatives and a count that anyone can repeat."""

__version__ = "0.1.0"
