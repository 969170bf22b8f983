"""Are the settings of both kinds of sign-in elsewhere held to the same rules?"""

import os
from pathlib import Path

import pytest
from joserfc import jwk

from api.settings import config
from api.settings.config import SettingsError
from api.settings.openid import OpenIdClient
from tests.api.settings.test_config import OURS

STAFF = {"STAFF_OIDC_CLIENT_ID": "companion", "STAFF_OIDC_ACR": "AAL2_OR_AAL3_ANY"}
PATIENTS = {"NHS_LOGIN_CLIENT_ID": "companion"}
BOTH = [
    (STAFF, "STAFF_OIDC_ISSUER", "STAFF_OIDC_CLIENT_KEY_FILE"),
    (PATIENTS, "NHS_LOGIN_ISSUER", "NHS_LOGIN_KEY_FILE"),
]
ISSUER = "https://auth.example.nhs.uk"


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    file = tmp_path / "private.pem"
    file.write_bytes(jwk.RSAKey.generate_key(2048).as_pem(private=True))
    return file


@pytest.mark.parametrize(("others", "issuer", "key_file"), BOTH)
def test_a_sound_issuer_and_key_are_taken(
    monkeypatch: pytest.MonkeyPatch, private: Path, others: dict[str, str], issuer: str, key_file: str
) -> None:
    for name, value in (others | {issuer: f"{ISSUER}/", key_file: str(private)}).items():
        monkeypatch.setenv(name, value)
    read = config.from_environment()
    organisation = read.staff_entry.organisation
    found = organisation.client if organisation else read.nhs_entry
    assert found == OpenIdClient(ISSUER, "companion", client_key=private.read_text(encoding="ascii"))
    assert "BEGIN" not in repr(read)


@pytest.mark.parametrize(
    "address", ["https://user:password@auth.example", "https://a.example/?b=c", "https://a.example/#b"]
)
@pytest.mark.parametrize(("others", "issuer", "key_file"), BOTH)
def test_an_issuer_with_credentials_or_a_query_is_refused(
    monkeypatch: pytest.MonkeyPatch, private: Path, others: dict[str, str], issuer: str, key_file: str, address: str
) -> None:
    for name, value in (others | {issuer: address, key_file: str(private)}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{issuer}: "):
        config.from_environment()


@pytest.mark.parametrize(("others", "issuer", "key_file"), BOTH)
def test_a_public_key_is_no_private_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, others: dict[str, str], issuer: str, key_file: str
) -> None:
    public = tmp_path / "public.pem"
    public.write_bytes(jwk.RSAKey.generate_key(2048).as_pem(private=False))
    for name, value in (others | {issuer: ISSUER, key_file: str(public)}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{key_file}: .*RSA private key"):
        config.from_environment()
