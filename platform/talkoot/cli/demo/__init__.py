"""The demonstration: an invented municipality with rounds, voters, ballots and results."""

from talkoot.cli.demo.load import Loaded, load_demo

__all__ = ["Loaded", "load_demo"]
