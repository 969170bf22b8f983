"""NHS login: its settings, and its sign-in verified with authlib (OpenID Connect Core 1.0).

NHS login's own rules: we show who we are by a JWT signed with our private key (private_key_jwt, RS512), and so does it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from environs import Env
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from marshmallow import ValidationError

from companion.domain.nhs_login import Errand
from companion.domain.refusal import NotSignedInError

THREE = ("NHS_LOGIN_ISSUER", "NHS_LOGIN_CLIENT_ID", "NHS_LOGIN_KEY_FILE")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ALGORITHM = "RS512"
# The strongest that we ask for, in any of the ways in which somebody may have shown a second factor there.
TRUST = '["P9.Cp.Cd","P9.Cp.Ck","P9.Cm"]'
LONGEST_WAIT = 10  # seconds for each of its answers
CLOCKS_APART = 60  # seconds
TOLD = ("identity_proofing_level", "nhs_number")
NOT_VOUCHED_FOR = "We could not verify the answer from NHS login, so you are not signed in. Start again."


class SilentError(Exception):
    """NHS login does not answer, or not as OpenID Connect has it. The words hold nothing of anybody."""


@dataclass(frozen=True, slots=True)
class NhsLogin:
    """What it takes to let patients in by NHS login. `key`: our private key, as PEM."""

    issuer: str
    client_id: str
    key: str = field(repr=False)


def read(env: Env) -> tuple[NhsLogin | None, dict[str, str]]:
    """The settings, and what is wrong between them; what is wrong with one of them alone, `env` keeps."""
    issuer = env.str("NHS_LOGIN_ISSUER", "", validate=_address)
    client_id = env.str("NHS_LOGIN_CLIENT_ID", "")
    key_file = env.str("NHS_LOGIN_KEY_FILE", "", validate=_key_file)
    missing = [name for name, value in zip(THREE, (issuer, client_id, key_file), strict=True) if not value]
    if len(missing) == len(THREE):
        return None, {}
    if missing:
        return None, dict.fromkeys(missing, "set this too: NHS login needs all three of its settings")
    return NhsLogin(issuer.rstrip("/"), client_id, Path(key_file).read_text(encoding="ascii")), {}


class NhsLoginIssuer:
    """NHS login. `back`: our address that it sends people back to."""

    def __init__(self, settings: NhsLogin, back: str) -> None:
        self._settings, self._back = settings, back

    def address(self, errand: Errand) -> str:
        """Where to send the browser (authorization code flow with PKCE).

        Raises:
            SilentError: its description cannot be had, or is another's.
        """
        place = self._described()["authorization_endpoint"]
        with self._session() as session:
            address, _ = session.create_authorization_url(
                place, state=errand.state, code_verifier=errand.verifier, nonce=errand.nonce, vtr=TRUST
            )
        found: str = address
        return found

    def claims(self, code: str, errand: Errand, now: datetime) -> dict[str, object]:
        """What it says of who came back with this code.

        Raises:
            NotSignedInError: the code is not good, or the answer is not for us, for now, or for this errand.
            SilentError: it does not answer.
        """
        described = self._described()
        token_endpoint = described["token_endpoint"]
        try:
            with self._session() as session:
                session.register_client_auth_method(PrivateKeyJWT(token_endpoint, alg=ALGORITHM))
                token = session.fetch_token(
                    token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=errand.verifier,
                    timeout=LONGEST_WAIT,
                )
                signed = self._signed(token.get("id_token"), self._read(session, described["jwks_uri"]), errand, now)
                # What is not in what it signed, it says when it is asked, of the same person.
                told = signed if all(signed.get(name) for name in TOLD) else self._told(session, described, signed)
        except AuthlibBaseError as error:
            raise NotSignedInError(NOT_VOUCHED_FOR) from error
        except (OSError, ValueError) as error:  # requests' own errors are OSErrors
            raise SilentError(f"no answer ({type(error).__name__})") from error
        return {name: told.get(name) for name in TOLD}

    def _signed(self, id_token: object, known: Any, errand: Errand, now: datetime) -> dict[str, Any]:
        wanted = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=CLOCKS_APART,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": errand.nonce},
        )
        try:
            claims = jwt.decode(str(id_token), jwk.KeySet.import_key_set(known), algorithms=[ALGORITHM]).claims
            wanted.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotSignedInError(NOT_VOUCHED_FOR) from error
        return claims

    def _told(self, session: Any, described: dict[str, str], signed: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = self._read(session, described["userinfo_endpoint"], with_token=True)
        if told.get("sub") != signed["sub"]:
            raise NotSignedInError(NOT_VOUCHED_FOR)
        return signed | told

    def _described(self) -> dict[str, str]:
        """Its own description of itself; it must be the very issuer that the settings name."""
        try:
            with self._session() as session:
                found = self._read(session, f"{self._settings.issuer}/.well-known/openid-configuration")
        except (OSError, ValueError) as error:
            raise SilentError(f"its metadata cannot be fetched ({type(error).__name__})") from error
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        places = {name: found.get(name) for name in names}
        issuer = found.get("issuer")
        is_its_own = isinstance(issuer, str) and issuer.rstrip("/") == self._settings.issuer
        if not is_its_own or not all(map(_is_safe, places.values())):
            raise SilentError("its metadata names another issuer, or an address without TLS")
        return {name: str(place) for name, place in places.items()}

    def _read(self, session: Any, address: str, *, with_token: bool = False) -> Any:
        answer = session.get(address, withhold_token=not with_token, timeout=LONGEST_WAIT, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
        return found

    def _session(self) -> Any:
        return OAuth2Session(
            self._settings.client_id,
            self._settings.key,
            token_endpoint_auth_method=PrivateKeyJWT.name,
            scope="openid profile",
            redirect_uri=self._back,
            code_challenge_method="S256",
            # A token is used in the moment in which it comes, however short its life is.
            leeway=0,
        )


def _is_safe(place: object) -> bool:
    try:
        parts = urlsplit(place) if isinstance(place, str) else None
        if parts is None or not parts.hostname or parts.port == 0:
            return False
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _address(value: str) -> None:
    if value and not _is_safe(value):
        raise ValidationError("it must be the issuer's https:// address, as in its metadata")


def _key_file(value: str) -> None:
    if not value:
        return
    try:
        jwk.RSAKey.import_key(Path(value).read_text(encoding="ascii"))
    except (OSError, ValueError, JoseError) as error:
        raise ValidationError("it must be a readable file with an RSA private key as PEM") from error
