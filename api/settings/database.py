"""Where is the database, by which driver is it spoken to, and is it on this machine?"""

from marshmallow import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from api.settings import real


def sound(value: str) -> None:
    """Raise unless the address is of a database that we know."""
    if not value:
        return
    try:
        backend = make_url(value).get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise ValidationError("it must be a database address such as postgresql://user@host/name or sqlite:///file")


def with_driver(value: str) -> str:
    """The address with the driver that is installed; 'postgres://' is what many hosts still hand out."""
    url = make_url(value)
    url = url.set(drivername="sqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def is_elsewhere(value: str) -> bool:
    """Whether the database is on another machine; a folder is a socket of this one. libpq takes hosts from the query
    too, and several of them with commas between."""
    url = make_url(value)
    named = [url.host or "", *(host for key in ("host", "hostaddr") for host in url.normalized_query.get(key, ()))]
    hosts = [host for each in named for host in each.split(",") if host]
    return any(not host.startswith("/") and not real.is_here(host) for host in hosts)
