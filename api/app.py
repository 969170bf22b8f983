"""How is the product put together? Here and nowhere else."""

import logging
from pathlib import Path

from flask import Flask, Response
from sqlalchemy.exc import OperationalError

from api import routes
from api.commands import cli
from api.house import House
from api.outside.mail import FolderMailer, Mailer, NoMailer
from api.outside.openid import NHS_LOGIN, Issuer, of_organisation
from api.outside.smtp import SmtpMailer
from api.server import migration
from api.server.fast_lane import FastLane
from api.settings import config, proxies, staff_entry
from api.settings.config import Config, Environment, SettingsError
from api.v1.openapi import ProblemApi
from api.web import body, etag, forgery, headers, logs, problem, trail
from companion import keys
from companion.clock import Clock, now
from companion.db import db
from companion.keys import KeyRing
from nudges.providers.gateway import Gateway
from nudges.providers.notify_gateway import NotifyGateway
from nudges.providers.simulator_gateway import SimulatorGateway
from nudges.providers.twilio_gateway import TwilioGateway
from nudges.receiving import intake
from nudges.receiving.intake import Intake, Posted

ROOT = Path(__file__).parent.parent
LARGEST_BODY = 64 * 1024


STORY = """The record and the voice of a pain service.

**Sign in**, **enrol** a patient, **write** a care plan, record that the patient **agreed**: from then on the worker
plans nudges from the plan's lines and sends them within the patient's hours. Their **answers** stand with each
nudge, their **words** land in the inbox with a time by which somebody has promised to look, and the manager's
**figures** count it all.

The way of one person, request by request, each of them tried by a test, is told in `docs/plan-story.md`: **refer**,
**assess**, **plan** (with a template, never blindly), **agree** (in the app or by a link in a text), **revise**,
**compare**, **review**, **close**.

Changing something that can be edited needs If-Match with the ETag that came with it: a stale edit gets 412 and
nothing is lost. Every error is problem+json. Every instant has an offset. Unknown fields are refused. Words may be of
any language and hold any emoji, but no control characters other than line breaks and tabs; a name has neither. Some
of it must be there to be seen.
"""
SECURITY = {
    "staff": {"type": "http", "scheme": "bearer"},
    "patient": {"type": "http", "scheme": "bearer", "description": "An access token, from a code sent by text."},
    "one-record": {
        "type": "apiKey",
        "in": "header",
        "name": "Access-Grant",
        "description": "Sent with the token: the id of an access to one record. Only that access then counts.",
    },
}


def create_app(settings: Config | None = None, gateway: Gateway | None = None, clock: Clock = now) -> Flask:
    """The app for these settings, this gateway and this clock; by default the environment's settings, the gateway that
    they ask for, and the machine's clock.

    Raises:
        SettingsError: settings are missing or wrong; every fault is in it.
    """
    logs.set_up()
    settings = settings or config.from_environment()
    app = Flask(__name__)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=_database_address(settings.database_url),
        SQLALCHEMY_ENGINE_OPTIONS={"execution_options": {keys.OPTION: _key_ring(settings)}},
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=body.MOST_FIELDS,
        API_TITLE="iHELP Companion",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": STORY},
            "components": {"securitySchemes": SECURITY},
            "security": [{"staff": []}],
        },
    )
    # Or '//x' is answered with a redirect to whatever host the request names.
    app.url_map.merge_slashes = False
    posted = Intake[Posted](lambda some: intake.store(some, clock()), app.app_context)
    gateways = [gateway] if gateway else _gateways(settings)
    mailer, issuer, nhs_login = _mailer(settings), _issuer(settings), _nhs_login(settings)
    app.extensions["ihelp"] = House(settings, gateways, clock, posted, mailer, issuer, nhs_login, create_app)
    app.wsgi_app = FastLane(settings, posted, app.wsgi_app)  # type: ignore[method-assign]
    proxies.attach(app, settings.proxies)
    db.init_app(app)
    migration.attach(app)
    api = ProblemApi(app)
    for door in routes.V1:
        api.register_blueprint(door.blueprint, url_prefix=door.prefix)
    for door in (*routes.OTHERS, *([routes.SIMULATOR] if settings.simulated else [])):
        app.register_blueprint(door.blueprint, url_prefix=door.prefix)
    app.register_error_handler(OperationalError, _database_is_busy)
    organisation = settings.staff_entry.organisation
    shown = {
        "simulated": settings.simulated,
        "organisation": organisation.name if organisation else None,
        "passkeys": staff_entry.passkey_site(settings.public_base_url) is not None,
    }
    app.context_processor(lambda: shown)
    app.before_request(body.refuse_too_large)
    app.after_request(trail.note_refusal)
    forgery.attach(
        app,
        without_cookies=routes.WITHOUT_COOKIES,
        by_bearer=routes.BY_BEARER,
        secure=headers.served_by_tls(settings),
    )
    app.after_request(etag.answer_not_modified)
    headers.attach(app)
    cli.register(app)
    return app


def _key_ring(settings: Config) -> KeyRing:
    return KeyRing(settings.secret_key, settings.field_keys.by_id, settings.field_keys.index)


def _gateways(settings: Config) -> list[Gateway]:
    """What carries texts, in order of preference."""
    twilio, notify = settings.twilio, settings.notify
    if twilio is None:
        return [SimulatorGateway()]
    first = TwilioGateway(
        twilio.account_sid,
        twilio.auth_token,
        twilio.messaging_service_sid,
        f"{settings.public_base_url}/webhooks/twilio/status",
        twilio.api_base_url,
        texts_per_second=twilio.texts_per_second,
    )
    return [first, NotifyGateway(notify.api_key, notify.template_id, notify.api_base_url)] if notify else [first]


def _nhs_login(settings: Config) -> Issuer | None:
    """The door by which NHS login lets patients in, where it is set up."""
    if settings.nhs_entry is None:
        return None
    return Issuer(settings.nhs_entry, NHS_LOGIN, f"{settings.public_base_url}/own/nhs-login/return")


def _mailer(settings: Config) -> Mailer:
    """The mailer. Production never writes sign-in links to a folder."""
    box = settings.staff_entry.letter_box
    if box.server is not None:
        return SmtpMailer(box.server, box.sender)
    if settings.environment is Environment.PRODUCTION:
        return NoMailer()
    return FolderMailer(ROOT / box.folder, box.sender)


def _issuer(settings: Config) -> Issuer | None:
    """The organisation that signs our staff in, if there is one."""
    organisation = settings.staff_entry.organisation
    if organisation is None:
        return None
    base = settings.public_base_url
    back, out = f"{base}/staff/organisation/back", f"{base}/staff/sign-in"
    return Issuer(organisation.client, of_organisation(organisation.acr), back, out)


def _database_address(url: str) -> str:
    """A relative SQLite file is meant from the project's folder, and its folder is made."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url == prefix or ":memory:" in url:
        return url
    file = ROOT / url.removeprefix(prefix)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        words = f"the folder {file.parent} cannot be made ({error.strerror})"
        raise SettingsError(
            [f"DATABASE_URL: {words}; give this user write access to its parent folder, or use another file"]
        ) from error
    return f"{prefix}{file}"


def _database_is_busy(error: OperationalError) -> Response:
    """The database does not answer, or not in time: nothing was changed, and the same request may come again."""
    logging.getLogger(__name__).error("database: %s", type(error.orig).__name__)
    return problem.problem(503, "The database is not responding. Try again in a moment.", headers={"Retry-After": "5"})
