"""`flask --app wsgi keys`: under which keys do people's words lie, and how do they come under another?"""

import sys

import click
from flask.cli import AppGroup, with_appcontext

from api.commands.command import Command
from api.server import migration
from companion.upkeep import keys
from companion.upkeep.keys import Work

keys_group = AppGroup(
    "keys",
    help="Encryption keys for personal data (docs/security/keys.md).",
    callback=with_appcontext(migration.require_up_to_date),
)


@keys_group.command("status", cls=Command)
def status() -> None:
    """Say how many values lie under which key."""
    found = keys.status()
    for key_id, count in found.values.items():
        note = " (seals)" if key_id == found.newest else ""
        click.echo(f"Key {key_id}{note}: {count} values{', AND IT IS MISSING' if key_id in found.missing else ''}.")
    if found.newest not in found.values:
        click.echo(f"Key {found.newest} (seals): 0 values.")
    if found.missing:
        raise click.ClickException("A key still in use is missing from FIELD_KEYS: put it back.")


@keys_group.command("rotate", cls=Command)
def rotate() -> None:
    """Seal everything again under the first key. The service may run; this can be interrupted and repeated."""
    with click.progressbar(length=keys.stale(), label="Sealing again", file=sys.stderr) as bar:
        work = keys.rotate(bar.update)
    _tell(work, "sealed again")


@keys_group.command("reindex", cls=Command)
@click.confirmation_option(prompt="Have you stopped the service? While this runs, nobody can be found by their number")
def reindex() -> None:
    """Rebuild the blind indexes of numbers and addresses after INDEX_KEY has changed; the service must not run."""
    with click.progressbar(length=keys.indexed(), label="Indexing again", file=sys.stderr) as bar:
        work = keys.reindex(bar.update)
    _tell(work, "indexed again")


def _tell(work: Work, done: str) -> None:
    click.echo(f"{work.changed} values were {done}.")
    if work.faults:
        raise click.ClickException("\n".join([f"{len(work.faults)} do not open:", *work.faults]))
