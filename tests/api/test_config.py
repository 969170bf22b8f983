"""Is every wrong setting named, all of them at once, and none of their values told?"""

import os
from base64 import b64encode
from hashlib import sha256

import pytest

from api import config
from api.config import Config, Environment, SendThrough, SettingsError, Twilio
from api.field_key import FieldKeys
from api.staff_entry import SecondFactor, StaffEntry
from nudges import queue

OURS = (
    "DATABASE_URL",
    "ENVIRONMENT",
    "FIELD_KEYS",
    "INDEX_KEY",
    "LOOP_NUMBER",
    "NHS_LOGIN_",
    "NOTIFY_",
    "PUBLIC_BASE_URL",
    "SECRET_KEY",
    "SEND_",
    "PORT",
    "TEXTS_",
    "TWILIO_",
)


def made(word: str) -> str:
    """A key, in base64, that is the same whenever it is asked for."""
    return b64encode(sha256(word.encode()).digest()).decode()


SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC0123",
    "TWILIO_AUTH_TOKEN": f"token-{SECRET}",
    "TWILIO_MESSAGING_SERVICE_SID": "MG0123",
}
PRODUCTION = TWILIO | {
    "ENVIRONMENT": "production",
    "DATABASE_URL": f"postgresql://ihelp:{SECRET}@db.example/ihelp",
    "PUBLIC_BASE_URL": "https://pain.example.nhs.uk/",
    "SECRET_KEY": SECRET,
    "FIELD_KEYS": f"2:{made('two')},1:{made('one')}",
    "INDEX_KEY": made("index"),
}


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)


def read(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> Config:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return config.from_environment()


def faults(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        read(monkeypatch, settings)
    assert refused.value.exit_code == 1
    assert SECRET not in refused.value.format_message()
    assert all(fault in refused.value.format_message() for fault in refused.value.faults)
    return refused.value.faults


def names(found: list[str]) -> set[str]:
    return {fault.partition(":")[0] for fault in found}


def test_with_nothing_set_it_is_a_trial_on_one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, {}) == Config()
    assert Config().simulated


def test_an_empty_variable_takes_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = dict.fromkeys((*PRODUCTION, "PORT", "TWILIO_API_BASE_URL"), "")
    assert read(monkeypatch, everything) == Config()


def test_what_is_set_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = PRODUCTION | {"PORT": "8443", "TWILIO_API_BASE_URL": "http://127.0.0.1:9999/"}
    assert read(monkeypatch, settings) == Config(
        database_url=f"postgresql+psycopg://ihelp:{SECRET}@db.example/ihelp",
        environment=Environment.PRODUCTION,
        public_base_url="https://pain.example.nhs.uk",
        secret_key=SECRET,
        field_keys=FieldKeys({2: sha256(b"two").digest(), 1: sha256(b"one").digest()}, sha256(b"index").digest()),
        port=8443,
        twilio=Twilio("AC0123", f"token-{SECRET}", "MG0123", "http://127.0.0.1:9999"),
        staff_entry=StaffEntry(SecondFactor.REQUIRED),
    )


def test_a_trial_has_a_phone_to_text_each_night_and_a_deployment_has_the_one_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Config().loop_phone == config.SIMULATED_LOOP_NUMBER
    assert read(monkeypatch, PRODUCTION).loop_phone is None
    assert read(monkeypatch, PRODUCTION | {"LOOP_NUMBER": "+447700900123"}).loop_phone == "+447700900123"


def test_the_public_address_is_this_machines_until_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, {"PORT": "8123"}).public_base_url == "http://127.0.0.1:8123"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+asyncpg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:///x.sqlite3", "sqlite:///x.sqlite3"),
        ("sqlite+aiosqlite:////x", "sqlite:////x"),
    ],
)
def test_the_driver_is_the_one_that_is_installed(monkeypatch: pytest.MonkeyPatch, given: str, address: str) -> None:
    assert read(monkeypatch, {"DATABASE_URL": given}).database_url == address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("PORT", value)
            for value in ("0", "65536", "http", "-1", "8_000", "８０００", "8000.0", " 8000", "9" * 5000)
        ),
        *(("LOOP_NUMBER", value) for value in ("07700900123", "+44 7700 900123", "+447700900123x", "x")),
        *(("ENVIRONMENT", value) for value in ("prod", "Production", "test", " development")),
        *(
            ("DATABASE_URL", value)
            for value in (SECRET, f"mysql://u:{SECRET}@h/d", f"postgresql://u:{SECRET}@h:port/d", "//", "oracle://")
        ),
        *(
            ("PUBLIC_BASE_URL", value)
            for value in (
                "pain.example",
                "ftp://pain.example",
                "https://",
                "https://x:99999",
                "https://[x",
                "https://x/?y",
                "https://x#y",
                "https://x:0",
            )
        ),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    found = faults(monkeypatch, {name: value})
    assert names(found) == {name}
    assert "it must be" in found[0]


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"PORT": "x", "ENVIRONMENT": "x", "DATABASE_URL": "x", "PUBLIC_BASE_URL": "x"}
    found = faults(monkeypatch, settings | {"TWILIO_API_BASE_URL": "x", "TWILIO_AUTH_TOKEN": SECRET})
    assert names(found) == {*settings, *TWILIO, "TWILIO_API_BASE_URL"} - {"TWILIO_AUTH_TOKEN"}


@pytest.mark.parametrize("missing", TWILIO)
def test_half_a_twilio_account_is_none(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    assert names(faults(monkeypatch, TWILIO | {missing: ""})) == {missing}


def test_another_address_for_twilio_needs_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(faults(monkeypatch, {"TWILIO_API_BASE_URL": "http://127.0.0.1:1"})) == {"TWILIO_API_BASE_URL"}


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"SECRET_KEY": ""}, {"SECRET_KEY"}),
        ({"SECRET_KEY": config.DEFAULT_SECRET}, {"SECRET_KEY"}),
        ({"SECRET_KEY": SECRET[:31]}, {"SECRET_KEY"}),
        ({"DATABASE_URL": ""}, {"DATABASE_URL"}),
        ({"DATABASE_URL": "sqlite:////srv/ihelp.sqlite3"}, {"DATABASE_URL"}),
        ({"PUBLIC_BASE_URL": ""}, {"PUBLIC_BASE_URL"}),
        ({"PUBLIC_BASE_URL": "http://pain.example.nhs.uk"}, {"PUBLIC_BASE_URL"}),
        (dict.fromkeys(TWILIO, ""), {"TWILIO_ACCOUNT_SID"}),
        ({"TWILIO_AUTH_TOKEN": ""}, {"TWILIO_AUTH_TOKEN"}),
        (dict.fromkeys(PRODUCTION.keys() - {"ENVIRONMENT"}, "") | {"PORT": "x"},
         {"SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "DATABASE_URL", "PUBLIC_BASE_URL", "TWILIO_ACCOUNT_SID", "PORT"}),
    ],
)  # fmt: skip
def test_production_refuses_what_is_for_trials(
    monkeypatch: pytest.MonkeyPatch, unsafe: dict[str, str], named: set[str]
) -> None:
    assert names(faults(monkeypatch, PRODUCTION | unsafe)) == named


def test_secrets_do_not_stand_in_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SECRET not in repr(read(monkeypatch, PRODUCTION))


@pytest.mark.parametrize("given", ["", "outbox"])
def test_there_is_no_queue_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert read(monkeypatch, {"SEND_THROUGH": given}).send_through is SendThrough.OUTBOX


@pytest.mark.skipif(not queue.INSTALLED, reason="NOT TESTED: the queue, as procrastinate is not installed.")
def test_a_queue_on_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"SEND_THROUGH": "procrastinate", "DATABASE_URL": "postgresql://ihelp@db.example/ihelp"}
    assert read(monkeypatch, asked).queued


def test_a_queue_that_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    [fault] = faults(monkeypatch, {"SEND_THROUGH": "procrastinate", "DATABASE_URL": "sqlite:///var/x.sqlite3"})
    assert fault.startswith("SEND_THROUGH: procrastinate keeps its queue in PostgreSQL")
    [fault] = faults(monkeypatch, {"SEND_THROUGH": "celery"})
    assert fault == "SEND_THROUGH: it must be one of: outbox, procrastinate"


@pytest.mark.parametrize(("given", "proxies"), [("", 0), ("0", 0), ("1", 1), ("9", 9)])
def test_how_many_proxies_stand_in_front(monkeypatch: pytest.MonkeyPatch, given: str, proxies: int) -> None:
    assert read(monkeypatch, {"PROXIES": given}).proxies == proxies


@pytest.mark.parametrize("given", ["10", "-1", "one", "1.0", "\u0661"])
def test_a_number_of_proxies_that_is_none(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert faults(monkeypatch, {"PROXIES": given}) == ["PROXIES: it must be a number from 0 to 9"]
