"""Is every wrong setting of GOV.UK Notify named, and no value of one told?"""

import os

import pytest

from api.settings import config
from api.settings.config import Config, Notify, SettingsError
from tests.support.notify_account import API_KEY, CALLBACK_TOKEN, SECRET, TEMPLATE_ID

TWILIO = {"TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "t", "TWILIO_MESSAGING_SERVICE_SID": "MG0"}
THREE = {
    "NOTIFY_API_KEY": API_KEY,
    "NOTIFY_TEMPLATE_ID": TEMPLATE_ID,
    "NOTIFY_CALLBACK_TOKEN": CALLBACK_TOKEN,
}
ELSEWHERE = {"NOTIFY_API_BASE_URL": "http://127.0.0.1:9999/"}


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    ours: tuple[str, ...] = ("DATABASE_URL", "ENVIRONMENT", "PUBLIC_BASE_URL", "SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")
    ours += ("PORT", "TWILIO_", "NOTIFY_")
    for name in [name for name in os.environ if name.startswith(ours)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ENVIRONMENT", "development")  # nothing is guessed (tests/attacks/test_settings.py)


def read(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> Config:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return config.from_environment()


def faults(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> set[str]:
    with pytest.raises(SettingsError) as refused:
        read(monkeypatch, settings)
    said = refused.value.format_message()
    assert SECRET not in said
    assert CALLBACK_TOKEN not in said
    return {fault.partition(":")[0] for fault in refused.value.faults}


def test_what_is_set_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, TWILIO | THREE | ELSEWHERE)
    assert found.notify == Notify(API_KEY, TEMPLATE_ID, CALLBACK_TOKEN, "http://127.0.0.1:9999")
    assert read(monkeypatch, {"NOTIFY_API_BASE_URL": ""}).notify == Notify(API_KEY, TEMPLATE_ID, CALLBACK_TOKEN)
    for secret in (SECRET, CALLBACK_TOKEN):
        assert secret not in repr(found)


def test_without_them_there_is_no_second_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, TWILIO | dict.fromkeys((*THREE, *ELSEWHERE), "")).notify is None


@pytest.mark.parametrize("missing", THREE)
def test_half_a_service_is_none(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    assert faults(monkeypatch, TWILIO | THREE | {missing: ""}) == {missing}


def test_it_is_the_second_provider_and_needs_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, THREE) == {"TWILIO_ACCOUNT_SID"}


def test_another_address_needs_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, TWILIO | ELSEWHERE) == {"NOTIFY_API_BASE_URL"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOTIFY_API_KEY", SECRET),
        ("NOTIFY_API_KEY", API_KEY.removeprefix("pain_service-")),
        ("NOTIFY_API_KEY", API_KEY[:-1]),
        ("NOTIFY_API_KEY", f"{API_KEY} "),
        ("NOTIFY_TEMPLATE_ID", "Reminder"),
        ("NOTIFY_TEMPLATE_ID", f"{TEMPLATE_ID}/1"),
        ("NOTIFY_CALLBACK_TOKEN", "ninechars"),
        ("NOTIFY_CALLBACK_TOKEN", "é" * 10),
        ("NOTIFY_API_BASE_URL", "notify.example"),
        ("NOTIFY_API_BASE_URL", "https://relay.example/notify"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert faults(monkeypatch, TWILIO | THREE | {name: value}) == {name}
