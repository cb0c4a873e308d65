"""The interface's own words: gettext catalogues, read from ``.po`` files at the start.

Message ids are the English sentences. ``docs/translating.md`` says how to extract and update.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from talkoot.base.i18n.languages import Language

DOMAIN = "talkoot"
CATALOGUES = Path(__file__).parent / "locales"


@cache
def translator(language: Language) -> Translations:
    """Give the catalogue of a language: ``.gettext(...)``, ``.ngettext(...)``.

    A message that a catalogue lacks comes out in English; a test sees that none does.
    """
    path = CATALOGUES / language.value / "LC_MESSAGES" / f"{DOMAIN}.po"
    if language is Language.ENGLISH or not path.exists():
        return Translations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language.value, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled, domain=DOMAIN)
