"""What people write: tidied when it comes in, made into safe HTML when it goes out.

The form is a part of Markdown (https://spec.commonmark.org): paragraphs, emphasis, lists, quotes
and links. Pictures, HTML and code are shown as the letters that they are written with.
"""

import re
import unicodedata
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from talkoot.base.errors import TalkootError

_TAGS = frozenset({"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "hr"})
_HEADINGS = ("heading", "lheading")
_LEFT_OUT = ("image", "html_block", "html_inline", "code", "fence", "backticks", *_HEADINGS)
_SCHEMES = frozenset({"http", "https", "mailto"})
_REL = "nofollow noopener noreferrer ugc"

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_TURNS = re.compile(f"[{_BIDI}]")
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"[ \t]+")
_GAPS = re.compile(r"\n{3,}")


class BadWords(TalkootError):
    """A text that cannot be taken: empty, too long, or with letters that turn others round."""


def line_tidied(text: str, *, longest: int) -> str:
    """Give one line, such as a name or a title: composed (NFC), without gaps and unseen letters.

    ``longest`` in characters. Raises :class:`BadWords` if nothing is left, if it is longer, or if
    it holds characters that change the direction of others, by which names pose as other names.
    """
    if _TURNS.search(text):
        raise BadWords(
            "letters that turn the direction of writing have no place in a name or title"
        )
    line = " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", text)).split())
    if not line:
        raise BadWords("a name or title is empty")
    if len(line) > longest:
        raise BadWords(f"{len(line)} characters, and at most {longest} are taken")
    return line


def prose_tidied(text: str, *, longest: int) -> str:
    """Give a text of many lines: composed (NFC), one kind of line end, at most one empty line.

    May be empty. ``longest`` in characters. Raises :class:`BadWords` if it is longer. What turns
    the direction of writing is taken out: a text is shown in the direction of its own first letter.
    """
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    seen = _UNSEEN.sub(" ", _TURNS.sub("", composed))
    lines = "\n".join(line.rstrip() for line in seen.split("\n"))
    tidied = _GAPS.sub("\n\n", lines).strip("\n")
    if len(tidied) > longest:
        raise BadWords(f"{len(tidied)} characters, and at most {longest} are taken")
    return tidied


def html_of(prose: str) -> Markup:
    """Give safe HTML of a text. Links are marked as other people's and pass on no referrer."""
    made = _markdown().render(prose)
    return Markup(  # noqa: S704  what nh3 lets through is the list above
        nh3.clean(
            made,
            tags=set(_TAGS),
            attributes={"a": {"href"}, "*": set()},
            url_schemes=set(_SCHEMES),
            link_rel=_REL,
        )
    )


def words_of(prose: str) -> str:
    """Give the bare words of a text in one line, for mails, lists and feeds."""
    tokens = _markdown().parse(prose)
    said = (
        child.content if child.type == "text" else " "
        for token in tokens
        if token.type == "inline"
        for child in [*(token.children or ()), _PAUSE]
    )
    return _BLANKS.sub(" ", "".join(said)).strip()


def excerpt_of(prose: str, *, longest: int) -> str:
    """Give the beginning of a text's bare words, ended at a whole word with an ellipsis."""
    words = words_of(prose)
    if len(words) <= longest:
        return words
    cut = words[: longest - 1]
    whole = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return f"{whole.rstrip(' ,.;:–-')}…"


class _Pause:
    """What stands between two blocks: a blank, never a letter."""

    type = "pause"
    content = ""


_PAUSE = _Pause()


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(list(_LEFT_OUT))
