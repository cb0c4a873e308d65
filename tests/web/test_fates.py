"""Every project's fate in a sentence with its numbers, in four languages."""

from collections.abc import Mapping

import msgspec
import pytest

from talkoot.base.i18n import Language
from talkoot.voting.results import Fate, ProjectResult, Result, Step
from talkoot.web.pages.fates import fate_in_words, tie_in_words
from talkoot.web.voice import Voice
from tests.web.test_results import RESULT

ENGLISH = Voice(language=Language.ENGLISH)
VOICES = [Voice(language=language) for language in Language]
NAMES: Mapping[str, str] = {"1": "Dock", "2": "Path"}
DOCK, PATH = RESULT.projects

STEP = Step(number="1", phase="rule", cost=98_400_00, left=1_600_00, price_cents=109_33, payers=900)


def lost(fate: Fate, **figures: int | str | None) -> ProjectResult:
    """The path, which is not carried out, for this reason."""
    return msgspec.structs.replace(PATH, fate=fate, **figures)


def under(rule: str, *, vote_type: str = "approval", **step: int | str) -> Result:
    """The result under another rule, whose step has these figures."""
    rounds = (msgspec.structs.replace(STEP, **step),)
    return msgspec.structs.replace(RESULT, rule=rule, vote_type=vote_type, rounds=rounds)


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.language)
@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.COUNTED])
@pytest.mark.parametrize("rule", ["greedy", "mes-cost", "phragmen"])
@pytest.mark.parametrize("vote_type", ["approval", "points"])
def test_every_fate_is_told_in_sentences(
    voice: Voice, fate: Fate, rule: str, vote_type: str
) -> None:
    funded = fate in {Fate.FUNDED, Fate.FUNDED_BY_COMPLETION}
    project = DOCK if funded else lost(fate, missing_votes=41, blocked_by="1", supporters=1_203)
    project = msgspec.structs.replace(project, fate=fate)
    for result in (RESULT, under(rule, vote_type=vote_type, short=12)):
        words = fate_in_words(voice, project, result, NAMES)
        assert words.endswith(".")
        assert "%(" not in words
        assert "None" not in words


def test_an_option_of_a_poll_has_no_fate() -> None:
    assert fate_in_words(ENGLISH, lost(Fate.COUNTED), RESULT, NAMES) == ""


Case = tuple[ProjectResult, Result, str]


def case(project: ProjectResult, result: Result, *sentences: str) -> Case:
    return project, result, " ".join(sentences)


BY_VOTES = (
    "Will be carried out: when its turn came, there was enough money.",
    "After it €1,600 was left.",
)
TOO_LATE = "Not carried out: when its turn came, €1,600 was left of the €5,000 needed."
SAID = [
    case(DOCK, under("greedy"), *BY_VOTES),
    case(DOCK, under("mes-cost", phase="comparison"), *BY_VOTES),
    case(
        DOCK,
        under("mes-cost", short=12),
        "Will be carried out: the money came out of 900 people’s shares of the budget, "
        "€109.33 from each at the most.",
        "12 of them gave all that was left of their shares.",
    ),
    case(
        DOCK,
        under("mes-cost", vote_type="points"),
        "Will be carried out: the money came out of 900 people’s shares of the budget, "
        "€109.33 for each point.",
    ),
    case(
        DOCK,
        under("phragmen"),
        "Will be carried out: when every voter had received €109.33, the people who chose it",
        "could pay for it together.",
    ),
    case(
        DOCK,
        under("mes-cost", phase="free", cost=0),
        "Will be carried out: it takes no money from the budget.",
    ),
    case(
        lost(Fate.NOT_ENOUGH_LEFT, missing_votes=41, blocked_by="1"),
        under("greedy"),
        TOO_LATE,
        "It missed by 41 votes.",
        "With them it would have come before “Dock”.",
    ),
    case(
        lost(Fate.NOT_ENOUGH_LEFT, missing_votes=1),
        under("greedy", vote_type="points"),
        TOO_LATE,
        "It missed by 1 point.",
    ),
    case(
        lost(
            Fate.NOT_ENOUGH_LEFT, pledged=60_00, supporters=1_203, money_behind=99_00, out_after=1
        ),
        under("mes-cost"),
        "Not carried out: when its turn came, €1,540 was left of the €4,940 needed.",
        "Before that, the shares of the 1,203 people who chose it came to €99.",
        "They had enough until some of them paid for “Dock” in step 1.",
        "Others have promised €60 of its cost.",
    ),
    case(
        lost(Fate.TOO_LITTLE_SUPPORT, supporters=1_203, money_behind=3_200_00),
        under("mes-cost"),
        "Not carried out: the 1,203 people who chose it had €3,200 left of the €5,000 needed.",
    ),
    case(
        lost(Fate.TOO_LITTLE_SUPPORT, supporters=2, money_behind=3_200_00, out_after=1),
        under("mes-cost"),
        "Not carried out: the 2 people who chose it had €3,200 left of the €5,000 needed.",
        "They had enough until some of them paid for “Dock” in step 1.",
    ),
    case(
        lost(Fate.EXCLUDED, blocked_by="1"),
        under("greedy"),
        "Not carried out: “Dock” is carried out, and only one of the two can be.",
    ),
    case(
        lost(Fate.STOPPED_BEFORE, blocked_by="1"),
        under("phragmen"),
        "Not carried out: the money ran out at “Dock” before its turn came.",
    ),
    case(
        lost(Fate.BELOW_MIN_SUPPORT, missing_votes=8),
        msgspec.structs.replace(RESULT, min_support=50),
        "Not carried out: a project needed at least 50 votes to take part.",
        "It missed by 8 votes.",
    ),
    case(
        lost(Fate.NOT_ELIGIBLE, missing_votes=8),
        under("mes-cost", vote_type="points"),
        "Not carried out: it got too few votes for its cost and could not take part.",
        "It missed by 8 votes.",
    ),
    case(
        lost(Fate.DEARER_THAN_BUDGET, missing=7_00, pot="north"),
        RESULT,
        "Not carried out: it costs €7 more than all the money of its area.",
    ),
]


@pytest.mark.parametrize("case", SAID, ids=lambda case: case[2].rpartition(": ")[2][:40])
def test_a_fate_is_told_with_its_numbers(case: Case) -> None:
    project, result, words = case
    assert fate_in_words(ENGLISH, project, result, NAMES) == words


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (Fate.FUNDED, "Will be carried out."),
        (
            Fate.TOO_LITTLE_SUPPORT,
            "Not carried out: the shares of the people who chose it were €3,400 short of its cost.",
        ),
        (
            Fate.STOPPED_BEFORE,
            "Not carried out: the money ran out at another project before its turn came.",
        ),
    ],
)
def test_a_result_of_an_earlier_version_is_told_too(fate: Fate, words: str) -> None:
    project = DOCK if fate is Fate.FUNDED else lost(fate)
    assert fate_in_words(ENGLISH, project, RESULT, NAMES) == words


@pytest.mark.parametrize(
    ("tie_by", "words"),
    [
        ("cheaper", "it came first because it is cheaper."),
        ("votes", "it came first because it has more votes."),
        ("lot", "the published lot decided."),
        ("listed", "it came first in the published list."),
        ("", "the published tie rule decided."),
    ],
)
def test_a_tie_is_told_by_name_and_by_what_decided_it(tie_by: str, words: str) -> None:
    result = under("greedy", tie_by=tie_by)
    told = tie_in_words(ENGLISH, DOCK, result, NAMES)
    assert told == f"It was exactly equal with “Path”; {words}"
    assert tie_in_words(ENGLISH, PATH, result, NAMES) == ""
