"""Which forms does a page hold, and which fields does each send of itself?"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TOKEN = "csrf_token"


@dataclass
class Form:
    """A form: its method, in small letters, and what stands in its hidden fields."""

    method: str
    action: str
    hidden: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("method", "get").lower(), said.get("action", "")))
            self._inside = True
        elif tag == "input" and self._inside and said.get("type") == "hidden":
            self.forms[-1].hidden[said.get("name", "")] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def forms_of(page: str) -> list[Form]:
    """Every form of a page, or of a template as it stands."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.forms


def token_of(page: str) -> dict[str, str]:
    """The field by which this page's forms show that they are ours; nothing if the page has none."""
    found = [each.hidden[TOKEN] for each in forms_of(page) if TOKEN in each.hidden]
    return {TOKEN: found[0]} if found else {}
