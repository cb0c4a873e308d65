"""Languages, texts that people write in several of them, and the catalogues of the interface."""

from talkoot.base.i18n.languages import FALLBACKS, Language, Text, said, text_from

__all__ = ["FALLBACKS", "Language", "Text", "said", "text_from"]
