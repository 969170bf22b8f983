"""How is the API fuzzed? With which values where JSON Schema cannot say it, and which refusals are then right?"""

import tomllib
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from companion.domain import local_time
from tests.api.body import nhs_numbers
from tests.api.ward import Ids

OFTEN = 0.8
PROJECT = Path(__file__).parent.parent.parent / "schemathesis.toml"
# What may be wrong with data that the description calls sound: rules of more than one field, or of the world.
RULES = (
    "A flare plan says",
    "A healthy activity ",
    "A password has at least",
    "A patient with this NHS number",
    "A template has no dates",
    "A text can hold",
    "Another patient of this pain service",
    "Choose a last day",
    "Choose a number from 0 to",
    "Choose at least one day of the week",
    "Choose at least one day, or",
    "Enter a date from 1900",
    "Enter a phone number, an e-mail",
    "Enter a recurrence like",
    "Enter a recurrence rule",
    "Enter one line of text",
    "Enter some visible text",
    "Enter the NICE guideline",
    "Enter the date of birth or the last 4 digits",
    "Enter the date of the review",
    "Enter the date the recurrence",
    "Enter the date when the reviewer",
    "Give both the plan and its line",
    "Give either patient_id or",
    "Health records are kept for",
    "It is among the first that",
    "It lies before the move",
    "Name the medicine and why",
    "No clinician at another pain service",
    "No member of staff at this pain service",
    "Nothing is reviewed at the step",
    "Say for every line",
    "Say in ",
    "Say why the correction is not made",
    "Say why, in at least",
    "Somebody comes to",
    "That code is wrong",
    "The current password",
    "The due date must not be",
    "The end time must be after",
    "The line '",
    "The pain service sends texts from",
    "The plan contains this line itself",
    "The plan does not have that revision",
    "The review date must be",
    "The revision you read",
    "The year must be between",
    "There is no goal with this line",
    "There is no line with this name",
    "This day has passed",
    "This line appears twice",
    "This never happens",
    "This patient does not have that text",
    "This patient's plans do not have",
    "This person agreed a care plan",
    "This revision did not exist",
    "This time is in the future",
    "This version of the template has no",
    "Use BYDAY with WEEKLY",
    "Use FREQ",
    "Use either COUNT",
    "With ",
    "With WEEKLY, give the days",
)


def _written(instant: datetime) -> str:
    return instant.replace(tzinfo=UTC).isoformat()


NHS_NUMBERS = strategies.integers(0, 999_999).map(nhs_numbers).filter(bool).map(lambda found: found[0])
MOBILES = strategies.integers(0, 999).map(lambda number: f"07700 900{number:03}")
TIME_ZONES = strategies.sampled_from(sorted(local_time.known_zones()))
INSTANTS = strategies.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31)).map(_written)  # noqa: DTZ001

for name, made_up in (
    ("nhs-number", NHS_NUMBERS),
    ("mobile", MOBILES),
    ("time-zone", TIME_ZONES),
    ("date-time", INSTANTS),
):
    schemathesis.openapi.format(name, made_up)


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Every way in which an operation can end has to be named: 'default' would cover them all."""
    for methods in raw_schema["paths"].values():
        for operation in methods.values():
            if "responses" in operation:
                operation["responses"].pop("default", None)


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """No control characters in sound words: the one thing about them that the description says in words alone."""
    if case.meta is not None and not case.meta.is_negative_at(ParameterLocation.BODY):
        case.body = _without_controls(case.body)
    if case.meta is not None and not case.meta.is_negative_at(ParameterLocation.QUERY):
        case.query = _without_controls(case.query)


def _without_controls(value: Any) -> Any:
    if isinstance(value, str):
        return "".join("·" if unicodedata.category(char) == "Cc" else char for char in value)
    if isinstance(value, list):
        return [_without_controls(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_controls(item) for name, item in value.items()}
    return value


@schemathesis.check
def sound_data_is_refused_by_rules_alone(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """422 for what the description calls sound must name a rule that JSON Schema cannot say."""
    if response.status_code != 422 or case.meta is None or case.meta.generation.mode.is_negative:
        return
    unexpected = [fault for fault in response.json()["errors"] if not fault["detail"].startswith(RULES)]
    assert not unexpected, f"The description does not say so: {unexpected}"


@schemathesis.check
def errors_are_problems(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Every error is problem+json."""
    if response.status_code >= 400:
        assert response.headers["content-type"] == ["application/problem+json"]
        assert response.json()["status"] == response.status_code


def there(ids: Ids) -> dict[str, list[str]]:
    """What is really there, by parameter: most requests should get further than a 404 or a 412."""
    found = {f"path.{name}": [str(value) for value in values] for name, values in ids.items()}
    return found | {"header.If-Match": ['"1"', '"2"', '"3"']}


def configuration(ids: Ids, *, examples: int, token: str | None, thorough: bool) -> SchemathesisConfig:
    """The project's own, to be asked with that token, and the same every time. `thorough`: also every edge of every
    field, besides what chance makes up."""
    settings = tomllib.loads(PROJECT.read_text())
    settings["generation"] = {"max-examples": examples, "deterministic": True}
    settings["phases"] = {"coverage": {"enabled": thorough}}
    settings["dictionaries"] = {name.partition(".")[2]: {"values": values} for name, values in there(ids).items()}
    settings["parameters"] = {name: {"dictionary": name.partition(".")[2], "probability": OFTEN} for name in there(ids)}
    if token is not None:
        settings["auth"] = {"openapi": {"staff": {"bearer": token}}}
    return SchemathesisConfig.from_dict(settings)
