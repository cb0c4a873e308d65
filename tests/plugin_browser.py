"""Skips tests marked ``browser`` with a word where no browser is.

Under TALKOOT_BROWSER_REQUIRED=1 a skipped one fails instead: nobody should take a run in which
the journeys did not happen for one in which they went well.
"""

import os
from collections.abc import Generator

import pytest

from tests.browser import HOW_TO_GET_ONE, browser_path

REQUIRED = "TALKOOT_BROWSER_REQUIRED"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and browser_path() is None:
        pytest.skip(HOW_TO_GET_ONE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and _must_run(item):
        report.outcome = "failed"
        report.longrepr = f"{REQUIRED}=1, but this browser test was skipped: {report.longrepr}"
    return report


def _must_run(item: pytest.Item) -> bool:
    if os.environ.get(REQUIRED) != "1" or not item.get_closest_marker("browser"):
        return False
    left_out = item.get_closest_marker("full") and not item.config.getoption("--full")
    return not left_out
