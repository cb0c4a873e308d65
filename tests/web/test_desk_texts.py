"""T23 at the desk: what one official writes is words to the other, who is about to sign."""

from collections.abc import AsyncIterator
from html import escape, unescape
from pathlib import Path

import pytest_asyncio

from talkoot.base.db import Database
from tests.journeys.browser.payloads import VECTORS, payload
from tests.web.desk import DESK, Hall, a_hall

AT_ONCE = 10
"""A reason has at most 2,000 signs."""


@pytest_asyncio.fixture
async def hall(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[Hall]:
    """Two towns with a desk."""
    async with a_hall(database, desk, tmp_path) as built:
        yield built


async def test_t23_what_an_official_writes_is_text_to_the_one_who_signs(hall: Hall) -> None:
    writer = await hall.at_desk(await hall.official(f"Aino {payload(0)}"))
    reader = await hall.at_desk(await hall.official("Otto Esimerkki"))
    found = 0
    for first in range(0, len(VECTORS), AT_ONCE):
        written = [payload(at) for at in range(first, min(first + AT_ONCE, len(VECTORS)))]
        answer = await writer.propose(hall.page(), "open", "\n".join(written))
        assert answer.status_code == 303, answer.text
        for page in (await reader.get(hall.page()), await reader.get(DESK)):
            marked = [one for one in [*written, payload(0)] if escape(one) != one]
            assert [one for one in marked if one in page.text] == []
        shown = (await reader.get(hall.page())).text
        assert escape(payload(0)) in shown
        found += sum(one in unescape(shown) for one in written)
        token = await writer.form_token()
        await writer.send(await writer.offered_withdrawal(hall.page()), form_token=token)
    # Each stands there whole; without escaping, the page would hold it as it was written.
    assert found == len(VECTORS)
