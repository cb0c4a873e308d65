"""Elections whose ballots are sealed, for the tests of every room that meets them."""

from datetime import timedelta
from typing import Protocol

from talkoot.base.db import Database
from talkoot.voting.ballot import BallotDefinition, Recast
from talkoot.voting.log import Election, opened, sealing_kept
from talkoot.voting.sealing import PrivateKey, SealingSetup, TrusteeKey, new_setup, tally_key
from tests.voting.log.made_up import (
    OPENS,
    PERSONS,
    a_definition,
    a_frozen_election,
    an_open_election,
)
from tests.voting.results.made_up import a_town_with_an_open_election

TRUSTEES = tuple(
    TrusteeKey(name=name, private=PrivateKey(seed=bytes([number]) * 32))
    for number, name in enumerate(("Aila", "Börje", "Cilla"), 1)
)
REGISTRAR = PrivateKey(seed=bytes([9]) * 32)
THRESHOLD = 2


class Opening(Protocol):
    """Freeze and open an election, committed by the official's role."""

    __name__: str

    async def __call__(
        self,
        desk: Database,
        *,
        recast: Recast = ...,
        definition: BallotDefinition | None = ...,
    ) -> Election:
        """Give the open election."""
        ...


def a_setup(definition: BallotDefinition) -> SealingSetup:
    """Two of three trustees open."""
    return new_setup(
        definition.election_id,
        trustees=[key.public for key in TRUSTEES],
        threshold=THRESHOLD,
        registrar_public=REGISTRAR.public,
    )


def opened_by_trustees(setup: SealingSetup) -> PrivateKey:
    """What enough of them come to together."""
    return tally_key(setup, TRUSTEES[:THRESHOLD])


async def a_sealed_election(
    desk: Database,
    *,
    recast: Recast = Recast.LAST_COUNTS,
    definition: BallotDefinition | None = None,
) -> Election:
    """As ``an_open_election``, with ballots sealed to trustees."""
    definition = definition or a_definition(recast=recast)
    async with desk.writing() as session:
        await a_frozen_election(session, definition)
        await sealing_kept(session, a_setup(definition))
        return await opened(
            session, definition.election_id, persons=PERSONS, at=OPENS - timedelta(days=1)
        )


def openings() -> tuple[Opening, Opening]:
    """With readable ballots, and with sealed ones."""
    return an_open_election, a_sealed_election


async def a_sealed_town_election(desk: Database, definition: BallotDefinition) -> Election:
    """A sealed election of a round in a municipality, open: what a whole ceremony needs."""
    election = await a_town_with_an_open_election(desk, definition)
    async with desk.writing() as session:
        await sealing_kept(session, a_setup(definition))
    return election
