"""With which key is something proved to come from this deployment? One root secret, one key for each purpose."""

import hmac

_root: dict[str, bytes] = {}


def use(secret: str) -> None:
    """Take the deployment's root secret; called once, where the product is put together."""
    _root["secret"] = secret.encode()


def mac(purpose: str, data: bytes) -> bytes:
    """HMAC-SHA256 of the data, under a key for that purpose alone."""
    return hmac.digest(hmac.digest(_root["secret"], purpose.encode(), "sha256"), data, "sha256")
