"""Letters: read back as a print house and a telephone would."""

import io
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.extract import extract_from_file
from pypdf import PageObject, PdfReader
from pypdf.generic import StreamObject

from talkoot.base.i18n import Language
from talkoot.voting.roll import (
    IssuedCode,
    LetterHead,
    NoRoom,
    PersonId,
    Recipient,
    generated,
    grouped,
    letter_words,
    letters_pdf,
)
from talkoot.voting.roll.letter_print import code_address, qr_matrix

MM = 72 / 25.4
RECTANGLE = re.compile(rb"([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) re\b")
FONT_SIZE = re.compile(rb"/F\d+\+?\d* ([\d.]+) Tf")
HEAD = LetterHead(
    municipality={
        "fi": "Sammalkosken kunta",
        "sv": "Mosskoski kommun",
        "en": "Sammalkoski",
        "se": "Sámmolguoikka gielda",
    },
    municipality_slug="sammalkoski",
    title={
        "fi": "Osallistuva budjetointi: päätä yhdessä",
        "sv": "Medborgarbudget: vi bestämmer på Åland",
        "en": "Participatory budget",
        "se": "Oassálastin: Čállit, oččut, đieđihit, ŋuvvan, buoššut, ŧ, žilká ČĐŊŠŦŽ",
    },
    round_slug="budjetti-2026",
    address="https://talkoot.sammalkoski.example",
    opens_at=datetime(2026, 3, 2, 6, tzinfo=UTC),
    closes_at=datetime(2026, 3, 22, 18, tzinfo=UTC),
    timezone="Europe/Helsinki",
    phone="040 123 4567",
    email="osallistu@sammalkoski.example",
)


def codes_for(*languages: Language) -> tuple[IssuedCode, ...]:
    rng = random.Random(31)
    return tuple(
        IssuedCode(
            number=number,
            recipient=Recipient(
                person_id=PersonId(UUID(int=number)),
                anchor=f"SECRET-ANCHOR-{number}",
                language=language,
            ),
            code=generated(rng.randrange),
        )
        for number, language in enumerate(languages, start=1)
    )


def pages_of(codes: Sequence[IssuedCode], head: LetterHead = HEAD) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(letters_pdf(codes, head))).pages)


def own_stream(page: PageObject) -> bytes:
    """What is drawn for this voter alone: the code, its number and the QR code."""
    contents = page.get_contents()
    assert contents is not None
    return contents.get_data()


def sheet_stream(page: PageObject) -> bytes:
    """What all letters of a language share."""
    (name,) = page["/Resources"]["/XObject"]  # type: ignore[index]  # pypdf types values as objects
    form = page["/Resources"]["/XObject"][name]  # type: ignore[index]  # as above
    assert isinstance(form, StreamObject)
    return form.get_data()


def matrix_drawn(page: PageObject) -> tuple[list[list[bool]], tuple[float, float, float, float]]:
    """Read the QR code back from its rectangles: the modules, and left, bottom, right, top."""
    boxes = [tuple(map(float, found)) for found in RECTANGLE.findall(own_stream(page))]
    left, bottom = min(x for x, *_ in boxes), min(y for _, y, *_ in boxes)
    right, top = max(x + w for x, _, w, _ in boxes), max(y + h for _, y, _, h in boxes)
    module = boxes[0][3]
    size = round((right - left) / module)
    matrix = [[False] * size for _ in range(size)]
    for x, y, width, height in boxes:
        row = round((top - y - height) / module)
        for column in range(round((x - left) / module), round((x + width - left) / module)):
            matrix[row][column] = True
    return matrix, (left, bottom, right, top)


def test_each_voter_has_one_a4_page_with_the_code_and_the_number() -> None:
    codes = codes_for(*Language, *Language)
    pages = pages_of(codes)
    assert len(pages) == len(codes)
    for page, issued in zip(pages, codes, strict=True):
        words = page.extract_text()
        assert words.count(grouped(issued.code)) == 1
        assert not any(grouped(o.code) in words for o in codes if o is not issued)
        assert str(issued.number) in words
        assert [round(float(side) / MM) for side in page.mediabox[2:]] == [210, 297]


def test_each_voter_reads_their_own_language() -> None:
    for page, issued in zip(pages_of(codes_for(*Language)), codes_for(*Language), strict=True):
        language = issued.recipient.language.value
        words = " ".join(page.extract_text().split())
        assert HEAD.municipality[language] in words
        assert HEAD.title[language] in words
        assert f"talkoot.sammalkoski.example/{language}/sammalkoski/budjetti-2026/sign-in" in words
        assert HEAD.phone in words
        assert HEAD.email in words


def test_the_letters_of_all_four_languages_are_in_the_font() -> None:
    words = " ".join(page.extract_text() for page in pages_of(codes_for(*Language)))
    missing = [letter for letter in "åäöÅáčđŋšŧžČĐŊŠŦŽ" if letter not in words]
    assert missing == []


def test_the_qr_code_is_the_sign_in_address_with_the_code_as_its_fragment() -> None:
    codes = codes_for(*Language)
    for page, issued in zip(pages_of(codes), codes, strict=True):
        language = issued.recipient.language
        expected = (
            f"https://talkoot.sammalkoski.example/{language.value}/sammalkoski/budjetti-2026"
            f"/sign-in#{issued.code}"
        )
        assert code_address(HEAD, language, issued.code) == expected
        assert "?" not in expected  # a query would be logged by servers
        matrix, _ = matrix_drawn(page)
        assert matrix == [list(row) for row in qr_matrix(expected)]


def test_the_qr_code_is_large_dark_and_inside_the_page() -> None:
    (page,) = pages_of(codes_for(Language.FINNISH))
    matrix, (left, bottom, right, top) = matrix_drawn(page)
    module = (right - left) / len(matrix)
    assert right - left == pytest.approx(top - bottom, abs=0.1)
    assert module >= 0.7 * MM  # a telephone reads half a millimetre at arm's length
    assert 4 * module <= left
    assert right + 4 * module <= 210 * MM - 15 * MM
    assert bottom > 15 * MM
    finder = [matrix[3][:8], matrix[3][-8:][::-1], matrix[-4][:8]]
    assert finder == [[True, False, True, True, True, False, True, False]] * 3


def test_nothing_is_smaller_than_12_points_and_the_code_is_twice_as_large() -> None:
    (page,) = pages_of(codes_for(Language.SWEDISH))
    own = [float(size) for size in FONT_SIZE.findall(own_stream(page))]
    shared = [float(size) for size in FONT_SIZE.findall(sheet_stream(page))]
    assert min(own + shared) >= 12
    assert max(own) >= 24


def test_no_anchor_is_printed_and_the_file_does_not_say_when_it_was_made() -> None:
    codes = codes_for(*Language)
    body = letters_pdf(codes, HEAD)
    assert body == letters_pdf(codes, HEAD)
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    assert "SECRET-ANCHOR" not in words


def test_markup_in_a_title_is_printed_as_it_stands() -> None:
    title = "Parks & <b>paths</b> <para>"
    (page,) = pages_of(codes_for(Language.ENGLISH), replace(HEAD, title={"en": title}))
    assert title in page.extract_text()


def test_a_long_title_is_set_smaller() -> None:
    title = "Participatory budget of the municipality and all its villages, " * 2
    (page,) = pages_of(codes_for(Language.ENGLISH), replace(HEAD, title={"en": title.strip()}))
    assert title.strip() in " ".join(page.extract_text().split())


def test_what_does_not_fit_is_refused_and_not_cut() -> None:
    with pytest.raises(NoRoom, match="shorten"):
        letters_pdf(codes_for(Language.ENGLISH), replace(HEAD, title={"en": "Long title " * 60}))


def test_a_long_address_breaks_after_a_slash() -> None:
    address = "https://" + "osallistu-ja-aanesta." * 2 + "example"
    (page,) = pages_of(codes_for(Language.ENGLISH), replace(HEAD, address=address))
    lines = page.extract_text().splitlines()
    first = next(line for line in lines if line.startswith("osallistu"))
    assert first.endswith("/")


def test_progress_is_told_page_by_page() -> None:
    told: list[int] = []
    letters_pdf(codes_for(*Language), HEAD, progress=told.append)
    assert told == [1, 2, 3, 4]


def test_no_letters_are_no_pages_of_anybody() -> None:
    assert "SECRET" not in " ".join(page.extract_text() for page in pages_of(()))


def test_every_word_of_a_letter_is_found_for_translation(repository: Path) -> None:
    """A message that the extractor does not see would come out in English for ever."""
    source = repository / "platform/talkoot/voting/roll/letter_words.py"
    found = {message[1] for message in extract_from_file("python", str(source))}
    asked: set[str] = set()

    class Listening:
        def gettext(self, message: str) -> str:
            asked.add(message)
            return message

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letter_words, "translator", lambda _: Listening())
        letters_pdf(codes_for(*Language), HEAD)
    assert asked == found
    assert len(asked) > 10
