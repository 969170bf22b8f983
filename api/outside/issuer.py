"""Verifies another organisation's sign-in (OpenID Connect Core 1.0). The only adapter of authlib
and to joserfc, which comes with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from api.settings.staff_entry import Organisation, is_safe
from companion.domain.organisation import LONGEST_SUBJECT, Errand, Identity
from companion.domain.refusal import NotSignedInError

LONGEST_WAIT = 5  # seconds for each of its three answers
CLOCKS_APART = 60  # seconds
# So that who only looks at our door sends nobody a request each time.
DESCRIPTION_KEPT = timedelta(minutes=5)
# Signed with a key pair. Never "none", and never by a secret that is shared.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
# With what we sign who we are, where we have a key (NHS CIS2 and NHS login ask for this one).
OUR_ALGORITHM = "RS512"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
WAY_OUT = "end_session_endpoint"  # OpenID Connect RP-Initiated Logout 1.0; not every issuer has one
NOT_VOUCHED_FOR = "We could not verify the organisation's answer, so you are not signed in. Start again."


class IssuerError(Exception):
    """The organisation does not answer as OpenID Connect has it. The words hold nothing of anybody."""


class Issuer:
    """An organisation that signs our staff in. `back`: our address that it sends them back to; `out`: where it may
    send them when they have signed out there."""

    def __init__(self, organisation: Organisation, back: str, out: str) -> None:
        self._organisation, self._back, self._out = organisation, back, out
        self._kept: tuple[datetime, Mapping[str, str]] | None = None

    def address(self, errand: Errand, now: datetime) -> str:
        """Where to send the browser (authorization code flow, with PKCE and a nonce).

        Raises:
            IssuerError: its description cannot be had, or is another's.
        """
        place = self._described(now)["authorization_endpoint"]
        acr = " ".join(self._organisation.acr)
        with self._session() as session:
            address, _ = session.create_authorization_url(
                place, state=errand.state, code_verifier=errand.verifier, nonce=errand.nonce, acr_values=acr
            )
        found: str = address
        return found

    def way_out(self, now: datetime) -> str | None:
        """Where somebody signs out there too; None if it has no such place.

        Raises:
            IssuerError: its description cannot be had, or is another's.
        """
        place = self._described(now).get(WAY_OUT)
        said = {"client_id": self._organisation.client_id, "post_logout_redirect_uri": self._out}
        return None if place is None else f"{place}{'&' if '?' in place else '?'}{urlencode(said)}"

    def is_its_own(self, named: str | None) -> bool:
        """Whether an answer that names its issuer (RFC 9207) names this one; one that names none may be."""
        return named is None or named.rstrip("/") == self._organisation.issuer

    def identity(self, code: str, errand: Errand, now: datetime) -> Identity:
        """Who came back with this code.

        Raises:
            NotSignedInError: the code is not good, or the answer is not for us, for now, or for this errand.
            IssuerError: the organisation does not answer.
        """
        described = self._described(now)
        token_endpoint = described["token_endpoint"]
        try:
            with self._session() as session:
                session.register_client_auth_method(PrivateKeyJWT(token_endpoint, alg=OUR_ALGORITHM))
                token = session.fetch_token(
                    token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=errand.verifier,
                    timeout=LONGEST_WAIT,
                    allow_redirects=False,
                )
                known = _read(session, described["jwks_uri"])
        except AuthlibBaseError as error:
            raise NotSignedInError(NOT_VOUCHED_FOR) from error
        except (OSError, ValueError) as error:  # requests' own errors are OSErrors
            raise IssuerError(f"no token could be fetched ({type(error).__name__})") from error
        return self._identity(token.get("id_token"), known, errand, now)

    def _identity(self, id_token: object, known: Any, errand: Errand, now: datetime) -> Identity:
        organisation = self._organisation
        wanted = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=CLOCKS_APART,
            iss={"essential": True, "value": organisation.issuer},
            aud={"essential": True, "value": organisation.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": errand.nonce},
            acr={"essential": True, "values": list(organisation.acr)},
        )
        try:
            claims = jwt.decode(str(id_token), jwk.KeySet.import_key_set(known), algorithms=ALGORITHMS).claims
            several = isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1
            # The settings may name the issuer without the slash at its end: it is the same issuer.
            issuer = claims.get("iss")
            # Whoever is one of several for whom it is must be the one to whom it was given.
            wanted.options["azp"] = {"essential": several, "value": organisation.client_id}
            wanted.validate(claims | ({"iss": issuer.rstrip("/")} if isinstance(issuer, str) else {}))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotSignedInError(NOT_VOUCHED_FOR) from error
        subject = claims["sub"]
        if not isinstance(subject, str) or len(subject) > LONGEST_SUBJECT or "\0" in subject:
            raise NotSignedInError(NOT_VOUCHED_FOR)
        return Identity(organisation.issuer, subject)

    def _described(self, now: datetime) -> Mapping[str, str]:
        """Its own description of itself; it must be the very issuer that the settings name."""
        kept = self._kept
        if kept is not None and kept[0] <= now < kept[0] + DESCRIPTION_KEPT:
            return kept[1]
        try:
            with self._session() as session:
                found = _read(session, f"{self._organisation.issuer}/.well-known/openid-configuration")
        except (OSError, ValueError) as error:
            raise IssuerError(f"its metadata cannot be fetched ({type(error).__name__})") from error
        issuer = found.get("issuer")
        is_its_own = isinstance(issuer, str) and issuer.rstrip("/") == self._organisation.issuer
        places = {name: found.get(name) for name in NEEDED} | ({WAY_OUT: found[WAY_OUT]} if WAY_OUT in found else {})
        if not is_its_own or not all(isinstance(place, str) and place and is_safe(place) for place in places.values()):
            raise IssuerError("its metadata names another issuer, or an address without TLS")
        described = {name: str(place) for name, place in places.items()}
        self._kept = (now, described)
        return described

    def _session(self) -> Any:
        key = self._organisation.client_key
        return OAuth2Session(
            self._organisation.client_id,
            key or self._organisation.client_secret,
            token_endpoint_auth_method=PrivateKeyJWT.name if key else "client_secret_basic",
            scope="openid",
            redirect_uri=self._back,
            code_challenge_method="S256",
        )


def _read(session: Any, address: str) -> Any:
    answer = session.get(address, withhold_token=True, timeout=LONGEST_WAIT, allow_redirects=False)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found
