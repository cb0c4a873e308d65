"""The page of refusals says with which status each is answered."""

import re
from pathlib import Path

from talkoot.web.errors import ANSWERS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "refusals.md"


def test_every_answer_instead_of_a_page_is_documented_with_its_status() -> None:
    told = dict(re.findall(r"(?m)^\| `([a-z-]+)` \| (\d{3}) \|", PAGE.read_text()))
    assert told == {trouble.value: str(answer.status) for trouble, answer in ANSWERS.items()}
