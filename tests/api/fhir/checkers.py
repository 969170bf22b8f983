"""Who says whether a resource is FHIR R4? Two that know nothing of each other, each with a blind side.

fhir.resources knows the structure, types and what must be there; its nearest edition is R4B. The npm package `fhir`
knows R4's codes, which types a reference may lead to, and properties that are not there.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

HERE = Path(__file__).parent
INSTALLED = HERE / "node_modules" / "made-for"
NOT_HERE = "FHIR by a second checker: it needs Node, and 'make fhir-checker' once"
# What it says of our texts without codes is that it has no list of all the codes in the world.
COUNTS = frozenset({"error", "fatal"})

Resource = dict[str, Any]


def by_models(resource: Resource) -> list[str]:
    """What fhir.resources has against it."""
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return [str(error)]
    return []


def hollow(part: Any, path: str = "") -> list[str]:
    """Elements with nothing in them (FHIR's ele-1), which neither of the two minds."""
    if isinstance(part, dict | list):
        inner = part.items() if isinstance(part, dict) else enumerate(part)
        own = [] if part else [f"{path}: there is nothing in it"]
        return own + [fault for name, each in inner for fault in hollow(each, f"{path}/{name}")]
    return [f"{path}: there is nothing in it"] if part in (None, "") else []


def second_is_here() -> bool:
    """Whether the second checker can be asked."""
    return shutil.which("node") is not None and INSTALLED.exists()


class Second:
    """The second checker, in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def faults(self, resource: Resource) -> list[str]:
        """What it has against a resource."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(resource) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        return [f"{each['location']}: {each['message']}" for each in said if each["severity"] in COUNTS]


@contextmanager
def second() -> Iterator[Second]:
    """Start it, and end it."""
    command = ["node", str(HERE / "check.js")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Second(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
