"""Which faults are there to plant, and does each still fit the code that it is planted in?"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: in `file`, `old`, which stands there once, becomes `new`; one of the `tests` is to fail of it.

    promise: the one that it breaks (P1 to P14), and what else it stands for. tests: files, or single tests as pytest
    names them.
    """

    name: str
    promise: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted(self, text: str) -> str:
        """The file's text with the fault in it.

        Raises:
            ValueError: what is to be replaced does not stand there exactly once.
        """
        found = text.count(self.old)
        if found != 1:
            raise ValueError(f"{self.name}: its text stands {found} times in {self.file}, not once")
        return text.replace(self.old, self.new)


def every(folder: Path = LISTS) -> list[Mutant]:
    """All faults of all lists, in their order."""
    found = []
    for file in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["mutant"]:
            found.append(Mutant(**{**entry, "tests": tuple(entry["tests"])}))
    return found


def faults(mutant: Mutant, root: Path = ROOT) -> Iterator[str]:
    """Why a fault can be planted no more, or no everyday test is there to find it."""
    try:
        planted = mutant.planted((root / mutant.file).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        yield str(error)
        return
    try:
        ast.parse(planted)
    except SyntaxError as error:
        yield f"{mutant.name}: {mutant.file} cannot be read any more: {error}"
    for test in mutant.tests:
        file, _, name = test.partition("::")
        known = _everyday(root / file)
        if not known or (name and name.partition("[")[0] not in known):
            yield f"{mutant.name}: there is no everyday test {test}"


@cache
def _everyday(file: Path) -> frozenset[str]:
    """The tests of a file that are not marked as deep."""
    if not file.exists():
        return frozenset()
    body = ast.parse(file.read_text(encoding="utf-8")).body
    named = (each for each in body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"))
    return frozenset(each.name for each in named if "deep" not in map(ast.unparse, each.decorator_list))
