"""Which settings look as if real people were behind them, so that forgetting ENVIRONMENT must not start the service
with the published keys?"""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

SAY = "say ENVIRONMENT=production (real people) or ENVIRONMENT=development (a trial with made-up people)"


def is_here(host: str) -> bool:
    """Whether the host is this machine, by its usual names and loopback addresses."""
    name = host.strip("[]").rstrip(".").lower()
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def unsaid(database_is_elsewhere: bool, public_base_url: str, providers: Mapping[str, str | None]) -> dict[str, str]:
    """What is wrong with ENVIRONMENT where it was not set: nothing, or the sentence that mends it.

    providers: by the setting that names each, the address at which it is called; None for its own.
    """
    looks = [name for name, address in providers.items() if address is None or not _is_here(address)]
    if urlsplit(public_base_url).scheme == "https" and not _is_here(public_base_url):
        looks.append("PUBLIC_BASE_URL")
    if database_is_elsewhere:
        looks.append("DATABASE_URL")
    if not looks:
        return {}
    return {"ENVIRONMENT": f"it is not set, and {', '.join(looks)} look{'s' * (len(looks) < 2)} real; {SAY}"}


def _is_here(address: str) -> bool:
    return is_here(urlsplit(address).hostname or "")
