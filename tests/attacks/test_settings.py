"""Does the service start with the published keys where ENVIRONMENT was forgotten and the rest is real?"""

import os

import pytest

from api.settings import config
from api.settings.config import Environment, SettingsError
from tests.api.settings.test_config import OURS, TWILIO

HERE = TWILIO | {"TWILIO_API_BASE_URL": "http://127.0.0.1:4010"}
NOTIFY = {
    "NOTIFY_API_KEY": "ihelp-f33517ff-2a88-4f6e-b855-c550268ce08a-f33517ff-2a88-4f6e-b855-c550268ce08b",
    "NOTIFY_TEMPLATE_ID": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    "NOTIFY_CALLBACK_TOKEN": "made-up-token",
}
REAL = {
    "a text provider": TWILIO,
    "a text provider at another address": TWILIO | {"TWILIO_API_BASE_URL": "https://api.dublin.ie1.twilio.com"},
    "the second provider": HERE | NOTIFY,
    "a public address": {"PUBLIC_BASE_URL": "https://pain.example.nhs.uk"},
    "a database elsewhere": {"DATABASE_URL": "postgresql://ihelp@db.example/ihelp"},
    "one by its number": {"DATABASE_URL": "postgresql://ihelp@10.0.0.7/ihelp"},
    "one in the query": {"DATABASE_URL": "postgresql://ihelp@/ihelp?host=db.example"},
    "one of several": {"DATABASE_URL": "postgresql://ihelp@/ihelp?host=/run/postgresql,db.example"},
}
MADE_UP = {
    "nothing": {},
    "a provider's double": HERE,
    "this machine by https": {"PUBLIC_BASE_URL": "https://localhost:8443"},
    "this machine's database": {"DATABASE_URL": "postgresql://ihelp@127.0.0.1/ihelp"},
    "a socket": {"DATABASE_URL": "postgresql://ihelp@/ihelp?host=/run/postgresql"},
}


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)


def use(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("values", REAL.values(), ids=REAL)
@pytest.mark.parametrize("forgotten", [{}, {"ENVIRONMENT": ""}], ids=["unset", "empty"])
def test_what_looks_real_does_not_start_unsaid(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], forgotten: dict[str, str]
) -> None:
    use(monkeypatch, values | forgotten)
    with pytest.raises(SettingsError) as caught:
        config.from_environment()
    [said] = caught.value.faults
    assert said.startswith("ENVIRONMENT: it is not set, and ")
    assert "say ENVIRONMENT=production" in said
    use(monkeypatch, {"ENVIRONMENT": "development"})
    assert config.from_environment().environment is Environment.DEVELOPMENT


@pytest.mark.parametrize("values", MADE_UP.values(), ids=MADE_UP)
def test_what_is_made_up_starts_as_it_did(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    use(monkeypatch, values)
    assert config.from_environment().environment is Environment.DEVELOPMENT
