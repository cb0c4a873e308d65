"""T2, T6: what cannot bind is not frozen as if it did, and every reason is named."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.voting.ballot import (
    LETTER_ROUTES,
    Anchor,
    Channel,
    Credential,
    Purpose,
    Route,
    why_not_binding,
)
from talkoot.voting.ballot.routes import KNOWS_NOBODY, PROVES_NOBODY
from tests.voting.log.made_up import a_definition

MAIL = Route(credential=Credential.MAIL, channel=Channel.WEB, anchor=Anchor.MAIL_ADDRESS)
OPEN = Route(credential=Credential.OPEN, channel=Channel.WEB, anchor=Anchor.NOTHING)
CODE, AT_KIOSK = LETTER_ROUTES
CARD = Route(credential=Credential.CARD, channel=Channel.KIOSK, anchor=Anchor.LIBRARY_PATRON)
MAPPED_CARD = replace(CARD, anchor=Anchor.REGISTER_ROW)
routes = st.lists(
    st.builds(
        Route,
        credential=st.sampled_from(Credential),
        channel=st.sampled_from(Channel),
        anchor=st.sampled_from(Anchor),
    ),
    unique=True,
    max_size=5,
).map(tuple)


@pytest.mark.parametrize("only", [(MAIL,), (OPEN,), (MAIL, OPEN)])
def test_t2_a_mailbox_or_nothing_at_all_binds_nobody(only: tuple[Route, ...]) -> None:
    definition = replace(a_definition(), routes=only)
    assert len(definition.why_not_frozen) == len(only)
    assert all("proves nobody's right to vote" in reason for reason in definition.why_not_frozen)
    poll = replace(definition, purpose=Purpose.UNVERIFIED_POLL)
    assert poll.why_not_frozen == ()


def test_t2_a_mailbox_beside_letters_still_binds_nobody() -> None:
    assert why_not_binding((CODE, MAIL)) == ("mail on web proves nobody's right to vote",)


def test_t2_a_strong_sign_in_that_is_mapped_to_a_mail_address_binds_nobody() -> None:
    strange = replace(MAIL, credential=Credential.STRONG)
    assert why_not_binding((strange,)) == (
        "strong on web leads to mail-address, which is no person on a roll",
    )


def test_t6_each_pair_without_a_common_anchor_is_named() -> None:
    assert why_not_binding((CODE, AT_KIOSK, CARD)) == (
        "code on web and card on kiosk have no common anchor: register-row is not ils-patron",
        "code on kiosk and card on kiosk have no common anchor: register-row is not ils-patron",
    )
    assert why_not_binding((CODE, AT_KIOSK, MAPPED_CARD)) == ()


def test_t6_a_definition_that_names_no_routes_is_voted_on_by_codes_to_rows_of_the_roll() -> None:
    definition = a_definition()
    assert (definition.routes, definition.ways) == ((), LETTER_ROUTES)
    assert definition.why_not_frozen == ()


@given(routes)
def test_t6_whoever_holds_two_credentials_has_one_voter_key_wherever_there_is_no_reason_against_it(
    some: tuple[Route, ...],
) -> None:
    """The slow twin: everybody holds every credential, and a key is made of the anchor alone."""
    keys = {(route.anchor, f"somebody's {route.anchor}") for route in some}
    nobody = [r for r in some if r.credential in PROVES_NOBODY or r.anchor in KNOWS_NOBODY]
    assert (why_not_binding(some) == ()) == (len(keys) <= 1 and not nobody)
    known = [route for route in some if route not in nobody]
    apart = [pair for pair in combinations(known, 2) if pair[0].anchor is not pair[1].anchor]
    assert len(why_not_binding(some)) == len(nobody) + len(apart)


def test_purpose_and_routes_are_under_the_hash_and_their_absence_leaves_it_as_it_was() -> None:
    definition = a_definition()
    others = [
        replace(definition, purpose=Purpose.UNVERIFIED_POLL),
        replace(definition, routes=LETTER_ROUTES),
        replace(definition, routes=LETTER_ROUTES[::-1]),
        replace(definition, routes=(CODE,)),
        replace(definition, routes=(MAPPED_CARD,)),
        replace(definition, routes=(MAPPED_CARD,), purpose=Purpose.UNVERIFIED_POLL),
    ]
    assert len({definition.hash, *(other.hash for other in others)}) == len(others) + 1
    assert b"route" not in definition.canonical
    assert b"purpose" not in definition.canonical
    with pytest.raises(ValueError, match="a route is named twice"):
        replace(definition, routes=(CODE, CODE))
