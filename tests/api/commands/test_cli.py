"""Can an operator begin a real deployment with the commands alone, and is every refusal a sentence?"""

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from companion.domain.access import Role
from companion.use_cases import pain_service, staff
from tests.support import cast

SERVICE = ("--short-name", "West Lancs pain", "--phone", "01695 960123")
NAME = "West Lancashire Pain Service"
BEN = ("--name", "Ben Okafor", "--email", "Ben@Example.nhs.uk", "--role", "clinician")


def run(app: Flask, *words: str, typed: str | bytes = "") -> Result:
    result = app.test_cli_runner().invoke(args=words, input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_deployment_begins_with_two_commands(app: Flask, client: FlaskClient) -> None:
    assert run(app, "pain-services", "list").output == ""
    assert run(app, "pain-services", "add", NAME, *SERVICE).exit_code == 0
    added = run(app, "staff", "add", *BEN, "--role", "administrator", "--password-stdin", typed=cast.PASSWORD + "\n")
    assert (added.exit_code, added.output) == (0, f'They can sign in now, at "{NAME}".\n')
    [service] = pain_service.every()
    assert (service.name, service.short_name, service.phone) == (NAME, "West Lancs pain", "01695 960123")
    assert (service.time_zone, service.bank_holiday_region, service.sender) == ("Europe/London", "ENG", None)
    [ben] = staff.listed(service.id)
    assert {held.role for held in ben.roles} == {Role.CLINICIAN, Role.ADMINISTRATOR}
    answer = client.post("/v1/sign-ins", json={"email": "ben@example.nhs.uk", "password": cast.PASSWORD})
    assert answer.status_code == 201


def test_what_is_given_is_kept_and_listed(app: Flask) -> None:
    given = ("--time-zone", "Europe/Jersey", "--region", "WLS", "--sender", "07700 900900")
    assert run(app, "pain-services", "add", NAME, *SERVICE, *given).exit_code == 0
    assert run(app, "pain-services", "list").output == (
        f'"{NAME}" (West Lancs pain, 01695 960123, Europe/Jersey, WLS, texts from +447700900900)\n'
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("name", "West\nLancashire"),
        ("short-name", "x" * 31),
        ("short-name", "a\x1bb"),
        ("phone", "ring us"),
        ("phone", "1" * 31),
        ("time-zone", "Europe/Ormskirk"),
        ("time-zone", "localtime"),
        ("region", "FRA"),
        ("sender", "PAIN"),
        ("sender", ""),
    ],
)
def test_a_pain_service_is_checked_as_the_api_would(app: Flask, option: str, value: str) -> None:
    given = {"name": NAME, "short-name": "x", "phone": "01695 960123"} | {option: value}
    words = [word for name, held in given.items() if name != "name" for word in (f"--{name}", held)]
    result = run(app, "pain-services", "add", given["name"], *words)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {option}: ")
    assert result.output.count("\n") == 1
    assert pain_service.every() == []


def test_every_fault_is_named_at_once(app: Flask) -> None:
    result = run(app, "pain-services", "add", "\t", "--short-name", "", "--phone", "", "--region", "XXX")
    named = [line.removeprefix("Error: ").partition(":")[0] for line in result.output.splitlines()]
    assert named == ["name", "short-name", "phone", "region"]


def test_names_and_senders_are_given_once(app: Flask) -> None:
    assert run(app, "pain-services", "add", NAME, *SERVICE, "--sender", "+447700900900").exit_code == 0
    again = run(app, "pain-services", "add", NAME, *SERVICE)
    assert (again.exit_code, again.output) == (1, "Error: There is already a pain service with that name.\n")
    other = run(app, "pain-services", "add", "Fylde", *SERVICE, "--sender", "07700 900900")
    assert other.exit_code == 1
    assert other.output.startswith("Error: Another pain service already uses that sender")
    assert len(pain_service.every()) == 1


def test_the_password_is_asked_for_twice_and_not_shown(app: Flask) -> None:
    run(app, "pain-services", "add", NAME, *SERVICE)
    result = run(
        app, "staff", "add", *BEN, typed=f"{cast.PASSWORD}\nsomething else\n{cast.PASSWORD}\n{cast.PASSWORD}\n"
    )
    assert result.exit_code == 0
    assert "do not match" in result.output
    assert cast.PASSWORD not in result.output


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        ({"--email": "ben"}, cast.PASSWORD, "email: Not a valid email address."),
        ({"--email": "b" * 250 + "@x.uk"}, cast.PASSWORD, "email: Longer than maximum length 254."),
        ({"--name": ""}, cast.PASSWORD, "name: Length must be between 1 and 120."),
        ({"--name": "Ben\nOkafor"}, cast.PASSWORD, "name: Enter one line of text."),
        ({}, "too short", "password: A password has at least 12 characters."),
        ({}, "", "password: Length must be between 1 and 200."),
        ({}, b"\xff\xfe is no text\n", "password: "),
        ({"--pain-service": "Elsewhere"}, cast.PASSWORD, f'Say which pain service. There are: "{NAME}".'),
    ],
)
def test_a_member_of_staff_is_checked_as_the_api_would(
    app: Flask, words: dict[str, str], typed: str | bytes, said: str
) -> None:
    run(app, "pain-services", "add", NAME, *SERVICE)
    given = dict(zip(BEN[::2], BEN[1::2], strict=True)) | words
    arguments = [word for pair in given.items() for word in pair]
    result = run(app, "staff", "add", *arguments, "--password-stdin", typed=typed)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {said}")
    assert staff.listed(pain_service.oldest().id) == []


def test_an_address_is_one_persons(app: Flask) -> None:
    run(app, "pain-services", "add", NAME, *SERVICE)
    run(app, "staff", "add", *BEN, "--password-stdin", typed=cast.PASSWORD)
    again = run(app, "staff", "add", *BEN, "--password-stdin", typed=cast.PASSWORD)
    assert (again.exit_code, again.output) == (
        1,
        "Error: Someone with that e-mail address is already a member of staff.\n",
    )


def test_without_a_pain_service_there_is_no_staff_and_no_caseload(app: Flask) -> None:
    said = "Error: Say which pain service. There are: none yet.\n"
    assert run(app, "staff", "add", *BEN, "--password-stdin", typed=cast.PASSWORD).output == said
    assert run(app, "patients", "import", "examples/caseload.csv").output == said
