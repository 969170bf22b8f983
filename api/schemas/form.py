"""What did somebody fill into a form, and what is wrong with it?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from companion.domain.refusal import Fault

# What a field's own words say of something left out means nothing to whoever looks at a form.
EMPTY = "Fill this in."


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it came. `values` are sound if there are no faults."""

    values: Mapping[str, Any]
    faults: tuple[Fault, ...] = field(default=())


def filled(schema: Schema, given: Mapping[str, Any]) -> Filled:
    """Check a form as the API checks a body; what the schema does not know, such as the form's own token, is left
    out, and so is a field that was left empty."""
    said = {name: value for name, value in given.items() if value != ""}
    try:
        return Filled(schema.load(said, unknown=EXCLUDE))
    except ValidationError as error:
        words = error.messages_dict.items()
        return Filled(said, tuple(Fault(name, EMPTY if name not in said else _first(told)) for name, told in words))


def _first(words: Any) -> str:
    while isinstance(words, Mapping | list):
        words = next(iter(words.values() if isinstance(words, Mapping) else words))
    return str(words)


def by_field(faults: Iterable[Fault]) -> dict[str, str]:
    """The first fault of each field, as a template shows them."""
    return {fault.field: fault.words for fault in reversed(list(faults))}
