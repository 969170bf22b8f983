"""Who is asking in this request?"""

from dataclasses import replace
from uuid import UUID

from flask import g, request

from companion.domain.access import Actor
from companion.domain.sign_in import SignedIn, SignInDoor


def set_signed_in(signed_in: SignedIn, door: SignInDoor) -> None:
    """Remember for the rest of the request who asks, and by which door they came."""
    g.signed_in, g.door = signed_in, door


def signed_in() -> SignedIn:
    """Who asks, with the names a screen shows."""
    found: SignedIn = g.signed_in
    return found


def is_signed_in() -> bool:
    """Whether it is known who asks."""
    return "signed_in" in g


def actor() -> Actor:
    """Who asks, and from where, as use cases want to know it."""
    return replace(signed_in().actor, origin=f"{g.door} {request.remote_addr or 'unknown'}")


def sign_in_id() -> UUID:
    """The sign-in that the request was made with."""
    return signed_in().id
