"""Is what docs/security says true as far as a program can tell: does every named test exist, is nothing left out?"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PAGES = sorted((ROOT / "docs" / "security").glob("*.md"))
ASVS = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
RESULTS = ("met", "operator", "open", "none")
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has: 70 and 183. Those of level 3 stand last.
SECTIONS = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}


@cache
def defined_in(file: Path) -> frozenset[str]:
    """The test functions of a file; none if there is no such file."""
    if not file.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def missing(page: str) -> list[str]:
    """The tests and files of tests that a page names and that are not there."""
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", page)
    files = re.findall(r"`([\w/]*test_\w+\.py)`", page)
    gone = [f"{file}::{name}" for file, name in named if name not in defined_in(TESTS / file)]
    return gone + [file for file in files if not (TESTS / file).is_file()]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_test_that_is_named_exists(file: Path) -> None:
    assert missing(file.read_text(encoding="utf-8")) == []


def test_a_test_that_is_not_there_is_found() -> None:
    planted = (
        "`test_security_docs.py::test_nothing` `api/test_nowhere.py` `test_scan.py::test_no_secret_stands_in_a_file`"
    )
    assert missing(planted) == ["test_security_docs.py::test_nothing", "api/test_nowhere.py"]


def rows(page: str) -> list[list[str]]:
    """The cells of every row of a page's tables, but for their heads."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    found = [[cell.strip() for cell in line.strip("|").split(" |")] for line in lines]
    return [cells for cells in found if cells[0] not in ("id", "level", "who, and what they do", "address")]


def test_every_requirement_of_level_2_has_one_result() -> None:
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, counts in SECTIONS.items()
        for section, count in enumerate(counts, 1)
        for number in range(1, count + 1)
    ]
    assert len(wanted) == 70 + 183
    found = [name for cells in rows(ASVS) for name in cells[0].split(", ")]
    assert sorted(found) == sorted(wanted)
    for cells in rows(ASVS):
        assert len(cells) >= 4, cells
        result, where = cells[2].partition(":")[0], cells[3]
        assert result in RESULTS, cells
        assert where or result == "none", f"{cells[0]}: says that it is {result}, and not where"


def test_what_is_open_is_said_again_at_the_end() -> None:
    last = ASVS.partition("## Open")[2]
    for cells in rows(ASVS):
        if cells[2] == "open":
            assert all(name in last for name in cells[0].split(", "))


def test_every_abuse_has_a_control_and_a_proof() -> None:
    cases = (ROOT / "docs" / "security" / "abuse-cases.md").read_text(encoding="utf-8")
    table = [cells for cells in rows(cases) if len(cells) >= 3 and not cells[1].endswith("ms")]
    assert len(table) > 20
    for cells in table:
        assert re.search(r"`[\w/]+\.py::test_\w+`", cells[2]), cells[0]
