"""The invented voters and their ballots: the same ones at every start, from a fixed seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from talkoot.base.ids import ProjectId
from talkoot.cli.demo.content import AreaFile, PeopleFile, ProjectFile

SEED = 20261124
LANGUAGES = {"fi", "sv", "en", "se"}
HOME_WEIGHT = 5  # people know what is near: a project at home is this much likelier than elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """An invented person on the roll."""

    anchor: str
    birth_year: int
    area: str
    language: str


def residents(people: PeopleFile, areas: Sequence[AreaFile], *, year: int) -> tuple[Resident, ...]:
    """Invent the voters, areas weighted by their population."""
    random = Random(SEED)  # noqa: S311 - repeatable, nothing secret
    population = {area.code: area.population for area in areas}
    homes = sorted(people.birth_year_weights)
    chosen = random.choices(homes, [population[home] for home in homes], k=people.voters)
    return tuple(
        Resident(
            anchor=f"R{number:05}",
            birth_year=year - _age(people, home, random),
            area=home,
            language=_language(people, home, random),
        )
        for number, home in enumerate(chosen, 1)
    )


def _age(people: PeopleFile, home: str, random: Random) -> int:
    bands = people.birth_year_weights[home]
    band = random.choices(bands, [band.weight for band in bands])[0]
    return random.randint(band.age_from, band.age_to)


def _language(people: PeopleFile, home: str, random: Random) -> str:
    shares = people.first_languages[home]
    first = random.choices(sorted(shares), [shares[name] for name in sorted(shares)])[0]
    return first if first in LANGUAGES else "en"


def roll_csv(some: Sequence[Resident]) -> bytes:
    """Give the residents as the roll file that a municipality would send."""
    rows = (f"{r.anchor};{r.birth_year};{r.area};{r.language}" for r in some)
    return ("anchor;birth_year;area;language\n" + "\n".join(rows) + "\n").encode()


def approvals(
    voter: Resident, projects: Sequence[ProjectFile], most: int, budget: int | None
) -> tuple[ProjectId, ...]:
    """Invent what a resident approves: some of what is near, and what is widely liked.

    With a ``budget`` (cents) only what fits it together is taken.
    """
    random = Random(f"{SEED}-{voter.anchor}-{len(projects)}")  # noqa: S311 - repeatable, nothing secret
    left = list(projects)
    chosen: list[ProjectFile] = []
    for _ in range(random.randint(1, most)):
        project = random.choices(left, [_liking(voter, project) for project in left])[0]
        left.remove(project)
        spent = sum(one.cost_cents for one in chosen)
        if budget is None or spent + project.cost_cents <= budget:
            chosen.append(project)
    return tuple(ProjectId(str(p.number)) for p in sorted(chosen, key=lambda p: p.number))


def _liking(voter: Resident, project: ProjectFile) -> int:
    charm = 1 + (project.number * 7) % 6
    return charm * (HOME_WEIGHT if project.area == voter.area else 1)


def poll_ballots(counts: Sequence[int]) -> tuple[tuple[ProjectId, ...], ...]:
    """Give ballots that add up to these counts, each of them with at least one option.

    There are as many ballots as the most popular option has votes; option after option takes the
    next voters in a circle, so that nobody takes the same one twice.
    """
    voters = max(counts)
    ballots: list[list[ProjectId]] = [[] for _ in range(voters)]
    at = 0
    for option, count in enumerate(counts, 1):
        for _ in range(count):
            ballots[at % voters].append(ProjectId(str(option)))
            at += 1
    return tuple(tuple(ballot) for ballot in ballots)
