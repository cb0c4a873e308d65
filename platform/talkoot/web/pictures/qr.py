"""An address as a QR code, drawn as one line of an SVG. Pure."""

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET = 4
"""Modules of nothing on every side, which readers of QR codes ask for (ISO/IEC 18004)."""
MASK = 2
"""Every mask can be read, and a fixed one is drawn eight times as fast."""


@dataclass(frozen=True, slots=True)
class QrPicture:
    """A square of ``side`` units, quiet zone included, and a line one unit thick that draws it.

    ``line`` is as long for every address of one length: a page's length tells nothing about it.
    """

    side: int
    line: str


def qr_of(address: str) -> QrPicture:
    """Draw an address (level M: 15 % may be damaged)."""
    drawing = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    drawing.add_data(address)
    drawing.make(fit=True)
    rows = drawing.get_matrix()
    line = "".join(
        f"M{QUIET} {QUIET + at}.5" + "".join("l1 0" if dark else "m1 0" for dark in row)
        for at, row in enumerate(rows)
    )
    return QrPicture(len(rows) + 2 * QUIET, line)
