"""A receipt of a sealed election is looked for on the public board; a plain one has none."""

import logging
import re

import pytest
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from talkoot.base.bytes import Digest
from talkoot.base.db.embedded import Server
from talkoot.voting.ballot import receipt_number
from talkoot.voting.board import published
from talkoot.web.pictures.qr import QUIET, QrPicture, qr_of
from tests.voting.board.made_up import cast as cast_others
from tests.web.sealed_town import board_started
from tests.web.test_phases import as_owner
from tests.web.town import AT, BASE, ROUND, Town, number

JARGON = re.compile(r"hash|merkle|sha-?256|checkpoint|tiiviste|ed25519|rfc", re.IGNORECASE)


def modules(picture: QrPicture) -> list[list[bool]]:
    """Read a drawn line back: which squares inside the quiet zone are dark."""
    rows = re.findall(r"M(\d+) (\d+)\.5((?:[lm]1 0)+)", picture.line)
    assert [(int(x), int(y)) for x, y, _ in rows] == [
        (QUIET, QUIET + at) for at in range(len(rows))
    ]
    assert len(rows) == picture.side - 2 * QUIET
    return [[step[0] == "l" for step in re.findall(r"[lm]1 0", steps)] for _, _, steps in rows]


def written_by_qrcode(words: str) -> list[list[bool]]:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=2)
    code.add_data(words)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def test_the_picture_of_an_address_is_what_its_qr_code_is() -> None:
    address = f"{BASE}/fi/receipt/669769cb-a7fd-42a6-b5fb-02a549dc86fe/1A2B-3C4D-5E6F-7890"
    assert modules(qr_of(address)) == written_by_qrcode(address)
    other = address.replace("1A2B", "1A2C")
    assert modules(qr_of(other)) != written_by_qrcode(address)
    assert len(qr_of(other).line) == len(qr_of(address).line)


async def receipt_of(town: Town) -> tuple[str, str]:
    """Cast a ballot; give the page with its receipt and the receipt's number."""
    visitor = town.visitor()
    await visitor.cast(await visitor.signed_in(town.codes[0]), [number(2)])
    page = (await visitor.get(f"{ROUND}/recorded")).text
    found = re.search(r'class="receipt-number">([0-9A-F-]{19})<', page)
    assert found
    return page, found[1]


async def test_a_sealed_receipt_goes_from_waiting_to_the_board(sealed_town: Town) -> None:
    town, key = sealed_town, await board_started(sealed_town)
    page, receipt = await receipt_of(town)
    address = f"/fi/receipt/{town.election.id}/{receipt}"
    assert f'href="{address}"' in page
    drawn = re.search(r'viewBox="0 0 (\d+) \d+"[^>]*>\s*<path d="([^"]+)"', page)
    assert drawn
    assert modules(QrPicture(int(drawn[1]), drawn[2])) == written_by_qrcode(f"{BASE}{address}")
    reader = town.visitor()
    assert "fate-waiting" in (await reader.get(address)).text
    async with town.desk.writing() as session:
        await cast_others(session, town.election.id, 9)
        await published(session, town.election.id, at=AT, signer=key)
    answer = await reader.get(address)
    assert answer.status_code == 200
    assert "fate-on-the-board" in answer.text
    assert "no-store" in answer.headers["cache-control"]
    # Jargon stands in the fold for programmes alone.
    plain = re.sub(r"<details.*?</details>|<script.*?</script>", "", answer.text, flags=re.DOTALL)
    assert JARGON.findall(re.sub(r"<[^>]+>", "", plain)) == []
    assert JARGON.findall(re.sub(r"<[^>]+>", "", answer.text)), "the control"


async def test_a_board_that_proves_nothing_is_never_called_a_proof(
    sealed_town: Town, server: Server, database_name: str
) -> None:
    town, key = sealed_town, await board_started(sealed_town)
    async with town.desk.writing() as session:
        hashes = await cast_others(session, town.election.id, 12)
        await published(session, town.election.id, at=AT, signer=key)
    reader, address = town.visitor(), f"/fi/receipt/{town.election.id}/{sorted(hashes)[2].hex()}"
    assert "fate-on-the-board" in (await reader.get(address)).text
    zeros = "update board_leaf set hash = decode(repeat('00', 32), 'hex') where index = 3"
    await as_owner(server, database_name, zeros)
    answer = await reader.get(address)
    assert answer.status_code == 500
    assert "fate-on-the-board" not in answer.text


async def test_a_number_is_asked_for_as_people_type_it_and_answered_in_words(
    sealed_town: Town,
) -> None:
    reader, base = sealed_town.visitor(), f"/fi/receipt/{sealed_town.election.id}"
    assert f'href="{base}"' in (await reader.get(ROUND)).text, "the round's page leads here"
    for typed, status, seen in (
        ("0000-0000-0000-0000", 404, "fate-unknown"),
        ("kuitti", 422, 'id="fault"'),
        ("1A2B-3C4D-5E6F-789", 422, 'id="fault"'),
    ):
        answer = await reader.get(f"{base}/{typed}")
        assert answer.status_code == status
        assert seen in answer.text
    asked = await reader.get(base)
    assert asked.status_code == 200
    assert 'name="number"' in asked.text
    # O for 0, l for 1, and the dash that a word processor makes.
    led = await reader.get(f"{base}?number=oa2b%203c4d%E2%80%915e6fl789")
    assert led.headers["location"] == f"{base}/0A2B-3C4D-5E6F-1789"
    again = await reader.get(f"{base}?number=%3Cb%3E")
    assert again.status_code == 422
    assert "&lt;b&gt;" in again.text


async def test_a_plain_election_says_that_it_has_no_board_even_where_one_was_started(
    town: Town,
) -> None:
    key = await board_started(town)
    page, receipt = await receipt_of(town)
    async with town.desk.writing() as session:
        await cast_others(session, town.election.id, 12)
        await published(session, town.election.id, at=AT, signer=key)
    assert "svg class" not in page
    assert "ei ole julkista" in page
    reader, base = town.visitor(), f"/fi/receipt/{town.election.id}"
    for path in (base, f"{base}/{receipt}"):
        answer = await reader.get(path)
        assert "ei ole julkista" in answer.text
        assert "fate-on-the-board" not in answer.text
        assert 'name="number"' not in answer.text
    assert "/receipt/" not in (await reader.get(ROUND)).text


async def test_no_log_keeps_a_receipt_number(
    sealed_town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _, receipt = await receipt_of(sealed_town)
    reader, base = sealed_town.visitor(), f"/fi/receipt/{sealed_town.election.id}"
    unknown = receipt_number(Digest(b"\xab" * 32))
    for asked in (receipt, unknown):
        await reader.get(f"{base}/{asked}")
        await reader.get(f"{base}?number={asked}")
    ours = ("talkoot", "uvicorn", "starlette")
    lines = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith(ours)
    )
    assert "GET /{language}/receipt/{election}/{entry} 200" in lines
    for asked in (receipt, unknown):
        for form in (asked, asked.replace("-", ""), asked.replace("-", "").lower()):
            assert form not in lines
