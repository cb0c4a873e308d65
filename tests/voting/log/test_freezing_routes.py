"""T2, T6: the freeze refuses what would let nobody in particular vote, or one person twice."""

from dataclasses import replace
from uuid import UUID

import pytest

from talkoot.base.db import Database
from talkoot.base.errors import NotAllowed
from talkoot.voting.ballot import (
    LETTER_ROUTES,
    Anchor,
    BallotDefinition,
    Channel,
    Credential,
    Purpose,
    Route,
)
from talkoot.voting.intake import Door, Recorded
from talkoot.voting.log import acts_done, standing_hashes
from talkoot.voting.roll import ElectionKeys, voter_key
from tests.voting.log.made_up import NOON, a_cast, a_definition, an_open_election

KEYS = ElectionKeys(pseudonym=bytes(range(32)), code_pepper=bytes(32))
CARD = Route(credential=Credential.CARD, channel=Channel.KIOSK, anchor=Anchor.LIBRARY_PATRON)
MAIL = Route(credential=Credential.MAIL, channel=Channel.WEB, anchor=Anchor.MAIL_ADDRESS)
SAME_CARD = replace(CARD, anchor=Anchor.REGISTER_ROW)


def with_routes(*routes: Route, purpose: Purpose = Purpose.BINDING) -> BallotDefinition:
    return replace(a_definition(), routes=routes, purpose=purpose)


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        (with_routes(MAIL), "mail on web proves nobody's right to vote"),
        (
            with_routes(*LETTER_ROUTES, CARD),
            "; ".join(
                f"code on {channel} and card on kiosk have no common anchor:"
                " register-row is not ils-patron"
                for channel in (Channel.WEB, Channel.KIOSK)
            ),
        ),
    ],
    ids=["test_t2", "test_t6"],
)
async def test_t2_t6_a_freeze_fails_and_says_every_reason(
    desk: Database, definition: BallotDefinition, reason: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        await an_open_election(desk, definition=definition)
    assert str(refused.value) == f"a binding election cannot be frozen so: {reason}"


@pytest.mark.parametrize(
    "definition",
    [
        a_definition(),
        with_routes(*LETTER_ROUTES, SAME_CARD),
        with_routes(MAIL, purpose=Purpose.UNVERIFIED_POLL),
        with_routes(*LETTER_ROUTES, CARD, purpose=Purpose.UNVERIFIED_POLL),
    ],
)
async def test_t2_t6_what_has_one_anchor_or_claims_nothing_is_frozen_and_opened(
    desk: Database, definition: BallotDefinition
) -> None:
    election = await an_open_election(desk, definition=definition)
    assert election.definition == definition


async def test_t6_without_the_check_one_person_with_letter_and_card_has_two_ballots(
    database: Database, desk: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: frozen all the same, the door cannot know that both are one person."""
    monkeypatch.setattr(acts_done, "_check_routes", lambda _definition: None)
    definition = with_routes(*LETTER_ROUTES, CARD)
    election = await an_open_election(desk, definition=definition)
    same_person = {Anchor.REGISTER_ROW: "row 17", Anchor.LIBRARY_PATRON: "card 4711"}
    async with Door(database) as door:
        for number, (anchor, words) in enumerate(same_person.items(), 1):
            voter = voter_key(KEYS, election.id, anchor, words)
            cast = a_cast(election, voter=voter, submission=UUID(int=number))
            assert isinstance(await door.cast(cast, NOON), Recorded)
    async with desk.writing() as session:
        assert len(await standing_hashes(session, election.id)) == 2
