"""Made-up ballots as columns: short and long, alike and different, valued or approvals."""

from hypothesis import strategies as st

from talkoot.voting.tally import Choice, Choices, choices_from

PROJECTS = 70
SMALL = st.integers(-2, 3)
ANY = st.integers(-(2**31), 2**31 - 1)


@st.composite
def ballots(draw: st.DrawFn) -> list[Choice]:
    """Ballots that share their first projects, so that their order is decided late."""
    values = draw(st.sampled_from([st.just(1), SMALL, ANY]))
    shared = draw(st.sets(st.integers(0, 40), max_size=12))
    found = []
    for some in draw(st.lists(st.sets(st.integers(40, PROJECTS - 1), max_size=3), max_size=40)):
        places = sorted(some | shared if draw(st.booleans()) else some)
        found.append(tuple((place, draw(values)) for place in places))
    return found


def choices() -> st.SearchStrategy[Choices]:
    return ballots().map(lambda some: choices_from(some, projects=PROJECTS))
