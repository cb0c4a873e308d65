"""`make rehearsal`: a sealed election from the freeze to the destruction of its keys.

By the commands that officials and trustees run, each a process of its own, and by the pages that
voters use; on a real database. It ends with one line of figures, and with status 0 only if all of
it held.
"""

import asyncio
import json
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import msgspec
from sqlalchemy import text

from talkoot.base.db import Database, Role, migrate
from talkoot.base.db.embedded import Durability, Login, Server, start
from talkoot.base.ids import ElectionId
from talkoot.rounds import Phase, PhaseKind, municipality_kept, picture_kept, round_kept
from talkoot.verify import verified
from talkoot.voting import log
from talkoot.voting.ballot import Rule
from talkoot.voting.intake import Door
from talkoot.voting.roll import (
    CodeCost,
    CodeHasher,
    activate,
    grouped,
    import_roll,
    issue_codes,
    keys_for,
)
from talkoot.web.app import application
from tests.rehearsal.hall import OFFICIALS, Failed, Hall
from tests.rehearsal.kiosks import (
    COUNTED,
    KIOSKS,
    PER_KIOSK,
    enrolled,
    settled,
    voted_at_kiosks,
)
from tests.rehearsal.witnesses import (
    WITNESSES,
    signed_by,
    unwitnessed_is_named,
    witnessed,
    witnesses_named,
)
from tests.web.town import MUNICIPALITY, PICTURE, Hand, Town, a_round, number, rules

VOTERS, AGAIN, SEED = 60, 7, 4
TRUSTEES, NEEDED = ("Aila", "Börje", "Cilla", "Dag", "Elli"), 3
LOST = "Elli"
PASSPHRASE = "yli kaksitoista merkkiä"  # noqa: S105 - it guards nothing
OPENS = datetime(2020, 3, 1, 6, tzinfo=UTC)
"""Long ago: the commands go by the clock of the machine, and appeals must be over."""
CLOSES = OPENS + timedelta(days=14)
VOTED = OPENS + timedelta(days=2)
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@dataclass(slots=True, kw_only=True)
class Figures:
    """What came of it."""

    voters: int = 0
    casts: int = 0
    counted: int = 0
    leaves: int = 0
    witnesses: int = 0
    groups: int = 0
    held: list[str] = field(default_factory=list)
    alterations: int = 0
    named: int = 0
    keys_left: int = 0
    after: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The one line of figures."""
        return (
            f"rehearsal: {self.voters} voters cast {self.casts} ballots, {self.counted} counted by"
            f" {NEEDED} of {len(TRUSTEES)} trustees ({LOST} lost both media); of three kiosks with"
            f" {PER_KIOSK} ballots each one came in time, one late, one is lost; {self.leaves}"
            f" leaves signed by {self.witnesses} of {len(WITNESSES)} witnesses;"
            f" {len(self.held)} checks of the reader hold, {self.named} of"
            f" {self.alterations} altered files named; after destruction {len(self.after)} checks"
            f" hold and {self.keys_left} voter keys are left"
        )


async def rehearsed(hall: Hall) -> Figures:
    """Do all of it. Raises :class:`Failed` where a step does not go as it must."""
    figures = Figures(voters=VOTERS)
    await officials_and_trustees(hall)
    election = await prepared(hall, figures)
    kept = {name: (hall.folder / "early" / name).read_bytes() for name in ("keys", "checkpoint")}
    votes = await voted(hall, election, figures)
    await closed(hall, election)
    await counted(hall, election, votes, figures)
    await read(hall, election, kept, figures)
    await destroyed(hall, election, figures)
    return figures


async def officials_and_trustees(hall: Hall) -> None:
    """Two officials get key files, and each trustee a key on two media."""
    (hall.folder / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    async with hall.desk.writing() as session:
        await municipality_kept(session, MUNICIPALITY)
        await picture_kept(session, PICTURE, "image/svg+xml", b"<svg/>")
        voting = Phase(kind=PhaseKind.VOTING, starts_at=OPENS, ends_at=CLOSES)
        await round_kept(session, replace(a_round(), phases=(voting,)))
    for name in OFFICIALS:
        mail = f"{name.partition(' ')[0].lower()}@example.org"
        words = ("--name", name, "--mail", mail, "--role", "election-manager")
        said = await hall.done("official", "invite", MUNICIPALITY.slug, *words)
        file = (hall.path(f"{name}.key"), "--passphrase-file", hall.path("passphrase"))
        await hall.done("official", "passkey-file", said.split()[0], *file)
    for name in TRUSTEES:
        media = [hall.folder / name / colour for colour in ("blue", "red")]
        for medium in media:
            medium.mkdir(parents=True)
        both = [word for medium in media for word in ("--medium", str(medium))]
        await hall.done("trustee", "new", name, *both, "--passphrase-file", hall.path("passphrase"))


async def prepared(hall: Hall, figures: Figures) -> UUID:
    """Freeze, begin the board, seal, enrol three kiosks, rehearse and open."""
    agreed = msgspec.json.encode(rules(rule=Rule.GREEDY))
    (hall.folder / "rules.json").write_bytes(agreed)
    appeals = ("--appeals-until", f"{CLOSES + timedelta(days=30):%Y-%m-%dT%H:%M:%S}")
    asked = ("freeze-sealed", MUNICIPALITY.slug, "kierros", hall.path("rules.json"), *appeals)
    said = await hall.done(*asked, *hall.signing("The council decided so."))
    election = UUID(said.split()[0])
    id_ = str(election)
    said = await hall.done("board", "start", id_)
    log_key = said.split()[-1]
    await witnesses_named(hall, election)
    given = [hall.path(f"{name}/red/talkoot-trustee-public.json") for name in TRUSTEES]
    trustees = [word for file in given for word in ("--trustee", file)]
    await hall.done("seal", id_, *trustees, "--threshold", str(NEEDED))
    await enrolled(hall, election)
    reason = hall.signing("All keys are at hand.")
    await hall.refused("act", id_, "open", *reason, why="no rehearsal has passed")
    said = await hall.done("rehearse", id_, *hall.media(*TRUSTEES), *reason)
    figures.groups = int(re.findall(r"(\d+) groups", said)[0])
    await hall.done("act", id_, "open", *hall.signing("The day has come."))
    await hall.done("board", "publish", id_)
    await witnessed(hall, election, "--log-key", log_key)
    await hall.done("export-public", id_, hall.path("at opening"))
    early = hall.folder / "early"
    early.mkdir()
    shutil.copy(hall.folder / "at opening" / "board" / "keys.json", early / "keys")
    shutil.copy(hall.folder / "at opening" / "board" / "checkpoint", early / "checkpoint")
    return election


async def voted(hall: Hall, election: UUID, figures: Figures) -> Counter[str]:
    """Let everybody vote by the pages, some twice; give the votes that must come out."""
    id_, random = ElectionId(election), Random(SEED)
    votes: Counter[str] = Counter()
    async with CodeHasher(CodeCost(memory_kib=8, passes=1)) as hasher, Door(hall.web) as door:
        codes = await codes_for(hall, id_, hasher, range(VOTERS))
        async with hall.desk.reading() as session:
            found = await log.election_of(session, id_)
        clock = Hand(VOTED)
        town = Town(
            app=application(hall.settings, hall.web, door, hasher, clock),
            settings=hall.settings,
            database=hall.web,
            desk=hall.desk,
            clock=clock,
            election=found,
            codes=codes,
        )
        for place, code in enumerate(codes):
            visitor = town.visitor(address=f"198.51.100.{place + 1}")
            chosen: list[str] = []
            for _ in range(2 if place < AGAIN else 1):
                chosen = [number(at) for at in random.sample(range(1, 7), random.randint(1, 3))]
                answer = await visitor.cast(await visitor.signed_in(code), chosen)
                if answer.status_code != 303:
                    raise Failed(f"voter {place} was answered {answer.status_code}: {answer.text}")
                figures.casts += 1
            votes.update(chosen)
            if place == VOTERS // 2:
                await hall.done("board", "publish", str(id_))
    async with CodeHasher() as hasher:  # as the command that takes journals has it
        at_kiosks = range(VOTERS, VOTERS + PER_KIOSK * len(KIOSKS))
        codes = await codes_for(hall, id_, hasher, at_kiosks)
        votes.update(await voted_at_kiosks(hall, election, codes, hasher, VOTED))
    figures.voters += COUNTED
    figures.casts += COUNTED
    return votes


async def codes_for(
    hall: Hall, election: ElectionId, hasher: CodeHasher, rows_of: range
) -> tuple[str, ...]:
    """Put these persons on the roll and give them codes that work."""
    rows = "anchor;birth_year;area;language\n" + "".join(
        f"row-{at};1980;satama;fi\n" for at in rows_of
    )
    areas = {area.code for area in MUNICIPALITY.areas}
    keys = keys_for(hall.settings.keys_folder, election)
    async with hall.desk.writing() as session:
        await import_roll(session, rows.encode(), election_id=election, areas=areas, at=OPENS)
        batch = await issue_codes(
            session, election_id=election, keys=keys, hasher=hasher, by="Anna", at=OPENS
        )
        await activate(session, batch.id, by="Bertta", at=OPENS)
    return tuple(grouped(issued.code) for issued in batch.codes)


async def closed(hall: Hall, election: UUID) -> None:
    """Close, declare one kiosk lost, let another in late, reconcile, publish what waited."""
    id_ = str(election)
    await hall.done("act", id_, "close", *hall.signing("The published end has come."))
    await hall.done("act", id_, "reconcile", *hall.signing("The web is whole."))
    await settled(hall, election)
    await hall.refused("export-log", id_, hall.path("early box"), why="board publish")
    await hall.done("board", "publish", id_)


async def counted(hall: Hall, election: UUID, votes: Counter[str], figures: Figures) -> None:
    """Count without the network by the trustees who still can, and publish."""
    id_, box, public = str(election), hall.path("box"), hall.path("counted")
    await hall.done("export-log", id_, box)
    shutil.rmtree(hall.folder / LOST)
    present = [name for name in TRUSTEES if name != LOST]
    few = hall.media(*present[: NEEDED - 1])
    await hall.refused(
        "tally", box, *few, "--out", public, why="3 trustees are needed", url=NOWHERE
    )
    await hall.done("tally", box, *hall.media(*present[1:]), "--out", public, url=NOWHERE)
    tables = json.loads((hall.folder / "counted" / "tables.json").read_bytes())
    many = 10 * tables["unique"] > 3 * tables["ballots"]  # then those who sign have to say so
    saying = ["--unique-ballots", str(tables["unique"])] if many else []
    signing = hall.signing("Counted before observers.")
    await hall.done("publish-tally", id_, public, *saying, *signing)
    await hall.done("act", id_, "final", *hall.signing("Nobody objected."))
    await hall.done("board", "publish", id_)
    result = json.loads((hall.folder / "counted" / "result.json").read_bytes())
    found = {project["number"]: project["votes"] for project in result["projects"]}
    if found != {number(at): votes[number(at)] for at in range(1, 7)}:
        raise Failed(f"{votes} was cast, and {found} counted")
    figures.counted = result["accounting"]["counted"]


async def read(hall: Hall, election: UUID, kept: dict[str, bytes], figures: Figures) -> None:
    """Have the public folder read, by the command; then alter a byte of each file in turn."""
    await unwitnessed_is_named(hall, election)
    await witnessed(hall, election)
    folder = hall.folder / "public"
    await hall.done("export-public", str(election), str(folder))
    early = ("--since", hall.path("early/checkpoint"), "--keys", hall.path("early/keys"))
    said = await hall.done("verify", str(folder), *early)
    figures.held = re.findall(r"^holds: (.*)$", said, re.MULTILINE)
    files = files_in(folder)
    figures.witnesses = signed_by(files["board/checkpoint"])
    figures.leaves = int(files["board/checkpoint"].split(b"\n")[1])
    random, figures.alterations = Random(SEED), len(files)
    for name, octets in files.items():
        at = random.randrange(len(octets))
        altered = octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]
        there = {**files, name: altered}
        report = verified(there.__getitem__, list(there), keys=kept["keys"])
        figures.named += bool(report.faults)
    file = folder / "result" / "ballots.csv"
    octets = file.read_bytes()
    file.write_bytes(octets[:-2] + bytes([octets[-2] ^ 1]) + octets[-1:])
    ran = await hall.tried("verify", str(folder), *early)
    if ran.returncode != 1 or "fault: result/ballots.csv" not in ran.stdout:
        raise Failed(f"an altered byte is not named: {ran.stdout}{ran.stderr}")


async def destroyed(hall: Hall, election: UUID, figures: Figures) -> None:
    """Destroy the keys, and read again what is public."""
    id_ = str(election)
    await hall.done("destroy", id_, *hall.signing("The time for appeals has passed."))
    await hall.done("board", "publish", id_)
    await witnessed(hall, election)
    folder = hall.folder / "public afterwards"
    await hall.done("export-public", id_, str(folder))
    early = ("--since", hall.path("early/checkpoint"), "--keys", hall.path("early/keys"))
    said = await hall.done("verify", str(folder), *early)
    figures.after = re.findall(r"^holds: (.*)$", said, re.MULTILINE)
    left = sorted(file.suffix for file in hall.settings.keys_folder.iterdir())
    if left != [".board"]:
        raise Failed(f"keys are left: {left}")
    query = text("select count(*) from entry where election_id = :id and voter_key <> :none")
    async with hall.desk.writing() as session:
        asked = {"id": election, "none": bytes(16)}
        figures.keys_left = int(await session.scalar(query, asked) or 0)


def files_in(folder: Path) -> dict[str, bytes]:
    """Read a folder, by the names below it."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def faults_of(figures: Figures) -> Sequence[str]:
    """Say which of the figures are not what they must be."""
    wanted = {
        "every voter's last ballot is counted": figures.counted == figures.voters,
        "some voted twice": figures.casts == figures.voters + AGAIN,
        "every group of trustees opened the dummy ballot": figures.groups == 10,
        "all checks of the reader hold": len(figures.held) >= 8,
        "the same hold after destruction": figures.after == figures.held,
        "every altered file is named": figures.named == figures.alterations > 10,
        "both witnesses signed the last checkpoint": figures.witnesses == len(WITNESSES),
        "no voter key is left": not figures.keys_left,
    }
    return [words for words, holds in wanted.items() if not holds]


async def run(server: Server, folder: Path, database: str | None = None) -> Figures:
    """Rehearse on a migrated, empty database, in an empty folder."""
    of_it = {} if database is None else {"database": database}
    url = server.url(login=Login.DESK, **of_it)
    web = Database(server.url(login=Login.APP, **of_it), writer=Role.WEB)
    desk = Database(url, writer=Role.OFFICIAL)
    try:
        return await rehearsed(Hall(web=web, desk=desk, url=url, folder=folder))
    finally:
        await web.close()
        await desk.close()


def main() -> int:
    """Start a database, rehearse, print."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="talkoot-rehearsal-") as home:
        Path(home).chmod(0o755)
        server = start(Path(home), durability=Durability.MEMORY)
        folder = Path(home) / "hall"
        folder.mkdir()
        try:
            migrate.upgrade(server.url())
            figures = asyncio.run(run(server, folder))
        except Failed as err:
            sys.stdout.write(f"rehearsal: {err}\n")
            return 1
        finally:
            server.stop()
    lines = [f"does not hold: {words}" for words in faults_of(figures)]
    lines.append(f"{figures.line}; {time.perf_counter() - begun:.0f} s")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if faults_of(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
