"""Is it read as it is meant, and refused where it is not, which organisation signs staff in?"""

import os
from pathlib import Path

import pytest
from joserfc import jwk

from api.settings import config
from api.settings.config import SettingsError
from api.settings.openid import OpenIdClient
from api.settings.staff_entry import DEFAULT_NAME, Organisation
from tests.api.settings.test_config import OURS

ISSUER = "https://am.example.nhs.uk:443/openam/oauth2/realms/root/"
SHARED = "between us two"
ORGANISATION = {
    "STAFF_OIDC_ISSUER": ISSUER,
    "STAFF_OIDC_CLIENT_ID": "companion",
    "STAFF_OIDC_ACR": "AAL2_OR_AAL3_ANY AAL3_ANY",
    "STAFF_OIDC_CLIENT_SECRET": SHARED,
}
ACR = ("AAL2_OR_AAL3_ANY", "AAL3_ANY")


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)


def read(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Organisation | None:
    """What is read of these settings."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return config.from_environment().staff_entry.organisation


def test_an_organisation_is_named_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) is None
    found = read(monkeypatch, **ORGANISATION)
    assert found == Organisation(OpenIdClient(ISSUER.rstrip("/"), "companion", SHARED), ACR, DEFAULT_NAME)
    assert SHARED not in repr(found)
    for name, value in ORGANISATION.items():
        monkeypatch.setenv(name, "")
        with pytest.raises(SettingsError, match=rf"^{name}: "):
            config.from_environment()
        monkeypatch.setenv(name, value)


def test_we_show_who_we_are_by_a_secret_or_by_a_key_and_not_by_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(jwk.RSAKey.generate_key(2048).as_pem(private=True))
    with pytest.raises(SettingsError, match="whichever the organisation has of us"):
        read(monkeypatch, **ORGANISATION, STAFF_OIDC_CLIENT_KEY_FILE=str(key))
    monkeypatch.setenv("STAFF_OIDC_CLIENT_SECRET", "")
    found = read(monkeypatch, STAFF_OIDC_NAME="NHS Care Identity")
    assert found is not None
    assert (found.client.client_secret, found.name) == ("", "NHS Care Identity")
    assert found.client.client_key.startswith("-----BEGIN")
    assert "BEGIN" not in repr(found)
    key.write_bytes(jwk.RSAKey.generate_key(2048).as_pem(private=False))
    for file in (key, tmp_path / "nowhere.pem"):
        with pytest.raises(SettingsError, match=r"STAFF_OIDC_CLIENT_KEY_FILE: .*RSA private key"):
            read(monkeypatch, STAFF_OIDC_CLIENT_KEY_FILE=str(file))


@pytest.mark.parametrize(
    "address",
    [
        "http://am.example.nhs.uk",
        "am.example.nhs.uk",
        "https://u:p@am.example.nhs.uk",
        "https://am.example/?a=b",
        "https://",
    ],
)
def test_what_is_no_issuer_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    with pytest.raises(SettingsError, match=r"^STAFF_OIDC_ISSUER: "):
        read(monkeypatch, **ORGANISATION | {"STAFF_OIDC_ISSUER": address})
