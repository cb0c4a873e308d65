"""What a round can begin as: phases that follow each other, rules in four languages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.i18n import Language
from talkoot.base.ids import MunicipalityId, RoundId
from talkoot.rounds import (
    Beginning,
    Deed,
    PhaseKind,
    Round,
    Template,
    beginning_of,
    who_may_in,
)

SPRING = date(2027, 3, 1)
HELSINKI = "Europe/Helsinki"


def begun(template: Template, first: date = SPRING) -> Beginning:
    return beginning_of(template, first=first, timezone=HELSINKI)


def a_round(beginning: Beginning) -> Round:
    return Round(
        id=RoundId(uuid4()),
        municipality_id=MunicipalityId(uuid4()),
        slug="x",
        kind=beginning.kind,
        title=beginning.title,
        theme=beginning.theme,
        intro=beginning.intro,
        rules=beginning.draft.texts,
        grace_s=300,
        phases=beginning.draft.phases,
        projects=(),
        options=beginning.draft.options,
    )


@pytest.mark.parametrize("template", list(Template))
def test_every_text_stands_in_four_languages(template: Template) -> None:
    beginning = begun(template)
    titles = [phase.title for phase in beginning.draft.phases if phase.title]
    texts = [beginning.title, beginning.theme, beginning.intro, *beginning.draft.texts, *titles]
    for words in texts:
        assert set(words) == {language.value for language in Language}
        assert all(words.values())
        assert len(set(words.values())) == len(words), "a text was left in another language"


def test_the_workshop_collects_gives_points_works_in_groups_and_asks_at_the_end() -> None:
    workshop = begun(Template.WORKSHOP)
    kinds = [phase.kind for phase in workshop.draft.phases]
    assert kinds == [
        PhaseKind.IDEAS,
        PhaseKind.SCORE,
        PhaseKind.TOGETHER,
        PhaseKind.POLL,
        PhaseKind.RESULTS,
    ]
    assert workshop.draft.options.ideas_on == 4
    for before, after in zip(workshop.draft.phases, workshop.draft.phases[1:], strict=False):
        assert before.ends_at == after.starts_at


@pytest.mark.parametrize("template", list(Template))
def test_a_round_from_a_template_can_be_lived_through_once_it_is_signed(template: Template) -> None:
    round_ = replace(a_round(begun(template)), agreed=1)
    days = [datetime(2027, 3, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(600)]
    done = {deed for deed in Deed for day in days if who_may_in(round_, deed, day) is not None}
    wanted = {
        Template.BUDGET: {Deed.POST_IDEA, Deed.PROPOSE, Deed.VALUATE, Deed.VOTE},
        Template.INITIATIVES: {Deed.POST_IDEA, Deed.VALUATE, Deed.REPORT_PROGRESS},
        Template.WORKSHOP: {Deed.POST_IDEA, Deed.SCORE, Deed.TAKE_NOTES, Deed.VOTE},
        Template.POLL: {Deed.VOTE},
    }
    assert wanted[template] <= done


def test_a_phase_begins_at_midnight_in_the_municipality_whatever_the_clocks_do() -> None:
    voting = begun(Template.BUDGET, date(2027, 1, 1)).draft.phases[3]
    assert voting.kind is PhaseKind.VOTING
    assert voting.starts_at == datetime(2027, 4, 1, 21, tzinfo=UTC), "in summer time"
    ideas = begun(Template.BUDGET, date(2027, 1, 1)).draft.phases[0]
    assert ideas.starts_at == datetime(2026, 12, 31, 22, tzinfo=UTC), "in winter time"


@given(st.sampled_from(Template), st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_it_can_begin_on_any_day(template: Template, first: date) -> None:
    phases = begun(template, first).draft.phases
    assert len({phase.id for phase in phases}) == len(phases)
    at = min(phase.starts_at for phase in phases)
    assert timedelta(0) <= datetime(first.year, first.month, first.day, tzinfo=UTC) - at
    assert all(phase.starts_at < phase.ends_at for phase in phases)
