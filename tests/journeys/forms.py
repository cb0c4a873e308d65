"""A reader of pages that fills in forms as a browser without JavaScript would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Fields = list[tuple[str, str]]


@dataclass(slots=True)
class PageForm:
    """A form of a page: where it goes, what it sends in any case, and what can be marked."""

    action: str
    sends: Fields = field(default_factory=list)
    choices: set[tuple[str, str]] = field(default_factory=set)
    entries: set[str] = field(default_factory=set)

    def filled(self, marks: Fields) -> Fields:
        """The fields that are sent with these marks; fails where the page does not offer one."""
        for name, value in marks:
            assert (name, value) in self.choices or name in self.entries, (name, value)
        return [*self.sends, *marks]


class _Finder(HTMLParser):
    """Collects the form with an id. A select that nobody touches sends its first option: empty."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.found: PageForm | None = None
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the form holds."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form_id
            if self.inside:
                self.found = PageForm(action=given["action"])
        elif self.inside and self.found is not None:
            self._note(self.found, tag, given)

    def _note(self, form: PageForm, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "select":
            form.entries.add(name)
        elif tag == "input" and kind in {"checkbox", "radio"}:
            form.choices.add((name, given["value"]))
        elif tag == "input" and kind in {"number", "text"}:
            form.entries.add(name)
        elif tag == "input":
            form.sends.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Leave the form."""
        if tag == "form":
            self.inside = False


def form_in(page: str, form_id: str) -> PageForm:
    """Give the form with this id; fails where the page has none."""
    finder = _Finder(form_id)
    finder.feed(page)
    assert finder.found is not None, page[:2000]
    return finder.found
