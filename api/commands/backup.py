"""`flask --app wsgi erasures`: what keeps somebody erased, even if a backup brings them back?"""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from api import house
from api.commands.command import Command
from api.server import migration
from companion.domain.access import Actor, ActorKind, system
from companion.domain.refusal import RefusalError
from companion.use_cases import backup, pain_service, staff
from companion.use_cases.backup import Proof

group = AppGroup(
    "erasures",
    help="Certificates of erasure, kept beside the backups.",
    callback=with_appcontext(migration.require_up_to_date),
)
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@group.command("keep", cls=Command)
@click.argument("folder", type=FOLDER)
def keep(folder: Path) -> None:
    """Write every certificate into FOLDER, a file each. They name no patient. Every night, beside the backup."""
    proofs = [proof for service in pain_service.every() for proof in backup.proofs(system(service.id))]
    for proof in proofs:
        said = {"certificate": proof.certificate, "signature": proof.signature}
        file = folder / f"{proof.certificate['certificate']}.json"
        file.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{len(proofs)} certificates are in {folder}.")


@group.command("again", cls=Command)
@click.argument("folder", type=FOLDER)
@click.option("--by", "email", required=True, help="The e-mail address of the clinician or administrator in charge.")
def again(folder: Path, email: str) -> None:
    """Erase everybody again whom a backup brought back, by the certificates in FOLDER. Before the worker
    is started; those of the pain service for which the one in charge works."""
    actor = _member(email)
    back = wrong = 0
    for file in sorted(folder.glob("*.json")):
        try:
            back += backup.erase_again(actor, _read(file), house.now())
        except (RefusalError, ValueError, KeyError, TypeError) as error:
            wrong += 1
            click.echo(f"{file.name}: {error}", err=True)
    click.echo(f"{back} people were restored. The worker erases them at its next beat; until then they are restricted.")
    if wrong:
        raise click.ClickException(f"{wrong} files could not be used.")


def _member(email: str) -> Actor:
    for service in pain_service.every():
        for member in staff.listed(service.id):
            if member.email == email.strip().lower():
                roles = frozenset(each.role for each in member.roles)
                return Actor(ActorKind.STAFF, service.id, member.id, roles, origin="cli")
    raise click.ClickException(f"No member of staff has the address {email}.")


def _read(file: Path) -> Proof:
    said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return Proof(said["certificate"], said["signature"])
