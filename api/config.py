"""With which settings does this process run? The environment is read once, and every fault is reported together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from environs import Env, EnvValidationError
from marshmallow import ValidationError, validate
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class Environment(StrEnum):
    """development: synthetic people, simulator allowed. production: real people."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


DEFAULT_SECRET = "not-a-secret-for-development-only"  # noqa: S105
DEFAULT_DATABASE = "sqlite:///var/ihelp.sqlite3"
SHORTEST_SECRET = 32
THREE = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_MESSAGING_SERVICE_SID")


class SettingsError(Exception):
    """One or more settings are missing or wrong. `faults` are plain sentences; none repeats a secret's value."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Twilio:
    """What it takes to send through Twilio."""

    account_sid: str
    auth_token: str = field(repr=False)
    messaging_service_sid: str
    api_base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process. `twilio` None means that texts go to the simulator."""

    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    environment: Environment = Environment.DEVELOPMENT
    public_base_url: str = "http://127.0.0.1:8000"
    secret_key: str = field(default=DEFAULT_SECRET, repr=False)
    port: int = 8000
    twilio: Twilio | None = None

    @property
    def simulated(self) -> bool:
        """Whether texts go to the simulator."""
        return self.twilio is None


def from_environment() -> Config:
    """Read the environment (an unset or empty variable takes its default).

    Raises:
        SettingsError: everything that is wrong, at once.
    """
    env = Env(eager=False)
    port = env.int("PORT", 8000, validate=validate.Range(1, 65535, error="it must be a number from 1 to 65535"))
    environment = env.str("ENVIRONMENT", "development", validate=_one_of_environments)
    database_url = env.str("DATABASE_URL", DEFAULT_DATABASE, validate=_database)
    secret_key = env.str("SECRET_KEY", DEFAULT_SECRET)
    public_base_url = env.str("PUBLIC_BASE_URL", "", validate=_web_address)
    api_base_url = env.str("TWILIO_API_BASE_URL", "", validate=_web_address)
    three = {name: env.str(name, "") for name in THREE}
    faults = []
    try:
        env.seal()
    except EnvValidationError as error:
        by_name = error.error_messages if isinstance(error.error_messages, Mapping) else {"": error.error_messages}
        faults = [f"{name}: {words}" for name, found in by_name.items() for words in found]
    missing = [name for name, value in three.items() if not value]
    if 0 < len(missing) < len(three):
        faults.append(f"{', '.join(missing)}: set this too; Twilio needs all three, or none for the simulator")
    if api_base_url and missing:
        faults.append("TWILIO_API_BASE_URL: it means nothing without the three settings of the Twilio account")
    if faults:
        raise SettingsError(faults)
    config = Config(
        database_url=_driver(database_url),
        environment=Environment(environment),
        public_base_url=(public_base_url or f"http://127.0.0.1:{port}").rstrip("/"),
        secret_key=secret_key,
        port=port,
        twilio=None if missing else Twilio(*three.values(), api_base_url.rstrip("/") or None),
    )
    faults = _unfit_for_production(config) if config.environment is Environment.PRODUCTION else []
    if faults:
        raise SettingsError(faults)
    return config


def _unfit_for_production(config: Config) -> list[str]:
    faults = []
    if config.secret_key == DEFAULT_SECRET or len(config.secret_key) < SHORTEST_SECRET:
        faults.append(f"SECRET_KEY: production needs a secret of its own, of {SHORTEST_SECRET} characters or more")
    if config.database_url.startswith("sqlite"):
        words = "production runs a web server and a worker, and SQLite is for one machine's trial; name a PostgreSQL"
        faults.append(f"DATABASE_URL: {words} database (postgresql://user@host/name)")
    if config.simulated:
        faults.append("TWILIO_ACCOUNT_SID: production does not run with the simulator; set the Twilio settings")
    if not config.public_base_url.startswith("https://"):
        faults.append("PUBLIC_BASE_URL: production needs the public https:// address that the provider calls")
    return faults


def _one_of_environments(value: str) -> None:
    if value not in list(Environment):
        raise ValidationError(f"it must be one of: {', '.join(Environment)}")


def _web_address(value: str) -> None:
    try:
        parts = urlsplit(value)
        fine = not value or (parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0)
    except ValueError:
        fine = False
    if not fine:
        raise ValidationError("it must be a web address such as https://pain.example.nhs.uk")


def _database(value: str) -> None:
    try:
        backend = make_url(value or DEFAULT_DATABASE).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise ValidationError("it must be a database address such as postgresql://user@host/name or sqlite:///file")


def _driver(value: str) -> str:
    """The address with the driver that is installed; 'postgres://' is what many hosts still hand out."""
    url = make_url(value or DEFAULT_DATABASE)
    if url.get_backend_name() in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)
