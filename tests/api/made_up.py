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
    "A care plan was agreed with this person",
    "A flare plan says",
    "A healthy activity is something",
    "A password has at least",
    "A patient with this NHS number",
    "A template has no days",
    "A text has room for",
    "A week has each day once",
    "Another patient of this pain service",
    "BYDAY goes with",
    "Choose a last day",
    "Choose a number from 0 to",
    "Choose at least one day of the week",
    "Choose at least one day, or",
    "Give the date of birth, or the last four digits",
    "Health records are kept for",
    "It holds nothing that can be seen",
    "It is among the first that",
    "It is not the code that",
    "It lies before the day",
    "It lies before the move",
    "It lies in the future",
    "It must be a day since 1900",
    "It must be one line of text",
    "It must lie between the years",
    "It never happens",
    "Name a plan and its line",
    "Name the medicine and why",
    "Name the patient by patient_id or by",
    "No clinician of another pain service",
    "No goal has this line",
    "No line of already_helps",
    "No plan of this patient has",
    "Nobody with this id works",
    "Nothing is reviewed at the step",
    "Say from which day on",
    "Say in ",
    "Say of every line",
    "Say on which day the reviewer",
    "Say when the plan is",
    "Say where NICE recommends it",
    "Say why it is not made",
    "Say why, in at least",
    "Somebody comes to",
    "The hours end before they begin",
    "The line '",
    "The pain service sends texts from",
    "The plan has no such revision",
    "The plan says this line itself",
    "The present password",
    "The review lies before",
    "The revision that you read",
    "These words were not there yet",
    "This day has passed already",
    "This is no recurrence rule",
    "This line was decided upon already",
    "This patient has no such text",
    "This version of the template has no",
    "Use FREQ",
    "Use either COUNT",
    "What is listed needs",
    "With ",
    "Write a recurrence as",
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
