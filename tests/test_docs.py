"""The documents name only files that exist, and link only to pages that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = sorted(
    [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "DECISIONS.md", "SECURITY.md")]
    + list((ROOT / "docs").rglob("*.md"))
)
# Made by a run, a build or an operator: not in the repository.
MADE = ("var/", "tests/api/fhir/node_modules")
# The pages of docs/security name tests by their path below tests/; test_security_docs.py checks those.
BELOW_TESTS = ROOT / "docs" / "security"
TOP = "api|benchmarks|companion|deploy|docs|examples|migrations|nudges|scripts|tests|var"
# A path in the text: it starts with a folder of ours, and is not part of a longer path, an address or a module's name.
PATH = re.compile(rf"(?<![\w./<-])(?:{TOP})/[\w./-]*\w/?")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def gone(text: str, page: Path) -> list[str]:
    """The paths and links of a page that lead nowhere."""
    if BELOW_TESTS in page.parents:
        text = re.sub(r"`[^`]*\.py(?:::\w+)?`", "", text)
    paths = [path for path in PATH.findall(text) if not path.startswith(MADE) and not (ROOT / path).exists()]
    links = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    return list(dict.fromkeys(paths + links))


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_and_link_leads_somewhere(page: Path) -> None:
    assert gone(page.read_text(encoding="utf-8"), page) == []


def test_a_path_that_is_not_there_is_found() -> None:
    planted = (
        "`api/nowhere.py`, `companion/clock.py`, tests/lost/ and docs/README; https://example.org/api/x, /v1/tests/x; "
        "[there](docs/glossary.md) [gone](docs/gone.md)"
    )
    assert gone(planted, ROOT / "README.md") == ["api/nowhere.py", "tests/lost/", "docs/README", "docs/gone.md"]
