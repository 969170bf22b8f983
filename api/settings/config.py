"""With which settings does this process run? The environment is read once, and every fault is reported together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

import click
from environs import Env, EnvValidationError
from marshmallow import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from api.settings import field_key, nhs_login, proxies, staff_entry
from api.settings.field_key import FieldKeys
from api.settings.openid import OpenIdClient
from api.settings.staff_entry import StaffEntry
from nudges.sending import queue


class Environment(StrEnum):
    """development: synthetic people, simulator allowed. production: real people."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SendThrough(StrEnum):
    """outbox: the worker itself calls the providers. procrastinate: it queues batches of texts for queue workers."""

    OUTBOX = "outbox"
    PROCRASTINATE = "procrastinate"


_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
DEFAULT_SECRET = "not-a-secret-for-development-only"  # noqa: S105
DEFAULT_DATABASE = "sqlite:///var/ihelp.sqlite3"
DEFAULT_PORT = 8000
# What a British long number may send; short codes and pools of numbers do more.
DEFAULT_TEXTS_PER_SECOND = 10.0
SIMULATED_LOOP_NUMBER = "+447700900998"
SHORTEST_SECRET, SHORTEST_CALLBACK_TOKEN = 32, 10
THREE = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_MESSAGING_SERVICE_SID")


class SettingsError(click.ClickException):
    """One or more settings are missing or wrong. `faults` are plain sentences; none repeats a secret's value.

    click's own kind of error, so that every command says the sentences alone, without a traceback, and ends with 1.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults

    def format_message(self) -> str:
        """The sentences as a terminal shows them."""
        if len(self.faults) == 1:
            return self.message
        return "\n  ".join([f"{len(self.faults)} settings need mending:", *self.faults])


@dataclass(frozen=True, slots=True)
class Twilio:
    """What it takes to send through Twilio."""

    account_sid: str
    auth_token: str = field(repr=False)
    messaging_service_sid: str
    api_base_url: str | None = None
    texts_per_second: float = DEFAULT_TEXTS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Notify:
    """What it takes to send through GOV.UK Notify where Twilio cannot, and to know its callbacks."""

    api_key: str = field(repr=False)
    template_id: str
    callback_token: str = field(repr=False)
    api_base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process. `twilio` None means that texts go to the simulator; `notify` None, that there is no
    second provider.

    loop_number: a second number of ours (E.164), which is texted each night and answers by itself.
    """

    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    environment: Environment = Environment.DEVELOPMENT
    public_base_url: str = "http://127.0.0.1:8000"
    secret_key: str = field(default=DEFAULT_SECRET, repr=False)
    field_keys: FieldKeys = field(default_factory=FieldKeys)
    port: int = DEFAULT_PORT
    twilio: Twilio | None = None
    notify: Notify | None = None
    loop_number: str | None = None
    send_through: SendThrough = SendThrough.OUTBOX
    proxies: int = 0
    nhs_entry: OpenIdClient | None = None
    staff_entry: StaffEntry = field(default_factory=StaffEntry)

    @property
    def queued(self) -> bool:
        """Whether texts go by way of a queue."""
        return self.send_through is SendThrough.PROCRASTINATE

    @property
    def simulated(self) -> bool:
        """Whether texts go to the simulator."""
        return self.twilio is None

    @property
    def loop_phone(self) -> str | None:
        """The number that is texted each night, if there is one: the simulator has a phone for it."""
        return self.loop_number or (SIMULATED_LOOP_NUMBER if self.simulated else None)


def from_environment() -> Config:
    """Read the environment (an unset or empty variable takes its default).

    Raises:
        SettingsError: everything that is wrong, at once.
    """
    env = Env(eager=False)
    port = int(env.str("PORT", "", validate=_port) or DEFAULT_PORT)
    environment = Environment(env.str("ENVIRONMENT", "", validate=_one_of_environments) or Environment.DEVELOPMENT)
    database_url = env.str("DATABASE_URL", "", validate=_database) or DEFAULT_DATABASE
    secret_key = env.str("SECRET_KEY", "") or DEFAULT_SECRET
    field_keys = field_key.read(env)
    public_base_url = env.str("PUBLIC_BASE_URL", "", validate=_web_address) or f"http://127.0.0.1:{port}"
    api_base_url = env.str("TWILIO_API_BASE_URL", "", validate=_web_address)
    per_second = float(env.str("TEXTS_PER_SECOND", "", validate=_rate) or DEFAULT_TEXTS_PER_SECOND)
    loop_number = env.str("LOOP_NUMBER", "", validate=_number) or None
    send_through = SendThrough(env.str("SEND_THROUGH", "", validate=_one_of_ways) or SendThrough.OUTBOX)
    three = {name: env.str(name, "") for name in THREE}
    sid, token, messaging_service_sid = three.values()
    missing = [name for name, value in three.items() if not value]
    notify, found_of_notify = _notify(env)
    of_patients, found_of_patients = nhs_login.read(env)
    entry, found_of_entry = staff_entry.read(env, in_production=environment is Environment.PRODUCTION)
    config = Config(
        database_url=_driver(database_url),
        environment=environment,
        public_base_url=public_base_url.rstrip("/"),
        secret_key=secret_key,
        field_keys=field_keys,
        port=port,
        twilio=None
        if missing
        else Twilio(sid, token, messaging_service_sid, (api_base_url or "").rstrip("/") or None, per_second),
        notify=notify,
        loop_number=loop_number,
        send_through=send_through,
        proxies=proxies.read(env),
        nhs_entry=of_patients,
        staff_entry=entry,
    )
    # What was refused has taken its default above, so that production's own demands are asked in the same breath.
    found = found_of_notify | found_of_entry | found_of_patients | _refused(env)
    if notify is not None and len(missing) == len(three):
        found["TWILIO_ACCOUNT_SID"] = "Notify is the second provider; set the Twilio settings too"
    if config.queued and config.database_url.startswith("sqlite"):
        found["SEND_THROUGH"] = "procrastinate keeps its queue in PostgreSQL; name such a database, or leave this empty"
    elif config.queued and not queue.INSTALLED:
        found["SEND_THROUGH"] = "procrastinate is not installed; docs/operating.md says how it is"
    if api_base_url and missing:
        found["TWILIO_API_BASE_URL"] = "it means nothing without the three settings of the Twilio account"
    if 0 < len(missing) < len(three):
        words = "set this too; Twilio needs all three of its settings, the simulator none"
        found |= dict.fromkeys(missing, words)
    if environment is Environment.PRODUCTION:
        found = _unfit_for_production(config, none_of_twilio=len(missing) == len(three)) | found
    if found:
        raise SettingsError([f"{name}: {words}" for name, words in found.items()])
    return config


def _notify(env: Env) -> tuple[Notify | None, dict[str, str]]:
    """Notify's settings, and what is wrong between them; what is wrong with one of them alone, `env` keeps."""
    api_base_url = env.str("NOTIFY_API_BASE_URL", "", validate=_web_address_without_a_path)
    given = {
        "NOTIFY_API_KEY": env.str("NOTIFY_API_KEY", "", validate=_notify_key),
        "NOTIFY_TEMPLATE_ID": env.str("NOTIFY_TEMPLATE_ID", "", validate=_uuid),
        "NOTIFY_CALLBACK_TOKEN": env.str("NOTIFY_CALLBACK_TOKEN", "", validate=_callback_token),
    }
    key, template_id, callback_token = given.values()
    missing = [name for name, value in given.items() if not value]
    if not missing:
        return Notify(key, template_id, callback_token, (api_base_url or "").rstrip("/") or None), {}
    if len(missing) < len(given):
        return None, dict.fromkeys(missing, "set this too; Notify needs all three of its settings")
    if api_base_url:
        return None, {"NOTIFY_API_BASE_URL": "it means nothing without the three settings of the Notify service"}
    return None, {}


def _refused(env: Env) -> dict[str, str]:
    try:
        env.seal()
    except EnvValidationError as error:
        by_name = error.error_messages if isinstance(error.error_messages, Mapping) else {}
        return {name: " ".join(words) for name, words in by_name.items()}
    return {}


def _unfit_for_production(config: Config, *, none_of_twilio: bool) -> dict[str, str]:
    found = {}
    if config.secret_key == DEFAULT_SECRET or len(config.secret_key) < SHORTEST_SECRET:
        found["SECRET_KEY"] = f"production needs a secret of its own, of {SHORTEST_SECRET} characters or more"
    if config.database_url.startswith("sqlite"):
        words = "production runs a web server and a worker, and SQLite is for one machine's trial; name a PostgreSQL"
        found["DATABASE_URL"] = f"{words} database (postgresql://user@host/name)"
    if none_of_twilio:
        found["TWILIO_ACCOUNT_SID"] = "production does not run with the simulator; set the Twilio settings"
    if not config.public_base_url.startswith("https://"):
        found["PUBLIC_BASE_URL"] = "production needs the public https:// address that the provider calls"
    return found | field_key.unfit_for_production(config.field_keys)


def _port(value: str) -> None:
    if value and not (value.isascii() and value.isdecimal() and len(value) < 6 and 1 <= int(value) <= 65535):
        raise ValidationError("it must be a number from 1 to 65535")


def _rate(value: str) -> None:
    try:
        fine = not value or 0.1 <= float(value) <= 10_000
    except ValueError:
        fine = False
    if not fine:
        raise ValidationError("it must be a number from 0.1 to 10000")


def _number(value: str) -> None:
    if value and not _E164.fullmatch(value):
        raise ValidationError("it must be a phone number with its country code, as +44 and ten digits, without spaces")


def _one_of_environments(value: str) -> None:
    if value and value not in list(Environment):
        raise ValidationError(f"it must be one of: {', '.join(Environment)}")


def _one_of_ways(value: str) -> None:
    if value and value not in list(SendThrough):
        raise ValidationError(f"it must be one of: {', '.join(SendThrough)}")


def _web_address(value: str) -> None:
    try:
        parts = urlsplit(value)
        bare = parts.port != 0 and not parts.query and not parts.fragment
        fine = not value or (parts.scheme in ("http", "https") and bool(parts.hostname) and bare)
    except ValueError:
        fine = False
    if not fine:
        raise ValidationError("it must be a web address such as https://pain.example.nhs.uk")


def _web_address_without_a_path(value: str) -> None:
    _web_address(value)
    if urlsplit(value).path.strip("/"):
        raise ValidationError("it must be a web address without a path: Notify's client would leave it out")


def _notify_key(value: str) -> None:
    if value and not re.fullmatch(rf".+(-{_UUID}){{2}}", value):
        raise ValidationError("it must be a whole API key: its name, the service's id and the secret")


def _uuid(value: str) -> None:
    if value and not re.fullmatch(_UUID, value):
        raise ValidationError("it must be an id such as f33517ff-2a88-4f6e-b855-c550268ce08a")


def _callback_token(value: str) -> None:
    if value and not (len(value) >= SHORTEST_CALLBACK_TOKEN and value.isascii() and value.isprintable()):
        raise ValidationError(f"it must be {SHORTEST_CALLBACK_TOKEN} plain characters or more, as Notify has it")


def _database(value: str) -> None:
    try:
        backend = make_url(value or DEFAULT_DATABASE).get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise ValidationError("it must be a database address such as postgresql://user@host/name or sqlite:///file")


def _driver(value: str) -> str:
    """The address with the driver that is installed; 'postgres://' is what many hosts still hand out."""
    url = make_url(value)
    url = url.set(drivername="sqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg")
    return url.render_as_string(hide_password=False)
