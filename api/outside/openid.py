"""The client for issuers that sign people in for us (OpenID Connect Core 1.0): NHS login, and an organisation's own.

The one door to authlib, and to joserfc, which comes with it. What differs between issuers is in their Terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlencode

from api.settings.openid import OpenIdClient, is_safe
from companion.domain.organisation import LONGEST_SUBJECT, Identity
from companion.domain.refusal import NotSignedInError
from companion.lazy import lazy

auth_errors = lazy("authlib.common.errors")
requests_client = lazy("authlib.integrations.requests_client")
rfc7523 = lazy("authlib.oauth2.rfc7523")
jose_errors = lazy("joserfc.errors")
jwk = lazy("joserfc.jwk")
jwt = lazy("joserfc.jwt")

LONGEST_WAIT = 5  # seconds for each of its answers
CLOCKS_APART = 60  # seconds
# One request to the issuer, however many people look at our sign-in page.
DESCRIPTION_KEPT = timedelta(minutes=5)
# Signed with a key pair. Never "none", and never by a secret that is shared.
KEY_PAIRS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
# What we prove with who we are, where we have a key (NHS CIS2 and NHS login ask for this one).
OUR_ALGORITHM = "RS512"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
USERINFO = "userinfo_endpoint"
WAY_OUT = "end_session_endpoint"  # OpenID Connect RP-Initiated Logout 1.0; not every issuer has one
# A token, or the refusal of one (RFC 6749, sections 5.1 and 5.2). Anything else is no answer.
TOKEN_ANSWERS = (HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)


class IssuerError(Exception):
    """The issuer does not answer as OpenID Connect has it. The words hold nothing of anybody."""


class Errand(Protocol):
    """What goes with somebody to the issuer: `state` comes back with them, `nonce` in what is signed there, and
    `verifier` proves that whoever sends the code asked for it (PKCE, RFC 7636)."""

    @property
    def state(self) -> str: ...
    @property
    def nonce(self) -> str: ...
    @property
    def verifier(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What we ask of an issuer, and what its answer must be.

    called: its name, within a sentence. asks: parameters of the request beside OpenID Connect's own. acr: how strong
    the sign-in must have been; one of these must come back. tells: claims that we need beside the subject; what is not
    in the ID token is asked of the userinfo endpoint.
    """

    called: str
    scope: str = "openid"
    asks: Mapping[str, str] = field(default_factory=dict)
    algorithms: Sequence[str] = KEY_PAIRS
    acr: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()


# NHS login's interface specification: RS512, and its strongest identity check, with any second factor (vtr).
NHS_LOGIN = Terms(
    "NHS login",
    scope="openid profile",
    asks={"vtr": '["P9.Cp.Cd","P9.Cp.Ck","P9.Cm"]'},
    algorithms=("RS512",),
    tells=("identity_proofing_level", "nhs_number"),
)


def of_organisation(acr: tuple[str, ...]) -> Terms:
    """Return the terms for an organisation that signs staff in, at least as strongly as one of these."""
    return Terms("your organisation", asks={"acr_values": " ".join(acr)}, acr=acr)


class Issuer:
    """Somebody who signs people in for us. `back`: our address that it sends them back to; `out`: where it may send
    them when they have signed out there."""

    def __init__(self, client: OpenIdClient, terms: Terms, back: str, out: str | None = None) -> None:
        self._client, self._terms, self._back, self._out = client, terms, back, out
        self._kept: tuple[datetime, Mapping[str, str]] | None = None

    def address(self, errand: Errand, now: datetime) -> str:
        """Return where to send the browser (authorization code flow, with PKCE and a nonce).

        Raises:
            IssuerError: its metadata cannot be fetched, or names another issuer.
        """
        place = self._described(now)["authorization_endpoint"]
        with self._session() as session:
            address, _ = session.create_authorization_url(
                place, state=errand.state, code_verifier=errand.verifier, nonce=errand.nonce, **self._terms.asks
            )
        found: str = address
        return found

    def way_out(self, now: datetime) -> str | None:
        """Return where somebody signs out there too; None if it has no such place.

        Raises:
            IssuerError: its metadata cannot be fetched, or names another issuer.
        """
        place = self._described(now).get(WAY_OUT)
        said = {"client_id": self._client.client_id, "post_logout_redirect_uri": self._out or self._back}
        return None if place is None else f"{place}{'&' if '?' in place else '?'}{urlencode(said)}"

    def is_its_own(self, named: str | None) -> bool:
        """Return whether an answer that names its issuer (RFC 9207) names this one; one that names none may be."""
        return named is None or named.rstrip("/") == self._client.issuer

    def identity(self, code: str, errand: Errand, now: datetime) -> Identity:
        """Return who came back with this code. Raises as `claims` does."""
        return Identity(self._client.issuer, str(self.claims(code, errand, now)["sub"]))

    def claims(self, code: str, errand: Errand, now: datetime) -> dict[str, object]:
        """Return what it says of whoever came back with this code: the subject, and what the terms need told.

        Raises:
            NotSignedInError: the code is not good, or the answer is not for us, for now, or for this errand.
            IssuerError: the issuer does not answer.
        """
        described = self._described(now)
        try:
            with self._session() as session:
                token = self._token(session, described["token_endpoint"], code, errand)
                signed = self._signed(token.get("id_token"), _read(session, described["jwks_uri"]), errand, now)
                # What is not in what it signed, it says when it is asked, of the same person.
                whole = all(signed.get(name) for name in self._terms.tells)
                told = signed if whole else self._told(session, described[USERINFO], signed)
        except auth_errors.AuthlibBaseError as error:
            raise self._not_vouched_for() from error
        except (OSError, ValueError) as error:  # requests' own errors are OSErrors
            raise IssuerError(f"no token could be fetched ({type(error).__name__})") from error
        return {name: told.get(name) for name in ("sub", *self._terms.tells)}

    def _token(self, session: Any, token_endpoint: str, code: str, errand: Errand) -> dict[str, Any]:
        session.register_client_auth_method(rfc7523.PrivateKeyJWT(token_endpoint, alg=OUR_ALGORITHM))
        session.register_compliance_hook("access_token_response", _no_detour)
        # No redirect is followed: a 307 would carry the code and our proof to wherever it names.
        found: dict[str, Any] = session.fetch_token(
            token_endpoint,
            grant_type="authorization_code",
            code=code,
            code_verifier=errand.verifier,
            timeout=LONGEST_WAIT,
            allow_redirects=False,
        )
        return found

    def _signed(self, id_token: object, known: Any, errand: Errand, now: datetime) -> dict[str, Any]:
        ours, acr = self._client, self._terms.acr
        wanted = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=CLOCKS_APART,
            iss={"essential": True, "value": ours.issuer},
            aud={"essential": True, "value": ours.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": errand.nonce},
        )
        if acr:
            wanted.options["acr"] = {"essential": True, "values": list(acr)}
        try:
            keys = jwk.KeySet.import_key_set(known)
            claims: dict[str, Any] = jwt.decode(str(id_token), keys, algorithms=list(self._terms.algorithms)).claims
            several = isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1
            # The settings may name the issuer without the slash at its end: it is the same issuer.
            issuer = claims.get("iss")
            # Of a token for several clients, `azp` must name us: it was given to us.
            wanted.options["azp"] = {"essential": several, "value": ours.client_id}
            wanted.validate(claims | ({"iss": issuer.rstrip("/")} if isinstance(issuer, str) else {}))
        except (jose_errors.JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._not_vouched_for() from error
        subject = claims["sub"]
        if not isinstance(subject, str) or len(subject) > LONGEST_SUBJECT or "\0" in subject:
            raise self._not_vouched_for()
        return claims

    def _told(self, session: Any, userinfo: str, signed: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = _read(session, userinfo, with_token=True)
        if told.get("sub") != signed["sub"]:
            raise self._not_vouched_for()
        return signed | told

    def _described(self, now: datetime) -> Mapping[str, str]:
        """Return its own description of itself; it must be the very issuer that the settings name."""
        kept = self._kept
        if kept is not None and kept[0] <= now < kept[0] + DESCRIPTION_KEPT:
            return kept[1]
        try:
            with self._session() as session:
                found = _read(session, f"{self._client.issuer}/.well-known/openid-configuration")
        except (OSError, ValueError) as error:
            raise IssuerError(f"its metadata cannot be fetched ({type(error).__name__})") from error
        issuer = found.get("issuer")
        is_its_own = isinstance(issuer, str) and issuer.rstrip("/") == self._client.issuer
        needed = (*NEEDED, USERINFO) if self._terms.tells else NEEDED
        places = {name: found.get(name) for name in needed} | ({WAY_OUT: found[WAY_OUT]} if WAY_OUT in found else {})
        if not is_its_own or not all(isinstance(place, str) and place and is_safe(place) for place in places.values()):
            raise IssuerError("its metadata names another issuer, or an address without TLS")
        described = {name: str(place) for name, place in places.items()}
        self._kept = (now, described)
        return described

    def _session(self) -> Any:
        key = self._client.client_key
        return requests_client.OAuth2Session(
            self._client.client_id,
            key or self._client.client_secret,
            token_endpoint_auth_method=rfc7523.PrivateKeyJWT.name if key else "client_secret_basic",
            scope=self._terms.scope,
            redirect_uri=self._back,
            code_challenge_method="S256",
            # A token is used at once, however short its life is.
            leeway=0,
        )

    def _not_vouched_for(self) -> NotSignedInError:
        called = self._terms.called
        return NotSignedInError(f"We could not verify the answer from {called}, so you are not signed in. Start again.")


def _no_detour(answer: Any) -> Any:
    if answer.status_code not in TOKEN_ANSWERS:
        raise ValueError("no answer of a token endpoint")
    return answer


def _read(session: Any, address: str, *, with_token: bool = False) -> Any:
    answer = session.get(address, withhold_token=not with_token, timeout=LONGEST_WAIT, allow_redirects=False)
    if answer.status_code != HTTPStatus.OK:
        raise ValueError("no answer")
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found
