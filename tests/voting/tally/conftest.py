"""Kernels are loaded before the first test, so that no test is timed while they compile."""

import pytest

from talkoot.voting import tally


@pytest.fixture(autouse=True, scope="session")
def warm_kernels() -> None:
    tally.warm()
