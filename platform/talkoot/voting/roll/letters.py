"""Letters for printing: one A4 page a voter, with the code in large type and as a QR code.

The PDF holds codes in clear: it is a secret until it is printed, and then it is destroyed.
"""

from collections.abc import Callable, Iterable

from talkoot.voting.roll.issue import IssuedCode
from talkoot.voting.roll.letter_words import LetterHead


def letters_pdf(
    codes: Iterable[IssuedCode],
    head: LetterHead,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> bytes:
    """Give the letters as a PDF, a page each, in the given order, in each voter's language.

    ``progress`` is told how many pages are done. Raises :class:`NoRoom`, and ``TalkootError`` where
    the font is not installed.
    """
    # ReportLab comes only for printing: no web process needs it.
    from talkoot.voting.roll.letter_print import printed

    return printed(codes, head, progress=progress)
