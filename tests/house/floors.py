"""Do imports go down only, and through the doors?"""

from collections.abc import Iterator

from tests.house.plan import DOORS, FLOORS, PURE_NUDGES, SQLALCHEMY_IN_API, Sideways
from tests.house.source import House, Import, Module, Trespass, at, imports, is_ours, is_standard, lies_in

# All that a pure file may have of the standard library: nothing here knows the time, a file, a socket or chance.
PLAIN_TOOLS = frozenset(
    {
        "bisect",
        "calendar",
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
        "hashlib",
        "itertools",
        "json",
        "math",
        "re",
        "statistics",
        "string",
        "types",
        "typing",
        "unicodedata",
        "uuid",
        "zoneinfo",
    }
)


PURE = ("companion.domain", *PURE_NUDGES)


def floor_of(name: str) -> int | None:
    """The number of the floor a module lives on, by the longest name that it lies in; None if it has no room."""
    rooms = [
        (len(room), number) for number, floor in enumerate(FLOORS) for room in floor.modules if lies_in(name, room)
    ]
    return max(rooms)[1] if rooms else None


def everybody_has_a_room(house: House) -> Iterator[Trespass]:
    """Every module lives on a floor."""
    for module in house.values():
        if floor_of(module.name) is None and not (module.is_package and "." not in module.name):
            yield at(module, 1, f"{module.name} lives on no floor: give it one in FLOORS")


def imports_go_down(house: House) -> Iterator[Trespass]:
    """A module imports what lies below it, and on its own floor whom the floor allows."""
    for module in house.values():
        for found in imports(module, house):
            own, other = floor_of(module.name), floor_of(found.target)
            if own is None or other is None or found.target == module.name or other < own:
                continue
            if other > own:
                yield at(module, found.line, f"imports go down only: {found.what} lies above {module.name}")
            elif not _may_go_sideways(module, found):
                allowed = FLOORS[own].sideways.value
                yield at(module, found.line, f"{module.name} may import {allowed}, not {found.what}")


def _may_go_sideways(module: Module, found: Import) -> bool:
    own = floor_of(module.name)
    sideways = FLOORS[own].sideways if own is not None else Sideways.NOBODY
    folders = {".".join(name.split(".")[:2]) for name in (module.name, found.target)}
    return sideways is Sideways.NEIGHBOURS or (sideways is Sideways.OWN_FOLDER and len(folders) == 1)


def no_circles(house: House) -> Iterator[Trespass]:
    """No module comes back to itself by following imports."""
    ahead = {
        module.name: {found.target for found in imports(module, house) if found.target in house}
        for module in house.values()
    }
    reached = {name: _reached_from(name, ahead) for name in house}
    for name, module in house.items():
        if name in reached[name]:
            circle = sorted(other for other in reached[name] if name in reached[other])
            yield at(module, 1, f"a circle of imports: {', '.join(circle)}")


def _reached_from(name: str, ahead: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    to_follow = [name]
    while to_follow:
        new = ahead[to_follow.pop()] - reached
        reached |= new
        to_follow += new
    return reached


def packages_come_in_by_their_door(house: House) -> Iterator[Trespass]:
    """Each outside package, and each room that has a key, is imported by those alone whom DOORS names."""
    for module in house.values():
        for found in imports(module, house):
            doors = [door for door in DOORS if lies_in(found.target, door)]
            if not doors and not is_ours(found.target) and not is_standard(found.target):
                yield at(module, found.line, f"{found.target} has no door: name its one importer in DOORS")
            for door in doors:
                if not lies_in(module.name, *DOORS[door]):
                    yield at(module, found.line, f"{door} comes in by {', '.join(DOORS[door])}, not by {module.name}")


def doors_are_used(house: House) -> Iterator[Trespass]:
    """Nobody holds the key to an outside package without using it."""
    for door, holders in DOORS.items():
        if is_ours(door):
            continue
        for holder in holders:
            users = [module for module in house.values() if lies_in(module.name, holder)]
            if not any(lies_in(found.target, door) for module in users for found in imports(module, house)):
                yield Trespass("tests/house/plan.py", 1, f"{holder} does not import {door}: take it out of DOORS")


def the_api_does_not_query(house: House) -> Iterator[Trespass]:
    """Of sqlalchemy the api sees errors and addresses."""
    for module in house.values():
        for found in imports(module, house):
            allowed = SQLALCHEMY_IN_API.get(module.name, ())
            if lies_in(module.name, "api") and lies_in(found.what, "sqlalchemy") and not lies_in(found.what, *allowed):
                yield at(module, found.line, f"the api neither commits nor queries: {found.what}")


def pure_files_are_pure(house: House) -> Iterator[Trespass]:
    """Rules import rules and plain tools: no clock, no session, no framework, no file, no chance."""
    for module in house.values():
        if not lies_in(module.name, *PURE):
            continue
        for found in imports(module, house):
            through_a_door = any(lies_in(found.target, door) and module.name in DOORS[door] for door in DOORS)
            # What it puts off is an import of its own, and looked at as one.
            plain = found.target.partition(".")[0] in PLAIN_TOOLS or found.target == "companion.lazy"
            rules = lies_in(found.target, "companion.domain") or (
                lies_in(module.name, "nudges") and lies_in(found.target, *PURE_NUDGES)
            )
            if not (rules or plain or through_a_door):
                yield at(module, found.line, f"a pure file imports rules and plain tools, not {found.what}")


def tests_stay_outside(house: House) -> Iterator[Trespass]:
    """The product knows nothing of its tests."""
    for module in house.values():
        for found in imports(module, house):
            if lies_in(found.target, "tests", "pytest", "unittest", "hypothesis"):
                yield at(module, found.line, f"the product imports no tests: {found.what}")
