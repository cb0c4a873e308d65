"""How a letter looks: one A4 page, read by people of every age and folded into a window envelope.

The left upper part is empty: there the print house puts the address; the letter's number, in its
right upper corner, tells which. Lengths are in points (1/72 inch) unless they say ``mm``.
"""

import html
import re
from collections.abc import Sequence

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from talkoot.voting.roll.letter_fonts import BOLD, REGULAR
from talkoot.voting.roll.letter_words import LetterWords, NoRoom, Step

WIDTH, HEIGHT = A4
MARGIN = 20 * mm
INNER = WIDTH - 2 * MARGIN
TEXT_TOP = HEIGHT - 75 * mm
"""Below the address: the windows of E65, C5 and C4 envelopes end above."""
BOTTOM = 11 * mm

SMALL, BODY, HEADING = 12.0, 13.0, 14.5
"""Nothing is smaller than 12 points: many who get the letter are over seventy."""
TITLE_SIZES = (26.0, 23.0, 20.0)
TITLE_LINES = 2
LEADING, TITLE_LEADING = 1.26, 1.12
CODE_SIZES = (28.0, 26.0)
CODE_SPACE = 1.2
CODE_DOWN = 28 + 4 * mm
"""From the end of the panel's heading to the code's base line."""
HEAD_TOP = HEIGHT - 18 * mm

PANEL = 48 * mm
PANEL_EDGE = 7 * mm
QR_SIDE = 38 * mm
"""Without its quiet zone, which the panel's white gives: at least 4 modules on each side."""
QR_LEFT = MARGIN + INNER - QR_SIDE - (PANEL - QR_SIDE) / 2
CODE_WIDTH = QR_LEFT - MARGIN - 2 * PANEL_EDGE
BADGE = 4.2 * mm

INK = HexColor("#14202b")
ACCENT = HexColor("#0b4f6c")
RULE = HexColor("#b9c7cf")

Matrix = Sequence[Sequence[bool]]


class Column:
    """Text that flows down the page; ``top`` is where the next line begins."""

    def __init__(self, canvas: Canvas, *, left: float, width: float, top: float) -> None:
        self.canvas = canvas
        self.left = left
        self.width = width
        self.top = top

    def write(self, words: str, *, size: float, font: str = REGULAR, gap: float = 0) -> None:
        """Write a paragraph ``gap`` below what is there."""
        paragraph, height = _set(words, size=size, font=font, width=self.width)
        self.top -= gap + height
        paragraph.drawOn(self.canvas, self.left, self.top)


def sheet_drawn(canvas: Canvas, words: LetterWords) -> float:
    """Draw what all letters in a language have in common; gives the top of the code's panel.

    Raises :class:`NoRoom`.
    """
    _head(canvas, words.municipality)
    column = Column(canvas, left=MARGIN, width=INNER, top=TEXT_TOP)
    column.write(words.title, size=_title_size(words.title), font=BOLD)
    column.write(words.when, size=HEADING, gap=2 * mm)
    panel_top = column.top - 5 * mm
    _panel(canvas, words, top=panel_top)
    column.top = panel_top - PANEL - 5 * mm
    column.write(words.steps_title, size=HEADING + 2, font=BOLD)
    for number, step in enumerate(words.steps, start=1):
        _step(column, step, number=number)
    column.write(words.keep_title, size=BODY, font=BOLD, gap=4 * mm)
    column.write(words.keep, size=SMALL)
    column.write(words.help, size=SMALL, gap=1.5 * mm)
    _foot(canvas, words, above=column.top)
    return panel_top


def voter_drawn(canvas: Canvas, *, number: str, code: str, qr: Matrix, panel_top: float) -> None:
    """Draw what is one voter's alone on top of the sheet. Raises :class:`NoRoom`."""
    canvas.setFillColor(INK)
    canvas.setFont(REGULAR, SMALL)
    canvas.drawRightString(WIDTH - MARGIN, HEAD_TOP, number)
    _code(canvas, code, baseline=panel_top - PANEL_EDGE - HEADING * LEADING - CODE_DOWN)
    _qr(canvas, qr, bottom=panel_top - PANEL + (PANEL - QR_SIDE) / 2)


def _set(words: str, *, size: float, font: str, width: float) -> tuple[Paragraph, float]:
    """Give a paragraph and its height at this width."""
    colour = ACCENT if font == BOLD else INK
    leading = size * (LEADING if size < TITLE_SIZES[-1] else TITLE_LEADING)
    style = ParagraphStyle("s", fontName=font, fontSize=size, leading=leading, textColor=colour)
    lines = _broken(words, size=size, font=font, width=width)
    paragraph = Paragraph("<br/>".join(map(html.escape, lines)), style)
    _, height = paragraph.wrap(width, HEIGHT)
    return paragraph, height


def _broken(words: str, *, size: float, font: str, width: float) -> list[str]:
    """Break after slashes what is too long for a line: addresses have no other place to break."""
    if "/" not in words or stringWidth(words, font, size) <= width:
        return [words]
    lines = [""]
    for part in re.split(r"(?<=/)", words):
        if lines[-1] and stringWidth(lines[-1] + part, font, size) > width:
            lines.append("")
        lines[-1] += part
    return lines


def _title_size(title: str) -> float:
    for size in TITLE_SIZES:
        _, height = _set(title, size=size, font=BOLD, width=INNER)
        if height <= TITLE_LINES * size * TITLE_LEADING + 1:
            return size
    return TITLE_SIZES[-1]


def _head(canvas: Canvas, municipality: str) -> None:
    canvas.setFillColor(ACCENT)
    canvas.setFont(BOLD, 18)
    canvas.drawString(MARGIN, HEAD_TOP, municipality)
    canvas.setStrokeColor(ACCENT)
    canvas.setLineWidth(2)
    canvas.line(MARGIN, HEAD_TOP - 4 * mm, WIDTH - MARGIN, HEAD_TOP - 4 * mm)


def _panel(canvas: Canvas, words: LetterWords, *, top: float) -> None:
    """Draw the frame that the code comes to stand in, and what is said about it."""
    canvas.setStrokeColor(ACCENT)
    canvas.setLineWidth(1.5)
    canvas.roundRect(MARGIN, top - PANEL, INNER, PANEL, 3 * mm)
    inner = Column(canvas, left=MARGIN + PANEL_EDGE, width=CODE_WIDTH, top=top - PANEL_EDGE)
    inner.write(words.code_title, size=HEADING, font=BOLD)
    inner.top -= CODE_DOWN
    inner.write(words.square, size=SMALL, gap=5 * mm)


def _code(canvas: Canvas, code: str, *, baseline: float) -> None:
    """Write the code as large as fits on one line."""
    for size in CODE_SIZES:
        if stringWidth(code, BOLD, size) + CODE_SPACE * (len(code) - 1) <= CODE_WIDTH:
            canvas.setFont(BOLD, size)
            canvas.drawString(MARGIN + PANEL_EDGE, baseline, code, charSpace=CODE_SPACE)
            return
    raise NoRoom("the code does not fit on one line")


def _qr(canvas: Canvas, matrix: Matrix, *, bottom: float) -> None:
    """Fill the dark modules, neighbours in a row as one rectangle, all in one path."""
    module = QR_SIDE / len(matrix)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        y = bottom + QR_SIDE - (row + 1) * module
        for first, length in _runs(modules):
            path.rect(QR_LEFT + first * module, y, length * module, module)
    canvas.setFillColor(HexColor("#000000"))
    canvas.drawPath(path, stroke=0, fill=1)


def _runs(modules: Sequence[bool]) -> list[tuple[int, int]]:
    """Give where each run of dark modules begins, and its length."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(modules):
        if not dark:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs


def _step(column: Column, step: Step, *, number: int) -> None:
    canvas, indent = column.canvas, 3 * BADGE
    inner = Column(
        canvas, left=column.left + indent, width=column.width - indent, top=column.top - 3.5 * mm
    )
    middle = inner.top - BODY * LEADING / 2 - 0.5
    canvas.setFillColor(ACCENT)
    canvas.circle(column.left + BADGE, middle, BADGE, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.setFont(BOLD, BODY)
    canvas.drawCentredString(column.left + BADGE, middle - BODY * 0.33, str(number))
    inner.write(step.title, size=BODY, font=BOLD)
    inner.write(step.text, size=BODY)
    if step.address:
        inner.write(step.address, size=BODY, font=BOLD)
    column.top = inner.top


def _foot(canvas: Canvas, words: LetterWords, *, above: float) -> None:
    """Say in the other languages where to read on."""
    lines = [f"{name}: {address}" for name, address in words.elsewhere]
    heights = [_set(line, size=SMALL, font=REGULAR, width=INNER)[1] for line in lines]
    top = BOTTOM + sum(heights)
    if top + 3 * mm > above:
        raise NoRoom(f"the letter {words.title!r} does not fit on its page: shorten its title")
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.75)
    canvas.line(MARGIN, top + 2 * mm, WIDTH - MARGIN, top + 2 * mm)
    column = Column(canvas, left=MARGIN, width=INNER, top=top)
    for line in lines:
        column.write(line, size=SMALL)
