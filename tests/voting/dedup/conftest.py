"""Kernels are loaded before the first test, so that no test is timed while they compile."""

import pytest

from talkoot.voting import dedup


@pytest.fixture(autouse=True, scope="session")
def warm_kernels() -> None:
    dedup.warm()
