"""The settings of NHS login, read with the rest of the environment. It knows us by a key alone (private_key_jwt)."""

from environs import Env

from api.settings import openid
from api.settings.openid import OpenIdClient

THREE = ("NHS_LOGIN_ISSUER", "NHS_LOGIN_CLIENT_ID", "NHS_LOGIN_KEY_FILE")


def read(env: Env) -> tuple[OpenIdClient | None, dict[str, str]]:
    """Return the settings, and what is wrong between them; what is wrong with one of them alone, `env` keeps."""
    issuer = env.str("NHS_LOGIN_ISSUER", "", validate=openid.issuer_address) or ""
    client_id = env.str("NHS_LOGIN_CLIENT_ID", "")
    key_file = env.str("NHS_LOGIN_KEY_FILE", "", validate=openid.key_file) or ""
    missing = [name for name, value in zip(THREE, (issuer, client_id, key_file), strict=True) if not value]
    if len(missing) == len(THREE):
        return None, {}
    if missing:
        return None, dict.fromkeys(missing, "set this too; NHS login needs all three of its settings")
    return OpenIdClient(issuer.rstrip("/"), client_id, client_key=openid.key_in(key_file)), {}
