"""An issuer that signs people in, on this machine: OpenID Connect over a real socket, and any fault on demand.

It is an organisation of staff as it stands, and NHS login with what `nhs_login` sets.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from joserfc import jwk, jwt
from joserfc.errors import JoseError

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLIENT_ID, CLIENT_SECRET, ACR = "companion", "between us two", "AAL2_OR_AAL3_ANY"
# No library signs with these: by hand. HS512 with the public key, which everybody has, is an old trick.
BY_HAND = ("none", "HS512")
Claims = dict[str, Any]
Key = jwk.ECKey | jwk.RSAKey | jwk.OctKey


@cache
def key_of(whom: str) -> jwk.RSAKey:
    """The RSA key pair of one of them; made once, as it takes its time."""
    return jwk.RSAKey.generate_key(2048, {"kid": whom, "use": "sig"})


@dataclass
class Grant:
    """A code that was given out, for whom, and what came with them. `forged`: an ID token as it stands."""

    claims: Claims
    challenge: str
    key: Key | None = None
    algorithm: str | None = None
    forged: str | None = None


@dataclass
class Double:
    """The issuer. `metadata`: what its description says otherwise than the truth. `told`: what it says of somebody at
    its userinfo endpoint. `signing_key`: what it signs with, if not with `key`, which it publishes. `client_key`: our
    public key, if it was given one: then no secret will do. `redirect`: the status and the address with which it
    answers for a token. `described_times`, `posted`: what it was asked."""

    address: str
    key: Key = field(default_factory=lambda: jwk.ECKey.generate_key("P-256", {"kid": "1"}))
    algorithm: str = "ES256"
    signing_key: Key | None = None
    subject: str = "555012345678"
    grants: dict[str, Grant] = field(default_factory=dict)
    metadata: Claims = field(default_factory=dict)
    told: Claims = field(default_factory=dict)
    broken: bool = False
    client_key: jwk.RSAKey | None = None
    redirect: tuple[int, str] | None = None
    described_times: int = 0
    posted: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def sign_in(self, location: str, now: int, **changes: Any) -> str:
        """Somebody signs in there, having been sent to `location`; where they are sent back to.

        changes: claims otherwise than they should be; None leaves one out.
        """
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.address}/authorize?")
        sent = (asked["response_type"], asked["client_id"], asked["code_challenge_method"])
        assert sent == ("code", CLIENT_ID, "S256")
        claims: Claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        if "acr_values" in asked:
            claims["acr"] = asked["acr_values"]
        if "vtr" in asked:
            assert all(each.startswith("P9.") for each in json.loads(asked["vtr"]))
            assert len(asked["state"]) >= 43
            claims["identity_proofing_level"] = "P9"
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        code = uuid4().hex
        self.grants[code] = Grant(claims, asked["code_challenge"])
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"

    def described(self) -> Claims:
        """What it says of itself."""
        self.described_times += 1
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "userinfo_endpoint": "userinfo",
        }
        told = {name: f"{self.address}/{place}" for name, place in places.items()}
        return {"issuer": self.address, **told} | self.metadata

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """What a code is worth: once, to whoever began, with the client's own secret or key."""
        grant = self.grants.pop(form.get("code", ""), None)
        made = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if grant is None or _b64(made) != grant.challenge or not self._is_client(form, authorization):
            return 400, {"error": "invalid_grant"}
        signed = self._signed(grant) if grant.forged is None else grant.forged
        subject = grant.claims.get("sub", "nobody")
        return 200, {"access_token": subject, "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def _signed(self, grant: Grant) -> str:
        algorithm = grant.algorithm or self.algorithm
        header = {"alg": algorithm, "kid": self.key.kid}
        if grant.key is None and algorithm in BY_HAND:
            begun = ".".join(_b64(json.dumps(each).encode()) for each in (header, grant.claims))
            public: bytes = self.key.as_pem(private=False)  # type: ignore[union-attr]  # no shared secret is published
            seal = _b64(hmac.digest(public, begun.encode(), hashlib.sha512)) if algorithm == "HS512" else ""
            return f"{begun}.{seal}"
        return jwt.encode(header, grant.claims, grant.key or self.signing_key or self.key, algorithms=[algorithm])

    def _is_client(self, form: dict[str, str], authorization: str) -> bool:
        if self.client_key is None:
            shown = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            return authorization == f"Basic {shown}"
        try:
            told = jwt.decode(form.get("client_assertion", ""), self.client_key, algorithms=["RS512"]).claims
        except (JoseError, ValueError):
            return False
        wanted = {"iss": CLIENT_ID, "sub": CLIENT_ID, "aud": f"{self.address}/token"}
        fresh = told["jti"] not in self.seen
        self.seen.add(told["jti"])
        ours = form.get("client_assertion_type") == ASSERTION and wanted.items() <= told.items() and "exp" in told
        return ours and fresh and not authorization


def nhs_login(address: str) -> Double:
    """NHS login: it knows us by our key, and signs with RS512."""
    ours = jwk.RSAKey.import_key(key_of("ours").as_dict(private=False))
    return Double(address, key_of("nhs"), "RS512", subject="subject-of-amina", client_key=ours)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def running(made: Callable[[str], Double] = Double) -> Iterator[Double]:
    """It listens, and answers. `made` takes its address."""

    class Answerer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if double.broken:
                self._answer(503, {})
            elif self.path == "/.well-known/openid-configuration":
                self._answer(200, double.described())
            elif self.path == "/keys":
                self._answer(200, {"keys": [double.key.as_dict(private=False)]})
            elif self.path == "/userinfo" and self.headers.get("Authorization") == f"Bearer {double.subject}":
                self._answer(200, {"sub": double.subject} | double.told)
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            double.posted.append(self.path)
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            if double.broken:
                self._answer(503, {})
            elif double.redirect is not None and self.path == "/token":
                self._answer(double.redirect[0], {}, double.redirect[1])
            else:
                self._answer(*double.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, body: Claims, location: str = "") -> None:
            written = json.dumps(body).encode()
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: Any) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answerer) as server:
        double = made(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield double
        finally:
            server.shutdown()
            thread.join()
