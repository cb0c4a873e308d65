"""Jinja, once per language. A template receives a frozen page and decides nothing."""

from functools import cache
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from talkoot.base.i18n import Language, translator
from talkoot.web.assets import static_address
from talkoot.web.frame import Frame

TEMPLATES = Path(__file__).parent / "templates"


class Page(Protocol):
    """A frozen page: its frame, and whatever its template asks for."""

    @property
    def frame(self) -> Frame:
        """What stands around it."""


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    translations = translator(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined] # added by the extension
        translations.gettext, translations.ngettext, newstyle=True
    )
    environment.globals["static"] = static_address
    return environment


def html_of(template: str, page: Page) -> str:
    """Fill a template with a page."""
    environment = _environment(Language(page.frame.language))
    return environment.get_template(template).render(page=page, frame=page.frame)


PUBLIC = "public, max-age=30"
"""Public pages are the same for everyone and may be kept by caches for half a minute."""


def shown(template: str, page: Page, *, status: int = 200) -> HTMLResponse:
    """Answer with a page for one person: no cache keeps it."""
    return HTMLResponse(html_of(template, page), status_code=status)


def shown_to_all(template: str, page: Page) -> HTMLResponse:
    """Answer with a page that is the same for everyone."""
    return HTMLResponse(html_of(template, page), headers={"cache-control": PUBLIC})
