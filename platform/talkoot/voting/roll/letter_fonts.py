"""The letters' font: found in its package, registered once."""

import importlib.util
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from talkoot.base.errors import TalkootError

FONT_PACKAGE = "font_source_sans_pro"
REGULAR, BOLD = "TalkootSans", "TalkootSans-Bold"
_FILES = {REGULAR: "SourceSansPro-Regular.ttf", BOLD: "SourceSansPro-Bold.ttf"}


@cache
def fonts_registered() -> None:
    """Make the two fonts known to ReportLab. Raises ``TalkootError`` where they are missing."""
    spec = importlib.util.find_spec(FONT_PACKAGE)
    if spec is None or spec.origin is None:
        raise TalkootError(f"the package {FONT_PACKAGE} is missing: letters need its fonts")
    folder = Path(spec.origin).parent / "files"
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
