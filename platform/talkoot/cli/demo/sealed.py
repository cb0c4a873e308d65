"""The demonstration's sealed election, by the steps of a real one.

Two officials with key files sign every act, three trustees have keys, a rehearsal has passed, and
the board has begun. All those keys lie together in one folder of this machine, under a passphrase
that stands beside them: that is what makes it a demonstration.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId, MunicipalityId, RoundId
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import KeyKind, RelyingParty
from talkoot.people import (
    KeyFile,
    Passkey,
    asserted,
    key_file_made,
    official_kept,
    passkey_added,
    signatures_of,
)
from talkoot.rounds import GRACE_S
from talkoot.voting import board, log
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log import DRAFT, STEPS, ActKind, ActRequest, Assurance, TwoPersons
from talkoot.voting.sealing import (
    TrusteeKey,
    locked,
    new_private_key,
    new_setup,
    new_trustee,
    rehearsed,
)

PASSPHRASE = "only-a-demonstration"  # noqa: S105 - it stands beside the keys, and guards nothing
TRUSTEES = ("Demo trustee Aila", "Demo trustee Börje", "Demo trustee Cilla")
NEEDED = 2
APPEALS = timedelta(days=30)
READ_ME = f"""DEMONSTRATION KEYS. Never use them for a real election.

Here lie the keys of the two officials and the three trustees of an invented municipality, all in
one place and under one passphrase: {PASSPHRASE}
In a real election each person holds a key alone, trustees on two media, and nobody else learns its
passphrase. docs/commands.md tells how such keys are made (`talkoot official passkey-file`,
`talkoot trustee new`) and how these open and count the sealed round of the demonstration
(`talkoot act`, `talkoot export-log`, `talkoot tally`).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """Who signs for the demonstration's municipality, and who can open its ballots."""

    municipality_id: MunicipalityId
    officials: tuple[KeyFile, KeyFile]
    trustees: tuple[TrusteeKey, ...]
    party: RelyingParty

    async def signed(self, session: WriteSession, request: ActRequest) -> log.Signed:
        """Have both officials sign an act."""
        challenge = log.act_challenge(request)
        by = await signatures_of(
            session,
            self.municipality_id,
            challenge,
            [asserted(key, challenge, self.party) for key in self.officials],
            roles=STEPS[Assurance.SEALED][request.kind].roles,
            party=self.party,
        )
        return log.Signed(signatures=by, party=self.party)


async def ceremony_begun(
    session: WriteSession,
    municipality_id: MunicipalityId,
    persons: TwoPersons,
    folder: Path,
    party: RelyingParty,
    *,
    at: datetime,
) -> Ceremony:
    """Make everybody's key files in a new ``folder``, and put the officials on file."""
    trustees = _folder_made(folder)
    officials = []
    for name in (persons.first, persons.second):
        key = key_file_made(folder / f"official-{_word(name)}.key", PASSPHRASE)
        official = await official_kept(
            session,
            municipality_id=municipality_id,
            name=name,
            mail=f"{_word(name)}@suvisalmi.example",
            roles=[OfficialRole.ELECTION_MANAGER],
        )
        kept = Passkey(
            credential_id=key.credential_id,
            official_id=official.id,
            public_key=key.public_key,
            key_kind=KeyKind.FILE,
            words="demonstration key",
            sign_count=0,
            added_at=at,
        )
        await passkey_added(session, kept)
        officials.append(key)
    return Ceremony(
        municipality_id=municipality_id,
        officials=(officials[0], officials[1]),
        trustees=trustees,
        party=party,
    )


async def sealed_frozen(
    session: WriteSession,
    ceremony: Ceremony,
    definition: BallotDefinition,
    *,
    round_id: RoundId,
    voting: tuple[datetime, datetime],
    at: datetime,
) -> log.Election:
    """Freeze an election whose ballots will be sealed."""
    opens_at, closes_at = voting
    window = log.freeze_payload(
        opens_at=opens_at,
        closes_at=closes_at,
        grace_s=GRACE_S,
        appeals_until=closes_at + APPEALS,
    )
    request = _request(definition, ActKind.FREEZE, DRAFT, window)
    by = await ceremony.signed(session, request)
    return await log.frozen_sealed(
        session, definition, request, round_id=round_id, signed=by, at=at
    )


async def sealed_opened(
    session: WriteSession, ceremony: Ceremony, election: log.Election, keys: Path, *, at: datetime
) -> log.Election:
    """Seal the ballots to the trustees, begin the board, rehearse, and open."""
    registrar = new_private_key()
    _written(keys / f"{election.id}.registrar", registrar.seed.hex().encode())
    setup = new_setup(
        election.id,
        trustees=[key.public for key in ceremony.trustees],
        threshold=NEEDED,
        registrar_public=registrar.public,
    )
    await log.sealing_kept(session, setup)
    await board.started(session, election.id, board.create_board_key(keys, election.id).verifier)
    rehearsed(setup, ceremony.trustees)
    for kind, payload in (
        (ActKind.REHEARSE, {"sealing": setup.hash.hex()}),
        (ActKind.OPEN, dict[str, str | int]()),
    ):
        request = _request(election.definition, kind, election.state.value, payload)
        by = await ceremony.signed(session, request)
        election = await log.moved(session, request, by=by, at=at)
    await board.ceremonies_recorded(session, election.id)
    return election


async def board_grown(
    session: WriteSession, election_id: ElectionId, keys: Path, *, at: datetime
) -> None:
    """Publish the board for the first time."""
    await board.published(session, election_id, at=at, signer=board.board_key(keys, election_id))


def _folder_made(folder: Path) -> tuple[TrusteeKey, ...]:
    """Make the folder, its words of warning and the trustees' key files; give the keys."""
    folder.mkdir(mode=0o700, parents=True)
    _written(folder / "README.txt", READ_ME.encode())
    _written(folder / "passphrase.txt", f"{PASSPHRASE}\n".encode())
    trustees = tuple(new_trustee(name) for name in TRUSTEES)
    for key in trustees:
        _written(folder / f"trustee-{_word(key.name)}.json", locked(key, PASSPHRASE))
    return trustees


def _request(
    definition: BallotDefinition, kind: ActKind, state: str, payload: Mapping[str, str | int]
) -> ActRequest:
    return ActRequest(
        election_id=definition.election_id,
        kind=kind,
        state=state,
        definition_hash=definition.hash,
        reason="A demonstration.",
        nonce=secrets.token_bytes(16),
        payload=payload,
    )


def _word(name: str) -> str:
    """Give a person's last name in letters that every file system and mail address knows."""
    return name.rpartition(" ")[2].lower().replace("ö", "o")


def _written(path: Path, content: bytes) -> None:
    """Write a new file that this account alone may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
