"""The invented municipality, as its files describe it."""

import hashlib
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent
Words = dict[str, str]


class AreaFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An area of the municipality."""

    code: str
    name: Words
    parent: str | None
    population: int


class ContactFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contact person."""

    name: str
    role: Words
    email: str
    phone: str


class MunicipalityFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``municipality.json``."""

    slug: str
    name: Words
    intro: Words
    contact: ContactFile
    areas: list[AreaFile]


class OptionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option of a poll."""

    number: int
    name: Words


class ProjectFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project of a budget round."""

    number: int
    area: str
    name: Words
    summary: Words
    text: Words
    cost_cents: int
    picture: str
    picture_alt: Words


class RoundFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One round of ``rounds.json``: a budget round with a file of projects, or a poll.

    ``numbers``: which of the file's projects stand in the round; all, where none are named.
    """

    slug: str
    kind: str
    title: Words
    question: Words
    intro: Words
    rules: list[Words]
    vote_type: str
    max_choices: int | None = None
    budget_cents: int = 0
    rule: str = "count-only"
    completion: str = "none"
    tie: str = "listed"
    recast: str = "first-counts"
    projects: str = ""
    numbers: tuple[int, ...] = ()
    source: Words | None = None
    options: tuple[OptionFile, ...] = ()
    counts: tuple[int, ...] = ()


class AgeBand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of an area's voters are of these ages, both ends included."""

    age_from: int
    age_to: int
    weight: int


class PeopleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``people.json``: who lives where, for the invented roll."""

    voters: int
    birth_year_weights: dict[str, list[AgeBand]]
    first_languages: dict[str, dict[str, int]]


def municipality_file() -> MunicipalityFile:
    """Read the municipality."""
    return msgspec.json.decode((FOLDER / "municipality.json").read_bytes(), type=MunicipalityFile)


def rounds_file() -> list[RoundFile]:
    """Read the rounds."""
    return msgspec.json.decode((FOLDER / "rounds.json").read_bytes(), type=list[RoundFile])


def sealed_round_file() -> RoundFile:
    """Read the round whose ballots are sealed."""
    return msgspec.json.decode((FOLDER / "round_sealed.json").read_bytes(), type=RoundFile)


def projects_file(name: str) -> list[ProjectFile]:
    """Read the projects of a round."""
    return msgspec.json.decode((FOLDER / name).read_bytes(), type=list[ProjectFile])


def people_file() -> PeopleFile:
    """Read who lives where."""
    return msgspec.json.decode((FOLDER / "people.json").read_bytes(), type=PeopleFile)


def picture_file(name: str) -> tuple[str, bytes]:
    """Read a drawing: its id (SHA-256 in hexadecimal) and its bytes."""
    body = (FOLDER / "pictures" / name).read_bytes()
    return hashlib.sha256(body).hexdigest(), body
