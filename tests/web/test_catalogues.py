"""Every sentence of the pages is there in every language, and nothing else is."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import talkoot
from talkoot.base.i18n import CATALOGUES, DOMAIN, Language, translator

TRANSLATED = [language for language in Language if language is not Language.ENGLISH]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
TAG = re.compile(r"</?\w+>")
FORMS = {Language.FINNISH: 2, Language.SWEDISH: 2, Language.NORTHERN_SAMI: 3}
MAPPING = CATALOGUES.parent / "babel.toml"

SPEAKING = ("web", "voting/roll")
"""The rooms that speak to residents: pages, and letters."""

Sentence = str | tuple[str, ...]


def _frozen(message: str | Sequence[str]) -> Sentence:
    return message if isinstance(message, str) else tuple(message)


def sentences() -> Iterator[Sentence]:
    """Every message in the code and the templates."""
    rows = tomllib.loads(MAPPING.read_text())["mappings"]
    methods = [(row["pattern"], row["method"]) for row in rows]
    options = {
        row["pattern"]: {k: v for k, v in row.items() if k not in {"pattern", "method"}}
        for row in rows
    }
    root = Path(next(iter(talkoot.__path__)))
    for room in SPEAKING:
        found = extract_from_dir(root / room, methods, options)
        for _file, _line, message, _comments, _context in found:
            yield _frozen(message)


WANTED = frozenset(sentences())


def catalogue(language: Language) -> Catalog:
    path = CATALOGUES / language.value / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language.value, domain=DOMAIN)


def kept(language: Language) -> dict[Sentence, tuple[str, ...]]:
    """What a catalogue holds: sentence -> its forms."""
    return {_frozen(m.id): _forms(m.string) for m in catalogue(language) if m.id}


def _forms(string: str | Sequence[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())


def test_sentences_are_found_in_code_and_templates() -> None:
    assert "Cast my ballot" in WANTED
    assert "Your voting code" in WANTED
    assert "You have not chosen anything yet." in WANTED
    assert ("%(n)s project", "%(n)s projects") in WANTED


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_is_up_to_date(language: Language) -> None:
    found = set(kept(language))
    assert found >= WANTED, f"missing: {WANTED - found}"
    assert found <= WANTED, f"left over: {found - WANTED}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_in_every_form(language: Language) -> None:
    for sentence, forms in kept(language).items():
        wanted = 1 if isinstance(sentence, str) else FORMS[language]
        assert len(forms) == wanted, sentence
        assert all(forms), f"not translated: {sentence}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_marked_as_doubtful(language: Language) -> None:
    assert not [message.id for message in catalogue(language) if message.id and message.fuzzy]


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_placeholders_and_tags(language: Language) -> None:
    for sentence, forms in kept(language).items():
        english = sentence if isinstance(sentence, str) else sentence[-1]
        for form in forms:
            assert set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(english)), form
            assert sorted(TAG.findall(form)) == sorted(TAG.findall(english)), form


@pytest.mark.parametrize("language", TRANSLATED)
def test_quotation_marks_are_those_of_the_language(language: Language) -> None:
    for forms in kept(language).values():
        assert not [form for form in forms if re.search(r"[“\"]", TAG.sub("", form))]


def test_northern_sami_has_a_form_for_two() -> None:
    speak = translator(Language.NORTHERN_SAMI).ngettext
    one, many = "%(n)s person voted.", "%(n)s people voted."
    assert len({speak(one, many, n) for n in (1, 2, 3)}) == 3
    assert speak(one, many, 3) == speak(one, many, 0)
