"""An organisation that signs people in, on this machine: OpenID Connect over a real socket, and any fault on demand."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from joserfc import jwk, jwt

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLIENT_ID, CLIENT_SECRET, ACR = "companion", "between us two", "AAL2_OR_AAL3_ANY"
Claims = dict[str, Any]


@dataclass
class Grant:
    """A code that was given out, for whom, and what came with them. `forged`: an ID token as it stands."""

    claims: Claims
    challenge: str
    key: jwk.ECKey | jwk.RSAKey | jwk.OctKey | None = None
    algorithm: str = "ES256"
    forged: str | None = None


@dataclass
class Double:
    """The organisation. `metadata`: what its description says otherwise than the truth. `client_key`: our public key,
    if it was given one: then no secret will do. `described_times`: how often it was asked for its description."""

    address: str
    key: jwk.ECKey = field(default_factory=lambda: jwk.ECKey.generate_key("P-256", {"kid": "1"}))
    grants: dict[str, Grant] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    broken: bool = False
    client_key: jwk.RSAKey | None = None
    described_times: int = 0

    def sign_in(self, location: str, now: int, **changes: Any) -> str:
        """Somebody signs in there, having been sent to `location`; where they are sent back to.

        changes: claims otherwise than they should be; None leaves one out.
        """
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.address}/authorize?")
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == (
            "code",
            CLIENT_ID,
            "S256",
        )
        claims: Claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "sub": "555012345678",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "acr": asked["acr_values"],
        }
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        code = uuid4().hex
        self.grants[code] = Grant(claims, asked["code_challenge"])
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"

    def described(self) -> dict[str, Any]:
        """What it says of itself."""
        self.described_times += 1
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        told = {name: f"{self.address}/{place}" for name, place in places.items()}
        return {"issuer": self.address, **told} | self.metadata

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """What a code is worth: once, to whoever began, with the client's own secret or key."""
        grant = self.grants.pop(form.get("code", ""), None)
        made = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proved = grant is not None and base64.urlsafe_b64encode(made).decode().rstrip("=") == grant.challenge
        if grant is None or not proved or not self._is_client(form, authorization):
            return 400, {"error": "invalid_grant"}
        if grant.forged is not None:
            return 200, {"access_token": "opens nothing", "token_type": "Bearer", "id_token": grant.forged}
        key = grant.key or self.key
        signed = jwt.encode({"alg": grant.algorithm, "kid": "1"}, grant.claims, key, algorithms=[grant.algorithm])
        return 200, {"access_token": "opens nothing", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def _is_client(self, form: dict[str, str], authorization: str) -> bool:
        if self.client_key is None:
            shown = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            return authorization == f"Basic {shown}"
        if form.get("client_assertion_type") != ASSERTION:
            return False
        told = jwt.decode(form["client_assertion"], self.client_key, algorithms=["RS512"]).claims
        wanted = {"iss": CLIENT_ID, "sub": CLIENT_ID, "aud": f"{self.address}/token"}
        return not authorization and wanted.items() <= told.items() and "jti" in told and "exp" in told


@contextmanager
def running() -> Iterator[Double]:
    """It listens, and answers."""

    class Answerer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if double.broken:
                self._answer(503, {})
            elif self.path == "/.well-known/openid-configuration":
                self._answer(200, double.described())
            elif self.path == "/keys":
                self._answer(200, {"keys": [double.key.as_dict(private=False)]})
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            self._answer(*double.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            written = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: Any) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answerer) as server:
        double = Double(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield double
        finally:
            server.shutdown()
            thread.join()
