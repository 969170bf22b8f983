"""Which commands are there? `flask --app wsgi …`; each is thin."""

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from marshmallow import Schema, ValidationError

from api import house
from api.commands import backup, caseload, retention
from api.commands.audit_trail import audit_group
from api.commands.command import Command
from api.commands.demo import demo
from api.commands.keys import keys_group
from api.schemas.pain_service import OpeningSchema
from api.schemas.staff import StaffSchema
from api.server import migration, serve
from companion.domain.access import Actor, Role, system
from companion.domain.bank_holiday import REGIONS
from companion.domain.refusal import Fault, InvalidError
from companion.use_cases import pain_service, patient, staff
from companion.use_cases.patient import Enrolment
from nudges import worker
from nudges.sending import handover, queue

ready = with_appcontext(migration.require_up_to_date)
pain_services = AppGroup("pain-services", help="Pain services in this deployment.", callback=ready)
staff_group = AppGroup("staff", help="Staff of a pain service.", callback=ready)
patients = AppGroup("patients", help="Who is cared for.", callback=ready)

ONE_OF_THEM = "Name of the pain service; needed if there are several."
# Where an option is not called what the API calls it.
OPTIONS = {"bank_holiday_region": "region", "roles": "role"}


def register(app: Flask) -> None:
    """Hang the commands onto the app."""
    groups = (pain_services, staff_group, patients, audit_group, keys_group, retention.group, backup.group)
    for command in (up, beat, queue_set_up, queue_worker, demo, *groups):
        app.cli.add_command(command)


@click.command("up", cls=Command)
@with_appcontext
def up() -> None:
    """Run the whole service: database, web server and worker, until Ctrl-C."""
    serve.up(house.config(), house.gateways()[0])


@click.command("worker", cls=Command)
@with_appcontext
def beat() -> None:
    """Run the worker alone: it plans and sends, until Ctrl-C or SIGTERM."""
    migration.require_up_to_date()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    config = house.config()
    if config.queued:
        _require_queue()
    hand_on = handover.hand_on if config.queued else None
    worker.run(house.gateways(), house.now, app.app_context, config.loop_phone, hand_on)


@click.command("queue-set-up", cls=Command)
@with_appcontext
def queue_set_up() -> None:
    """Make the tables of procrastinate's queue, once, in the database that has the others."""
    _require_queued()
    click.echo("The queue's tables have been created." if queue.set_up() else "The queue's tables already exist.")


@click.command("queue-worker", cls=Command)
@with_appcontext
def queue_worker() -> None:
    """Send what the worker queues (SEND_THROUGH=procrastinate), until Ctrl-C or SIGTERM."""
    _require_queued()
    migration.require_up_to_date()
    _require_queue()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    name, gateways, clock = worker.worker_name(), house.gateways(), house.now

    def take(message_ids: Collection[UUID]) -> None:
        with app.app_context():
            handover.take(gateways, name, clock, message_ids)

    queue.work(name, take)


def _require_queued() -> None:
    if not house.config().queued:
        raise click.ClickException("There is no queue: SEND_THROUGH is not procrastinate.")


def _require_queue() -> None:
    if not queue.is_set_up():
        raise click.ClickException("The queue has no tables. Create them with 'flask --app wsgi queue-set-up'.")


@pain_services.command("add", cls=Command)
@click.argument("name")
@click.option("--short-name", required=True, help="The name its texts are signed with, up to 30 characters.")
@click.option("--phone", required=True, help="The phone number its texts ask people to ring.")
@click.option("--time-zone", default="Europe/London", show_default=True, help="Its time zone.")
@click.option("--region", default="ENG", show_default=True, help=f"Whose bank holidays: {', '.join(sorted(REGIONS))}.")
@click.option("--sender", help="The number its texts come from, if it has its own.")
def add_pain_service(name: str, short_name: str, phone: str, time_zone: str, region: str, sender: str | None) -> None:
    """Open the pain service NAME, with the shipped wordings as drafts that a clinician approves."""
    given = {"name": name, "short_name": short_name, "phone": phone, "time_zone": time_zone}
    opening = _loaded(OpeningSchema(), given | {"bank_holiday_region": region, "sender": sender})
    made = pain_service.create(opening, house.now())
    click.echo(f'"{made.name}" is open. Its first member of staff: flask --app wsgi staff add --help')


@pain_services.command("list", cls=Command)
def list_pain_services() -> None:
    """List the pain services, the oldest first."""
    for service in pain_service.every():
        details = f"{service.short_name}, {service.phone}, {service.time_zone}, {service.bank_holiday_region}"
        click.echo(f'"{service.name}" ({details}{f", texts from {service.sender}" if service.sender else ""})')


@staff_group.command("add", cls=Command)
@click.option("--pain-service", "service_name", help=ONE_OF_THEM)
@click.option("--name", required=True)
@click.option("--email", required=True, help="Their e-mail address, used to sign in.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="May be repeated.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
def add_staff(service_name: str | None, name: str, email: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Add a member of staff, who can then sign in. The password is asked for, twice."""
    service = pain_service.named(service_name)
    given = {"name": name, "email": email, "roles": list(roles)}
    _loaded(StaffSchema(partial=("password",)), given)  # nobody should think of a password for nothing
    secret = _first_line() if password_stdin else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    loaded = _loaded(StaffSchema(), given | {"password": secret})
    staff.add(
        system(service.id, "cli"), loaded["name"], loaded["email"], loaded["password"], loaded["roles"], house.now()
    )
    click.echo(f'They can sign in now, at "{service.name}".')


@patients.command("import", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--pain-service", "service_name", help=ONE_OF_THEM)
@click.option("--keep-going", is_flag=True, help="Enrol the valid lines even if others have faults.")
def import_patients(file: Path, service_name: str | None, keep_going: bool) -> None:
    """Enrol the caseload in FILE (docs/caseload.md says what it looks like): everybody in it, or nobody.

    People already enrolled are left unchanged, so a file can be imported again.
    """
    actor = system(pain_service.named(service_name).id, "cli")
    rows = caseload.read(file)
    with click.progressbar(rows, label="Checking", file=sys.stderr) as bar:
        found = caseload.check(actor, bar)
    for bad in found.bad:
        click.echo(str(bad), err=True)
    if found.bad and not keep_going:
        raise click.ClickException("Nobody was enrolled. Correct the lines above and import the file again.")
    _enrol(actor, list(found.good.values()))
    refused = len({bad.line for bad in found.bad})
    click.echo(f"Enrolled: {len(found.good)}. Enrolled already: {found.known}. Refused: {refused}.")
    if refused:
        raise SystemExit(1)


def _enrol(actor: Actor, enrolments: list[Enrolment]) -> None:
    if not enrolments:
        return
    try:
        with click.progressbar(length=len(enrolments), label="Enrolling", file=sys.stderr) as bar:
            patient.enrol_many(actor, enrolments, house.now(), bar.update)
    except InvalidError as refusal:
        words = "Another user enrolled one of these people at the same time, so nobody was enrolled here"
        raise click.ClickException(f"{words}: import the file again.") from refusal


def _loaded(schema: Schema, given: dict[str, Any]) -> Any:
    """What was given, checked as the API would check it.

    Raises:
        InvalidError: every fault of it.
    """
    try:
        return schema.load(given)
    except ValidationError as error:
        messages = error.messages_dict.items()
        named = [(OPTIONS.get(name, name.replace("_", "-")), words[0]) for name, words in messages]
        raise InvalidError([Fault(option, words) for option, words in named]) from error


def _first_line() -> str:
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InvalidError([Fault("password", "This is not UTF-8 text.")]) from error
