"""How a token that somebody is signed in with is kept."""

import hashlib


def hash_of(token: str) -> str:
    """Return the token as it is kept. It is of 256 random bits, so it needs no key and no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
