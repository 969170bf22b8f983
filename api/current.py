"""Who is asking in this request?"""

from flask import g

from companion.domain.access import Actor
from companion.use_cases.sign_in import SignedIn


def set_signed_in(signed_in: SignedIn, token: str) -> None:
    """Remember for the rest of the request who asks."""
    g.signed_in, g.token = signed_in, token


def signed_in() -> SignedIn:
    """Who asks, with the names a screen shows."""
    found: SignedIn = g.signed_in
    return found


def actor() -> Actor:
    """Who asks, as use cases want to know it."""
    return signed_in().actor


def token() -> str:
    """The token that the request was made with."""
    bearer: str = g.token
    return bearer
