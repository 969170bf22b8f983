"""Do the locks hold everything that is asked for, each file of it by its hash, and is that what is installed?"""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
# What is asked for, and where it is locked. requirements-dev.txt holds all that is installed here.
LOCKS = {
    "requirements.in": "requirements.txt",
    "requirements-queue.in": "requirements-queue.txt",
    "requirements-dev.in": "requirements-dev.txt",
    "requirements-tool.in": "requirements-tool.txt",
    "benchmarks/requirements.in": "benchmarks/requirements.txt",
}
HERE = "requirements-dev.txt"
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def faults(root: Path = ROOT) -> Iterator[str]:
    """Everything that is wrong, a sentence each."""
    locked = {lock: dict(_pins(root / lock)) for lock in LOCKS.values()}
    for asked, lock in LOCKS.items():
        yield from _unpinned(root / lock)
        for wanted in _asked(root / asked):
            pin = locked[lock].get(canonicalize_name(wanted.name))
            if pin is None or not wanted.specifier.contains(pin, prereleases=True):
                yield f"{lock}: {asked} asks for {wanted}, and it holds {pin or 'none'}; run make lock"
    for lock, pins in locked.items():
        other = {name: pin for name, pin in locked["requirements.txt"].items() if pins.get(name, pin) != pin}
        yield from (f"{lock}: {name} is {pins[name]}, but {pin} in requirements.txt" for name, pin in other.items())


def faults_of_installed(root: Path = ROOT) -> Iterator[str]:
    """What is installed and not as locked, or needed by what is installed and not locked at all."""
    pins, extras = dict(_pins(root / HERE)), dict(_extras(root / HERE))
    for name, pin in pins.items():
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # for another system or version of Python
        if found.version != pin:
            yield f"{name}: {found.version} is installed, and {HERE} holds {pin}"
        for needed in map(Requirement, found.requires or []):
            if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
                continue
            held = pins.get(canonicalize_name(needed.name))
            if held is None or not needed.specifier.contains(held, prereleases=True):
                yield f"{HERE}: {name} needs {needed}, and it holds {held or 'none'}"
            elif needed.extras - extras[canonicalize_name(needed.name)]:
                yield f"{HERE}: {name} needs {needed}, and it is held without its extra: pip cannot install that"


def names(lock: Path) -> list[str]:
    """The packages that a lock holds."""
    return [name for name, _ in _pins(lock)]


def _asked(file: Path) -> Iterator[Requirement]:
    for line in file.read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].strip()
        if words.startswith("-r "):
            yield from _asked(file.parent / words.removeprefix("-r "))
        elif words:
            yield Requirement(words)


def _blocks(file: Path) -> Iterator[str]:
    """A requirement with its hashes, as one line each."""
    whole = re.sub(r"^\s*#.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    yield from (block.strip() for block in whole.replace("\\\n", " ").splitlines() if block.strip())


def _pins(file: Path) -> Iterator[tuple[str, str]]:
    for block in _blocks(file):
        if not block.startswith("-"):
            name, _, rest = block.partition("==")
            yield canonicalize_name(name.partition("[")[0].strip()), re.split(r"[\s;]", rest.strip(), maxsplit=1)[0]


def _extras(file: Path) -> Iterator[tuple[str, set[str]]]:
    for block in _blocks(file):
        if not block.startswith("-"):
            asked = Requirement(block.partition(" --")[0])
            yield canonicalize_name(asked.name), asked.extras


def _unpinned(file: Path) -> Iterator[str]:
    for block in _blocks(file):
        if block.startswith("-") or "://" in block:
            yield f"{file.name}: '{block[:60]}' comes from no registry that a lock could speak for"
        elif not re.match(r"[A-Za-z0-9._-]+(\[[A-Za-z0-9._, -]+\])?==\S", block) or not _HASH.search(block):
            yield f"{file.name}: '{block[:60]}' is not pinned with its hashes"
