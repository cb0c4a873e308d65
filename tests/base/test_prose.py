"""What people write is tidied, shown as what it is, and never becomes a page's own words."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.prose import BadWords, excerpt_of, html_of, line_tidied, prose_tidied, words_of

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[tap](javascript:alert(1))",
    "[tap](JaVaScRiPt:alert(1))",
    "[tap](data:text/html;base64,PHNjcmlwdD4=)",
    "[tap](vbscript:x)",
    "<a href='javascript:alert(1)'>x</a>",
    "![x](https://example.org/seen.png)",
    "<svg onload=alert(1)>",
    "[a](https://example.org 'x\" onmouseover=alert(1) y=\"')",
    '<https://example.org/" onclick=alert(1)>',
    "[x]: javascript:alert(1)\n\n[x]",
    "```html\n<script>alert(1)</script>\n```",
]


class Seen(HTMLParser):
    """Collects the elements and attributes of a page as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)


def harmless(html: str) -> bool:
    seen = Seen(html)
    links = {value or "" for name, value in seen.attributes if name == "href"}
    return (
        seen.tags <= {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "hr"}
        and {name for name, _ in seen.attributes} <= {"href", "rel"}
        and all(link.lower().startswith(("http://", "https://", "mailto:")) for link in links)
    )


def test_a_text_is_shown_in_the_form_that_it_was_written_in() -> None:
    shown = html_of("**Penkki** rantaan:\n\n- halpa\n- [kartta](https://example.org/a)\n\n> hyvä")
    assert "<strong>Penkki</strong> rantaan:" in shown
    assert "<li>halpa</li>" in shown
    assert (
        '<a href="https://example.org/a" rel="nofollow noopener noreferrer ugc">kartta</a>' in shown
    )
    assert "<blockquote>\n<p>hyvä</p>" in shown


def test_a_new_line_is_a_new_line() -> None:
    assert html_of("yksi\nkaksi") == "<p>yksi<br>\nkaksi</p>\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_written_becomes_more_than_text_and_plain_links(text: str) -> None:
    assert harmless(html_of(text))


def test_the_judge_of_harm_sees_harm() -> None:
    assert not harmless("<script>alert(1)</script>")
    assert not harmless('<a href="javascript:alert(1)">x</a>')
    assert not harmless('<p onclick="x">y</p>')


@given(st.text(alphabet=st.sampled_from("<>[]()!\"'&`*_#- \njavscript:hp/.=x"), max_size=80))
def test_no_text_at_all_becomes_harm(text: str) -> None:
    assert harmless(html_of(text))


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("  Uusi \t penkki ", "Uusi penkki"),
        ("a\u0308iti", "äiti"),
        ("yksi\nkaksi", "yksi kaksi"),
        ("nolla\x00\u200bleveys\ufeff", "nolla \u200bleveys"),
    ],
)
def test_a_line_is_composed_and_without_gaps(given_: str, kept: str) -> None:
    assert line_tidied(given_, longest=40) == kept


@pytest.mark.parametrize("bad", ["", "  \n ", "x" * 41, "Matti\u202eatnalap", "\u2066Liisa"])
def test_a_name_that_poses_or_is_none_is_refused(bad: str) -> None:
    with pytest.raises(BadWords):
        line_tidied(bad, longest=40)


def test_a_text_of_many_lines_is_tidied() -> None:
    assert prose_tidied("\r\n a  \r\n\r\n\r\n\r\nb\u202e\x07", longest=99) == " a\n\nb"
    assert prose_tidied("", longest=5) == ""
    with pytest.raises(BadWords, match="6 characters, and at most 5"):
        prose_tidied("abcdef", longest=5)


@given(st.text(max_size=200))
def test_what_was_tidied_stays_as_it_is(text: str) -> None:
    once = prose_tidied(text, longest=400)
    assert prose_tidied(once, longest=400) == once


def test_bare_words_have_no_marks() -> None:
    assert (
        words_of("**Hei** kaikki\n\n- yksi\n- [kaksi](https://a.fi)\nkolme")
        == "Hei kaikki yksi kaksi kolme"
    )


def test_an_excerpt_ends_at_a_whole_word() -> None:
    assert excerpt_of("lyhyt", longest=10) == "lyhyt"
    assert excerpt_of("penkki rantaan, jossa on puita", longest=18) == "penkki rantaan…"
    assert excerpt_of("x" * 50, longest=10) == "x" * 9 + "…"
