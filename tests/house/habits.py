"""Is every file written as the house writes?"""

import ast
from collections.abc import Iterator
from pathlib import PurePath

from tests.house.source import House, Module, Trespass, at, calls, in_full, lazily, lies_in, names

LONGEST_FILE = 300
# Not one noun each.
NO_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "services", "base", "core"})
CLOCK, ENVIRONMENT = "companion.clock", "api.settings.config"
# The one that may put an import off.
LAZY = "companion.lazy"
ASK_THE_TIME = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        # The database has a clock too.
        "sqlalchemy.func.now",
        "sqlalchemy.func.current_timestamp",
        "sqlalchemy.func.localtimestamp",
        "sqlalchemy.func.current_date",
    }
)
# These put a moment that they are given into words, and ask only when they are given none.
ASK_IF_NOT_TOLD = frozenset({"time.localtime", "time.gmtime", "time.ctime", "time.asctime"})
ASK_THE_ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv", "os.putenv", "os.unsetenv"})
# What a session, an engine or a connection can be asked to do.
OF_A_SESSION = frozenset({"commit", "rollback", "flush", "execute", "scalar", "scalars", "query", "begin"})
# Arguments and columns whose values are words of an enum.
SPOKEN_IN_ENUMS = frozenset(
    {"status", "kind", "reason", "consent", "text_consent", "priority", "behaviour", "purpose", "source", "role", "how"}
)


def imports_stand_at_the_top(house: House) -> Iterator[Trespass]:
    """No import within a function or a class, nor by way of importlib. What companion.lazy puts off is named at the
    top too, and written out: `name = lazy("package.module")`."""
    for module in house.values():
        if module.name == LAZY:
            continue
        at_the_top = {id(node.value) for node in module.tree.body if isinstance(node, ast.Assign)}
        for outer in ast.walk(module.tree):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for node in outer.body:
                    yield from (
                        at(module, inner, "imports stand at the top of the file")
                        for inner in ast.walk(node)
                        if isinstance(inner, ast.Import | ast.ImportFrom)
                    )
        for called, call in calls(module.tree):
            if called == "lazy" and (id(call) not in at_the_top or lazily(call) is None):
                yield at(module, call, "what is lazy is named at the top of the file, written out")
            if called in ("__import__", "import_module"):
                yield at(module, call, "imports stand at the top of the file, written out")


def imports_are_absolute(house: House) -> Iterator[Trespass]:
    """No dots in front, no stars behind."""
    for module in house.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.level or any(alias.name == "*" for alias in node.names)):
                yield at(module, node, "imports are absolute and name what they take")


def every_file_says_what_it_answers(house: House) -> Iterator[Trespass]:
    """Every module begins with a docstring."""
    for module in house.values():
        if not (ast.get_docstring(module.tree) or "").strip():
            yield at(module, 1, "a file begins with the question it answers")


def package_files_are_empty(house: House) -> Iterator[Trespass]:
    """An __init__ holds a docstring; that of models names its tables besides."""
    for module in house.values():
        if not module.is_package:
            continue
        for node in module.tree.body[1:]:
            if module.name == "companion.models" and _names_tables(node):
                continue
            yield at(module, node, "an __init__ holds a docstring only")


def _names_tables(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return lies_in(node.module or "", "companion.models")
    return isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]


def files_are_short(house: House) -> Iterator[Trespass]:
    """At most 300 lines."""
    for module in house.values():
        lines = len(module.text.splitlines())
        if lines > LONGEST_FILE:
            yield at(module, LONGEST_FILE + 1, f"a file has at most {LONGEST_FILE} lines; this one has {lines}")


def files_are_named_by_a_noun(house: House) -> Iterator[Trespass]:
    """Nothing is called utils, helpers or common."""
    for module in house.values():
        if NO_NAMES & {part.strip("_") for part in PurePath(module.file).with_suffix("").parts}:
            yield at(module, 1, "a file is named by the one noun it is about")


def one_asks_the_time(house: House) -> Iterator[Trespass]:
    """companion.clock alone asks a clock; everybody else is told."""
    words = "ask companion.clock for the time, or better be told it"
    yield from _asked(house, ASK_THE_TIME, CLOCK, words)
    for module in house.values():
        for _, call in calls(module.tree):
            if not call.args and in_full(call.func, names(module)) in ASK_IF_NOT_TOLD:
                yield at(module, call, words)


def nobody_asks_the_environment(house: House) -> Iterator[Trespass]:
    """api.settings.config alone reads the environment, by its own door."""
    yield from _asked(house, ASK_THE_ENVIRONMENT, None, f"the environment is read by {ENVIRONMENT}, through environs")


def _asked(house: House, asking: frozenset[str], allowed: str | None, words: str) -> Iterator[Trespass]:
    for module in house.values():
        if module.name == allowed:
            continue
        known = names(module)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute | ast.Name) and in_full(node, known) in asking:
                yield at(module, node, words)
            if isinstance(node, ast.ImportFrom):
                taken = {f"{node.module}.{alias.name}" for alias in node.names}
                if taken & asking:
                    yield at(module, node, words)


def errors_are_named(house: House) -> Iterator[Trespass]:
    """No bare except, and none that catches everything, unless it is to clear up and pass the error on."""
    for module in house.values():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ExceptHandler) or ast.unparse(node.body[-1]) == "raise":
                continue
            if node.type is None or _is_broad(node.type):
                yield at(module, node, "name the error that is expected")
        for called, call in calls(module.tree):
            if called == "suppress" and any(_is_broad(argument) for argument in call.args):
                yield at(module, call, "name the error that is expected")


def _is_broad(node: ast.expr) -> bool:
    caught = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(ast.unparse(each) in ("Exception", "BaseException") for each in caught)


# Words that people text us, or write into a file: where they are read, they are only words yet.
OF_PEOPLE = frozenset({"yes", "no", "why"})


def words_of_enums(house: House) -> frozenset[str]:
    """Every value of every StrEnum in companion.domain."""
    return (
        frozenset(
            node.value.value
            for module in house.values()
            if lies_in(module.name, "companion.domain")
            for kind in ast.walk(module.tree)
            if isinstance(kind, ast.ClassDef) and "StrEnum" in {ast.unparse(base) for base in kind.bases}
            for node in kind.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )
        - OF_PEOPLE
    )


def statuses_are_no_text(house: House) -> Iterator[Trespass]:
    """What an enum has a word for is compared with, and set to, the enum's member."""
    words = words_of_enums(house)
    for module in house.values():
        for node in _spoken(module):
            if isinstance(node, ast.Constant) and node.value in words:
                yield at(module, node, f"'{node.value}' is a word of an enum: name its member")


def _spoken(module: Module) -> Iterator[ast.AST]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                yield from side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else (side,)
        elif isinstance(node, ast.MatchValue) or (isinstance(node, ast.keyword) and node.arg in SPOKEN_IN_ENUMS):
            yield node.value
        elif isinstance(node, ast.Assign):
            attributes = {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
            yield from [node.value] if attributes & SPOKEN_IN_ENUMS else []


def the_api_holds_no_session(house: House) -> Iterator[Trespass]:
    """Nothing in the api commits, queries or opens a transaction."""
    for module in house.values():
        if not lies_in(module.name, "api"):
            continue
        for called, call in calls(module.tree):
            if isinstance(call.func, ast.Attribute) and called in OF_A_SESSION:
                yield at(module, call, f"the api neither commits nor queries: .{called}(…)")


def nothing_knows_that_it_is_tested(house: House) -> Iterator[Trespass]:
    """No `if TESTING`."""
    for module in house.values():
        for node in ast.walk(module.tree):
            said = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "value", None)
            if said == "TESTING":
                yield at(module, node, "the product does not ask whether it is tested")


def rows_are_loaded_on_purpose(house: House) -> Iterator[Trespass]:
    """Every relationship is lazy="raise"."""
    for module in house.values():
        for called, call in calls(module.tree):
            loads = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}.get("lazy")
            if called == "relationship" and loads != "'raise'":
                yield at(module, call, 'a relationship says lazy="raise"')
