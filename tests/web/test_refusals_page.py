"""The page of refusals says with which status each is answered, and in which words."""

import re
from pathlib import Path

import pytest

from talkoot.base.i18n import Language
from talkoot.web.errors import ANSWERS, Trouble
from talkoot.web.trouble import words_for
from talkoot.web.voice import Voice

PAGE = Path(__file__).resolve().parents[2] / "docs" / "refusals.md"


def test_every_answer_instead_of_a_page_is_documented_with_its_status() -> None:
    told = dict(re.findall(r"(?m)^\| `([a-z-]+)` \| (\d{3}) \|", PAGE.read_text()))
    assert told == {trouble.value: str(answer.status) for trouble, answer in ANSWERS.items()}


@pytest.mark.parametrize("trouble", Trouble)
def test_every_answer_is_documented_in_the_words_that_readers_see(trouble: Trouble) -> None:
    section = PAGE.read_text().partition(f"\n### {trouble.value}\n")[2].partition("\n#")[0]
    words = {language: words_for(Voice(language=language), trouble) for language in Language}
    told = [f"- {code.value}: **{said.heading}.** {said.advice}" for code, said in words.items()]
    assert section.strip().splitlines() == told
