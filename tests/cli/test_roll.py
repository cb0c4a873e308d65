"""The commands of the roll, from a file to letters that work."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from sqlalchemy import text

from talkoot.base.clock import system_clock
from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.i18n import text_from
from talkoot.base.ids import AreaCode, ElectionId, MunicipalityId, RoundId
from talkoot.cli import talkoot
from talkoot.rounds import (
    Area,
    Contact,
    Kind,
    Municipality,
    Round,
    municipality_kept,
    round_kept,
)
from talkoot.voting.log import election_of, frozen, frozen_sealed
from talkoot.voting.roll import (
    CodeHasher,
    Origin,
    SignedIn,
    SignInRefused,
    create_keys,
    keys_for,
    sign_in,
)
from tests.voting.log.made_up import CLOSES, OPENS, PERSONS, a_definition
from tests.voting.log.sealed import a_freeze, signed

ROLL = "anchor;birth_year;area;language\n=A1;1950;north;fi\nB2;1961;north;sv\nC3;2001;north;se\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A frozen election, and the command line on its database."""

    database: Database
    folder: Path
    election_id: ElectionId

    async def says(self, *words: str) -> Result:
        """Run a command in a thread: it brings its own event loop."""
        return await asyncio.to_thread(CliRunner().invoke, talkoot, list(words))

    async def imports(self, body: str) -> Result:
        file = self.folder / "roll.csv"
        file.write_text(body, encoding="utf-8")
        return await self.says("import-roll", str(self.election_id), str(file))

    async def signs_in(self, code: str) -> SignedIn | SignInRefused:
        async with CodeHasher() as hasher, self.database.writing() as session:
            return await sign_in(
                session,
                code,
                election_id=self.election_id,
                origin=Origin(network="home"),
                keys=keys_for(self.folder / "keys", self.election_id),
                hasher=hasher,
                at=system_clock(),
            )


@pytest.fixture
async def town(
    server: Server,
    database_name: str,
    desk: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    url = server.url(login=Login.DESK, database=database_name)
    monkeypatch.setenv("TALKOOT_DATABASE_URL", url)
    monkeypatch.setenv("TALKOOT_HOME", str(tmp_path))
    municipality = Municipality(
        id=MunicipalityId(uuid4()),
        slug="sammalkoski",
        name=text_from("Sammalkoski"),
        intro=text_from(""),
        contact=Contact(name="Aino", role=text_from(""), email="a@b.example", phone="040 1"),
        timezone="Europe/Helsinki",
        areas=(Area(code=AreaCode("north"), parent=None, name=text_from("North"), population=3),),
    )
    round_ = Round(
        id=RoundId(uuid4()),
        municipality_id=municipality.id,
        slug="one",
        kind=Kind.BUDGET,
        title=text_from("Half a million"),
        theme=text_from(""),
        intro=text_from(""),
        rules=(),
        grace_s=300,
        phases=(),
        projects=(),
    )
    definition = a_definition()
    async with desk.writing() as session:
        await municipality_kept(session, municipality)
        await round_kept(session, round_)
        await frozen(
            session,
            definition,
            round_id=round_.id,
            opens_at=OPENS,
            closes_at=CLOSES,
            grace_s=300,
            persons=PERSONS,
            at=OPENS,
        )
    create_keys(tmp_path / "keys", definition.election_id)
    return Desk(database=desk, folder=tmp_path, election_id=definition.election_id)


def codes_in(pdf: Path) -> list[str]:
    """The codes in the order of the pages: the only words of 16 symbols with two dashes."""
    words = [page.extract_text().split() for page in PdfReader(pdf).pages]
    return [next(w for w in page if len(w) == 16 and w.count("-") == 2) for page in words]


async def test_from_a_roll_to_letters_that_work(town: Desk) -> None:
    done = await town.imports(ROLL)
    assert (done.exit_code, done.stdout) == (
        0,
        "3 rows: 3 persons added, 0 changed, 0 unchanged\n",
    )
    pdf = town.folder / "letters.pdf"
    done = await town.says("letters", str(town.election_id), "--out", str(pdf), "--by", "Anna")
    assert done.exit_code == 0, done.output
    assert pdf.stat().st_mode & 0o777 == 0o600
    assert pdf.with_suffix(".csv").read_text(encoding="utf-8").splitlines() == [
        "letter;anchor;language",
        "1;=A1;fi",
        "2;B2;sv",
        "3;C3;se",
    ]
    codes = codes_in(pdf)
    assert len(codes) == 3
    assert isinstance(await town.signs_in(codes[0]), SignInRefused)
    batch = done.output.split("activate-letters ")[1].split()[0]
    refused = await town.says("activate-letters", batch, "--by", "anna")
    assert isinstance(refused.exception, NotAllowed)
    done = await town.says("activate-letters", batch, "--by", "Bertta")
    assert done.exit_code == 0
    assert [type(await town.signs_in(code)) for code in codes] == [SignedIn] * 3


async def test_a_new_letter_for_one_person_ends_the_old_code(town: Desk) -> None:
    await town.imports(ROLL)
    first, second = town.folder / "a.pdf", town.folder / "b.pdf"
    letters = ("letters", str(town.election_id), "--by", "Anna", "--out")
    batches = [
        (await town.says(*letters, str(first))).output,
        (await town.says(*letters, str(second), "--anchor", "B2")).output,
    ]
    for output in batches:
        batch = output.split("activate-letters ")[1].split()[0]
        await town.says("activate-letters", batch, "--by", "Bertta")
    assert isinstance(await town.signs_in(codes_in(first)[0]), SignedIn)
    assert isinstance(await town.signs_in(codes_in(first)[1]), SignInRefused)
    assert isinstance(await town.signs_in(codes_in(second)[0]), SignedIn)
    assert len(codes_in(second)) == 1


async def test_faults_are_listed_and_nothing_is_imported(town: Desk) -> None:
    done = await town.imports(ROLL + "D4;1950;west;fi\n;1950;north;fi\n")
    assert "line 5: there is no area 'west'\nline 6: the anchor is missing\n" in done.stderr
    assert isinstance(done.exception, NotAllowed)
    assert "nothing was imported: 2 faults" in str(done.exception)
    assert (await town.imports(ROLL)).stdout.startswith("3 rows: 3 persons added")


async def test_the_roll_of_a_sealed_election_is_imported_once_and_changed_by_two(
    town: Desk,
) -> None:
    ballot = a_definition(election_id=uuid4())
    request = a_freeze(ballot)
    async with town.database.writing() as session:
        round_id = (await election_of(session, town.election_id)).round_id
        await frozen_sealed(
            session, ballot, request, round_id=round_id, signed=signed(request), at=OPENS
        )
    town = replace(town, election_id=ballot.election_id)
    assert (await town.imports(ROLL)).exit_code == 0
    again = await town.imports(ROLL + "D4;1971;north;fi\n")
    assert isinstance(again.exception, NotAllowed)
    assert "two officials sign" in str(again.exception)
    async with town.database.writing() as session:
        assert await session.scalar(text("select count(*) from roll_person")) == 3


async def test_letters_never_replace_a_file_and_then_issue_nothing(town: Desk) -> None:
    await town.imports(ROLL)
    pdf = town.folder / "letters.pdf"
    pdf.with_suffix(".csv").write_text("mine", encoding="utf-8")
    letters = ("letters", str(town.election_id), "--by", "Anna", "--out", str(pdf))
    refused = await town.says(*letters)
    assert isinstance(refused.exception, NotAllowed)
    assert not pdf.exists()
    pdf.with_suffix(".csv").unlink()
    assert (await town.says(*letters)).stdout.startswith("3 letters are in")


async def test_an_error_leaves_no_half_file(town: Desk) -> None:
    pdf = town.folder / "letters.pdf"
    done = await town.says("letters", str(town.election_id), "--by", "Anna", "--out", str(pdf))
    assert isinstance(done.exception, NotAllowed)  # the roll is empty
    assert [path.name for path in town.folder.iterdir()] == ["keys"]


async def test_an_unknown_election_and_batch_say_so(town: Desk) -> None:
    nowhere = str(uuid4())
    out = str(town.folder / "x.pdf")
    file = town.folder / "roll.csv"
    file.write_text(ROLL, encoding="utf-8")
    for words in (
        ("import-roll", nowhere, str(file)),
        ("letters", nowhere, "--out", out, "--by", "Anna"),
        ("activate-letters", nowhere, "--by", "Anna"),
    ):
        done = await town.says(*words)
        assert isinstance(done.exception, NotFound), words


async def test_a_limit_and_named_persons_do_not_go_together(town: Desk) -> None:
    out = str(town.folder / "x.pdf")
    done = await town.says(
        *("letters", str(town.election_id), "--out", out, "--by", "Anna"),
        *("--limit", "1", "--anchor", "B2"),
    )
    assert done.exit_code == 2
