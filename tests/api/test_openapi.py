"""Is /openapi.json a description that a program can be written from?"""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from schemathesis.specs.openapi.definitions import OPENAPI_31

from api.app import create_app
from api.settings.config import Config
from tests.api.caller import Caller

METHODS = {"get", "post", "put", "patch", "delete"}
Description = dict[str, Any]


@pytest.fixture(scope="module")
def made() -> Flask:
    return create_app(Config(database_url="sqlite://"))


@pytest.fixture(scope="module")
def description(made: Flask) -> Description:
    found: Description = Caller(made.test_client()).get("/openapi.json").json
    return found


def operations(description: Description) -> Iterator[tuple[str, Description]]:
    """Each operation with its name: 'GET /v1/patients'."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def examples(part: Any, path: str = "") -> Iterator[tuple[str, Any, Description]]:
    """Every example or default with the schema that it stands in."""
    if isinstance(part, list):
        for index, item in enumerate(part):
            yield from examples(item, f"{path}/{index}")
    if isinstance(part, dict):
        schema = part.get("schema", part)
        for word in ("example", "default"):
            if word in part and not isinstance(part[word], dict):
                yield f"{path}/{word}", part[word], schema
        for name, item in part.items():
            yield from examples(item, f"{path}/{name}")


def test_it_is_openapi(description: Description) -> None:
    assert description["openapi"] == "3.1.0"
    faults = [f"{fault.instance_path}: {fault.message}" for fault in jsonschema_rs.iter_errors(OPENAPI_31, description)]
    assert faults == []


def test_every_route_is_in_it(made: Flask, description: Description) -> None:
    routed = {
        (method, rule.rule.split("<")[0])
        for rule in made.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1")
    }
    described = {tuple(name.split("{")[0].split(" ")) for name, _ in operations(description)}
    assert routed == described


def test_every_operation_says_what_it_does_and_how_it_can_end(description: Description) -> None:
    tags = {tag["name"] for tag in description["tags"] if tag["description"]}
    names = [operation["operationId"] for _, operation in operations(description)]
    assert len(set(names)) == len(names) > 25
    for name, operation in operations(description):
        assert operation["summary"], name
        assert not operation["summary"].endswith("."), name
        assert set(operation["tags"]) <= tags, name
        open_to_all = operation.get("security") == []
        assert open_to_all == name.startswith(("POST /v1/sign-ins", "POST /v1/patient-sign-ins")), name
        answers = operation["responses"]
        assert sum(status.startswith("2") for status in answers) == 1, name
        roles = "sign-ins" not in name and "/v1/me" not in name
        expected = ({"401"} if name != "POST /v1/patient-sign-ins" else set()) | ({"403"} if roles else set())
        expected |= {"404"} if "_id}" in name else set()
        expected |= {"400", "413", "415", "422"} if "requestBody" in operation else set()
        headers = [given["name"] for given in operation.get("parameters", []) if given["in"] == "header"]
        expected |= {"412", "428"} if headers == ["If-Match"] else set()
        assert expected <= set(answers), name
        for status, answer in answers.items():
            if status.startswith("4"):
                assert answer["description"], name
                assert set(answer["content"]) == {"application/problem+json"}, name


def test_every_example_is_sound(description: Description) -> None:
    found = list(examples(description["components"]["schemas"])) + list(examples(description["paths"]))
    assert len(found) > 40
    for path, example, schema in found:
        whole = {**schema, "components": description["components"]}
        assert jsonschema_rs.is_valid(whole, example), (path, example)


def test_every_reference_leads_somewhere(description: Description) -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from ([part["$ref"]] if "$ref" in part else [])
            for item in part.values():
                yield from references(item)
        if isinstance(part, list):
            for item in part:
                yield from references(item)

    for reference in set(references(description)):
        where: Any = description
        for step in reference.removeprefix("#/").split("/"):
            where = where[step]
        assert where
