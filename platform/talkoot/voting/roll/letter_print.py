"""Printing letters to a PDF: a sheet for each language, and on it what is one voter's alone."""

import io
from collections.abc import Callable, Iterable

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from talkoot.base.i18n import Language, said
from talkoot.voting.roll.codes import Code, grouped
from talkoot.voting.roll.issue import IssuedCode
from talkoot.voting.roll.letter_fonts import fonts_registered
from talkoot.voting.roll.letter_page import Matrix, sheet_drawn, voter_drawn
from talkoot.voting.roll.letter_words import LetterHead, number_words, sign_in_address, words_of

MASK = 2
"""Every mask can be read; comparing all eight would take most of the time of a letter."""


def printed(
    codes: Iterable[IssuedCode], head: LetterHead, *, progress: Callable[[int], None]
) -> bytes:
    """Give the PDF: see :func:`talkoot.voting.roll.letters_pdf`."""
    fonts_registered()
    paper = io.BytesIO()
    # Invariant: the file does not tell when it was made.
    canvas = Canvas(paper, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(said(head.title, Language.ENGLISH)[0])
    tops = {language: _sheet(canvas, head, language) for language in Language}
    for done, issued in enumerate(codes, start=1):
        language = issued.recipient.language
        canvas.doForm(language.value)
        voter_drawn(
            canvas,
            number=number_words(issued.number, language),
            code=grouped(issued.code),
            qr=qr_matrix(code_address(head, language, issued.code)),
            panel_top=tops[language],
        )
        canvas.showPage()
        progress(done)
    canvas.save()
    return paper.getvalue()


def _sheet(canvas: Canvas, head: LetterHead, language: Language) -> float:
    """Draw a language's common part once, under its name; each page only refers to it."""
    canvas.beginForm(language.value)
    panel_top = sheet_drawn(canvas, words_of(head, language))
    canvas.endForm()
    return panel_top


def code_address(head: LetterHead, language: Language, code: Code) -> str:
    """Give the address in the QR code.

    The code is the fragment, after ``#``: browsers keep that part to themselves, so it stands in no
    server's log, no proxy's and no Referer; a query would. The page's own script reads it.
    """
    return f"{sign_in_address(head, language)}#{code}"


def qr_matrix(words: str) -> Matrix:
    """Give the modules of a QR code (level M: 15 % may be damaged), without the quiet zone."""
    drawing = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    drawing.add_data(words)
    drawing.make(fit=True)
    return [[bool(module) for module in row] for row in drawing.get_matrix()]
