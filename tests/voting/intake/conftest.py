"""What the tests of the door share."""

import pytest

from tests.voting.sealing_of import Opening, openings


@pytest.fixture(params=openings(), ids=lambda opening: opening.__name__)
def opening(request: pytest.FixtureRequest) -> Opening:
    """How an election is opened: with readable ballots, or with sealed ones."""
    return request.param  # type: ignore[no-any-return]  # pytest does not know its parameters
