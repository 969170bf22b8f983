"""`flask --app wsgi audit`: does the trail of who saw and did what still hold?"""

import json
import sys
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup, with_appcontext

from api.commands.command import Command
from api.server import migration
from companion.domain.audit import Anchor
from companion.use_cases import audit, pain_service

audit_group = AppGroup(
    "audit",
    help="The audit trail: who saw and did what, and whether it is intact.",
    callback=with_appcontext(migration.require_up_to_date),
)


@audit_group.command("verify", cls=Command)
@click.option(
    "--anchor",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file outside the database that keeps the trails' ends between checks, to detect removed entries.",
)
def verify(file: Path | None) -> None:
    """Look for an entry that was changed, removed, moved or put in later."""
    anchors = _read(file) if file is not None and file.exists() else {}
    length = sum(audit.entries(service.id) for service in pain_service.every())
    with click.progressbar(length=length, label="Looking", file=sys.stderr) as bar:
        wrong, ends = audit.verify(anchors, bar.update)
    if wrong:
        raise click.ClickException("The audit trail has been altered.\n" + "\n".join(wrong))
    if file is not None:
        file.write_text(json.dumps({str(each): [end.seq, end.hash] for each, end in ends.items()}, indent=2) + "\n")
    click.echo(f"The audit trail is intact: {sum(end.seq for end in ends.values())} entries.")


def _read(file: Path) -> dict[UUID, Anchor]:
    try:
        kept = json.loads(file.read_text())
        return {UUID(each): Anchor(int(seq), str(hash_)) for each, (seq, hash_) in kept.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise click.ClickException(f"{file} is not what an earlier check recorded there.") from error
