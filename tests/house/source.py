"""What does the source say: which modules are there, what does each import, and who is trespassing?"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ("companion", "nudges", "api")
OUR_OWN = (*PRODUCT, "wsgi", "migrations", "tests")


@dataclass(frozen=True)
class Module:
    """One file of the house."""

    name: str
    file: str
    text: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.file)


House = Mapping[str, Module]


@dataclass(frozen=True, slots=True)
class Trespass:
    """Where the house is not as it should be, and which rule says so."""

    file: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.words}"


@dataclass(frozen=True, slots=True)
class Import:
    """One module that another one names. `what` is the name as written, with what was taken from it."""

    target: str
    what: str
    line: int


def read(root: Path = ROOT) -> House:
    """The product as it lies on the disk: companion, nudges, api and wsgi.py."""
    files = [root / "wsgi.py", *(file for part in PRODUCT for file in sorted((root / part).rglob("*.py")))]
    return {module.name: module for module in (_module(file.relative_to(root), file.read_text()) for file in files)}


def planted(**sources: str) -> House:
    """A house of a few lines, to show that a rule sees a trespass. In names, `__` stands for a dot."""
    files = {Path(*name.split("__")).with_suffix(".py"): text for name, text in sources.items()}
    return {module.name: module for module in (_module(file, text) for file, text in files.items())}


def planted_package(name: str, text: str) -> House:
    """The same, of the one __init__ of a package."""
    module = _module(Path(*name.split("."), "__init__.py"), text)
    return {module.name: module}


def _module(file: Path, text: str) -> Module:
    parts = file.with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Module(".".join(parts[:-1] if is_package else parts), str(file), text, is_package)


def at(module: Module, node: ast.AST | int, words: str) -> Trespass:
    """A trespass at a node, or in a line."""
    return Trespass(module.file, node if isinstance(node, int) else getattr(node, "lineno", 1), words)


def lies_in(name: str, *places: str) -> bool:
    """Whether a dotted name is one of the places, or within one."""
    return any(name == place or name.startswith(f"{place}.") for place in places)


def imports(module: Module, house: House) -> Iterator[Import]:
    """Every module that this one imports, wherever in the file it does. `from package import module` names the
    module, `from module import name` the module too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield Import(full if full in house else node.module, full, node.lineno)
        elif isinstance(node, ast.Call) and (name := lazily(node)) is not None:
            yield Import(name, name, node.lineno)


def lazily(node: ast.AST) -> str | None:
    """The module that `lazy("that.module")` stands for, if the node is such a call."""
    match node:
        case ast.Call(func=ast.Name(id="lazy"), args=[ast.Constant(value=str(name))], keywords=[]):
            return name
    return None


def is_ours(target: str) -> bool:
    """Whether the import is of the house itself."""
    return target.partition(".")[0] in OUR_OWN


def is_standard(target: str) -> bool:
    """Whether the import is of Python's standard library."""
    return target.partition(".")[0] in sys.stdlib_module_names


def names(module: Module) -> dict[str, str]:
    """What each imported name of the file stands for, in full: {'dt': 'datetime.datetime'}."""
    found: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                found[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Assign) and (lazy := lazily(node.value)) is not None:
            found |= {target.id: lazy for target in node.targets if isinstance(target, ast.Name)}
    return found


def in_full(node: ast.AST, known: Mapping[str, str]) -> str | None:
    """What an expression like `dt.now` stands for: 'datetime.datetime.now'. None if it begins with no import."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = in_full(node.value, known)
        return owner and f"{owner}.{node.attr}"
    return None


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of the module itself, not those within classes or other functions."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call within, with the last part of what is called: 'select' of select(…), 'get' of session.get(…)."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Name):
                yield inner.func.id, inner
            elif isinstance(inner.func, ast.Attribute):
                yield inner.func.attr, inner
