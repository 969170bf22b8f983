"""Is every wrong setting named, all of them at once, and none of their values told?"""

import os
from base64 import b64encode
from hashlib import sha256

import pytest

from api.settings import config
from api.settings.config import Config, Environment, SendThrough, SettingsError, Twilio
from api.settings.field_key import DEFAULT_FIELD_KEYS, DEFAULT_INDEX_KEY, FieldKeys
from api.settings.staff_entry import SecondFactor, StaffEntry
from nudges.sending import queue

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
    return b64encode(of(word)).decode()


def of(word: str) -> bytes:
    """The same key, as it is used."""
    return sha256(word.encode()).digest()


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
    monkeypatch.setenv("ENVIRONMENT", "development")  # nothing is guessed (tests/attacks/test_settings.py)


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
        field_keys=FieldKeys({2: of("two"), 1: of("one")}, of("index")),
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
         {"SECRET_KEY", "DATABASE_URL", "PUBLIC_BASE_URL", "TWILIO_ACCOUNT_SID", "PORT", "FIELD_KEYS", "INDEX_KEY"}),
        ({"FIELD_KEYS": ""}, {"FIELD_KEYS"}),
        ({"FIELD_KEYS": f"2:{made('two')},1:{b64encode(DEFAULT_FIELD_KEYS[1]).decode()}"}, {"FIELD_KEYS"}),
        ({"FIELD_KEYS": f"1:{b64encode(bytes(32)).decode()}"}, {"FIELD_KEYS"}),
        ({"FIELD_KEYS": f"1:{b64encode(b'x' * 31).decode()}"}, {"FIELD_KEYS"}),
        ({"INDEX_KEY": ""}, {"INDEX_KEY"}),
        ({"INDEX_KEY": b64encode(DEFAULT_INDEX_KEY).decode()}, {"INDEX_KEY"}),
        ({"INDEX_KEY": b64encode(b"ab" * 16).decode()}, {"INDEX_KEY"}),
        ({"INDEX_KEY": made("one")}, {"INDEX_KEY"}),
    ],
)  # fmt: skip
def test_production_refuses_what_is_for_trials(
    monkeypatch: pytest.MonkeyPatch, unsafe: dict[str, str], named: set[str]
) -> None:
    assert names(faults(monkeypatch, PRODUCTION | unsafe)) == named


def test_secrets_do_not_stand_in_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(read(monkeypatch, PRODUCTION))
    assert SECRET not in shown
    assert not any(word in shown for key in ("one", "two", "index") for word in (made(key), repr(of(key))[2:-1]))


@pytest.mark.parametrize("given", [f"1:{made('one')}", f" 1:{made('one')} , ", f"01:{made('one')}"])
def test_one_key_is_enough_to_seal(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert read(monkeypatch, {"FIELD_KEYS": given}).field_keys.by_id == {1: of("one")}


def test_the_first_key_stays_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    given = " ".join(f"{key_id}:{made(str(key_id))}" for key_id in (3, 1, 2))
    assert list(read(monkeypatch, {"FIELD_KEYS": given}).field_keys.by_id) == [3, 1, 2]


@pytest.mark.parametrize(
    "given",
    [
        "x",
        ",",
        "1:",
        ":" + made("one"),
        made("one"),
        f"0:{made('one')}",
        f"256:{made('one')}",
        f"²:{made('one')}",
        f"-1:{made('one')}",
        f"1:{made('one')[:-4]}",
        f"1:{made('one')}AAAA",
        f"1:{made('one')[1:]}é",
        f"1:{made('one')},2",
        f"1:{made('one')},1:{made('two')}",
    ],
)
def test_keys_that_are_none(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    [fault] = faults(monkeypatch, {"FIELD_KEYS": given})
    assert fault.startswith("FIELD_KEYS: ")
    assert made("one") not in fault


@pytest.mark.parametrize("given", ["x", made("one")[:-4], made("one") + "AAAA", "é" * 44])
def test_an_index_key_that_is_none(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert faults(monkeypatch, {"INDEX_KEY": given}) == ["INDEX_KEY: it must be 32 bytes in base64"]


@pytest.mark.parametrize("given", ["", "outbox"])
def test_there_is_no_queue_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert read(monkeypatch, {"SEND_THROUGH": given}).send_through is SendThrough.OUTBOX


@pytest.mark.skipif(not queue.INSTALLED, reason="NOT TESTED: the queue, as procrastinate is not installed.")
def test_a_queue_on_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"SEND_THROUGH": "procrastinate", "DATABASE_URL": "postgresql://ihelp@db.example/ihelp"}
    assert read(monkeypatch, asked).queued


def test_a_queue_that_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    [fault] = faults(monkeypatch, {"SEND_THROUGH": "procrastinate", "DATABASE_URL": "sqlite:///var/x.sqlite3"})
    assert fault.startswith("SEND_THROUGH: procrastinate needs PostgreSQL")
    [fault] = faults(monkeypatch, {"SEND_THROUGH": "celery"})
    assert fault == "SEND_THROUGH: it must be one of: outbox, procrastinate"


@pytest.mark.parametrize(("given", "proxies"), [("", 0), ("0", 0), ("1", 1), ("9", 9)])
def test_how_many_proxies_stand_in_front(monkeypatch: pytest.MonkeyPatch, given: str, proxies: int) -> None:
    assert read(monkeypatch, {"PROXIES": given}).proxies == proxies


@pytest.mark.parametrize("given", ["10", "-1", "one", "1.0", "\u0661"])
def test_a_number_of_proxies_that_is_none(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert faults(monkeypatch, {"PROXIES": given}) == ["PROXIES: it must be a number from 0 to 9"]
