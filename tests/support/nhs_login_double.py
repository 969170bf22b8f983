"""NHS login, on this machine: OpenID Connect over a real socket, as strict as its specification, and any fault on
demand."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
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

CLIENT_ID, ALGORITHM = "companion-of-pain", "RS512"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Claims = dict[str, Any]


@cache
def key_of(whom: str) -> jwk.RSAKey:
    """The key pair of one of them; made once, for it takes its time."""
    return jwk.RSAKey.generate_key(2048, {"kid": whom, "use": "sig"})


@dataclass
class Double:
    """NHS login. `metadata`: what its description says otherwise. `told`: what it says of somebody who is asked for."""

    address: str
    grants: dict[str, tuple[Claims, str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    metadata: Claims = field(default_factory=dict)
    told: Claims = field(default_factory=dict)
    signed_by: str = "nhs"
    algorithm: str = ALGORITHM
    broken: bool = False

    def sign_in(self, location: str, now: int, **changes: Any) -> str:
        """Somebody signs in there, having been sent to `location`; where they are sent back to.

        changes: claims otherwise than they should be; None leaves one out.
        """
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.address}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert all(each.startswith("P9.") for each in json.loads(asked["vtr"]))
        assert len(asked["state"]) >= 43
        claims: Claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "sub": "subject-of-amina",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "identity_proofing_level": "P9",
        }
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        code = uuid4().hex
        self.grants[code] = claims, asked["code_challenge"]
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"

    def described(self) -> Claims:
        """What it says of itself."""
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "userinfo_endpoint": "userinfo",
        }
        return {"issuer": self.address, **{name: f"{self.address}/{to}" for name, to in places.items()}} | self.metadata

    def token(self, form: dict[str, str]) -> tuple[int, Claims]:
        """What a code is worth: once, to whoever began, who shows who they are with their own key."""
        claims, challenge = self.grants.pop(form.get("code", ""), ({}, ""))
        made = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proved = base64.urlsafe_b64encode(made).decode().rstrip("=") == challenge
        if not claims or not proved or not self._is_our_client(form):
            return 400, {"error": "invalid_grant"}
        header = {"alg": self.algorithm, "kid": "nhs"}
        key: Any = key_of(self.signed_by)
        if self.algorithm in ("none", "HS512"):
            # By hand: no library lends itself to that. HS512 with the public key, which everybody has, is an old trick.
            begun = ".".join(_b64(json.dumps(each).encode()) for each in (header, claims))
            public = key_of("nhs").as_pem(private=False)
            seal = _b64(hmac.digest(public, begun.encode(), hashlib.sha512)) if self.algorithm == "HS512" else ""
            signed = f"{begun}.{seal}"
        else:
            signed = jwt.encode(header, claims, key, algorithms=[self.algorithm])
        return 200, {"access_token": claims["sub"], "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def _is_our_client(self, form: dict[str, str]) -> bool:
        try:
            shown = jwt.decode(form.get("client_assertion", ""), key_of("ours"), algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            return False
        sound = (shown["iss"], shown["sub"], shown["aud"]) == (CLIENT_ID, CLIENT_ID, f"{self.address}/token")
        fresh = shown["jti"] not in self.seen
        self.seen.add(shown["jti"])
        return form.get("client_assertion_type") == ASSERTION and sound and fresh


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


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
                self._answer(200, {"keys": [key_of("nhs").as_dict(private=False)]})
            elif self.path == "/userinfo" and self.headers.get("Authorization") == "Bearer subject-of-amina":
                self._answer(200, {"sub": "subject-of-amina"} | double.told)
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            self._answer(*double.token({name: values[0] for name, values in parse_qs(sent).items()}))

        def _answer(self, status: int, body: Claims) -> None:
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
