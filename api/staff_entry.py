"""How do staff get in here? The settings of it, read with the rest of the environment."""

from dataclasses import dataclass, field
from enum import StrEnum

from environs import Env
from marshmallow import ValidationError

from api import letter_box
from api.letter_box import LetterBox


class SecondFactor(StrEnum):
    """required: whoever has none can do nothing but set one up. optional: who has one is asked for it."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """How staff get in."""

    second_factor: SecondFactor = SecondFactor.OPTIONAL
    letter_box: LetterBox = field(default_factory=LetterBox)


def read(env: Env, *, in_production: bool) -> tuple[StaffEntry, dict[str, str]]:
    """The settings, and what is wrong between them; what is wrong with one of them alone, `env` keeps."""
    default = SecondFactor.REQUIRED if in_production else SecondFactor.OPTIONAL
    second_factor = SecondFactor(env.str("STAFF_SECOND_FACTOR", "", validate=_one_of_both) or default)
    box, found = letter_box.read(env)
    if in_production and second_factor is not SecondFactor.REQUIRED:
        found["STAFF_SECOND_FACTOR"] = "production asks every member of staff for a second factor; leave this empty"
    return StaffEntry(second_factor, box), found


def _one_of_both(value: str) -> None:
    if value and value not in list(SecondFactor):
        raise ValidationError(f"it must be one of: {', '.join(SecondFactor)}")
