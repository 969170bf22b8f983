"""Who is asking in this request?"""

from dataclasses import replace

from flask import g, request

from companion.domain.access import Actor
from companion.use_cases.sign_in import SignedIn


def set_signed_in(signed_in: SignedIn, token: str) -> None:
    """Remember for the rest of the request who asks."""
    g.signed_in, g.token = signed_in, token


def signed_in() -> SignedIn:
    """Who asks, with the names a screen shows."""
    found: SignedIn = g.signed_in
    return found


def is_signed_in() -> bool:
    """Whether it is known who asks."""
    return "signed_in" in g


def actor() -> Actor:
    """Who asks, and from where, as use cases want to know it."""
    return replace(signed_in().actor, origin=f"api {request.remote_addr or 'unknown'}")


def token() -> str:
    """The token that the request was made with."""
    bearer: str = g.token
    return bearer
