"""How does an operator see and run the retention schedule? `flask --app wsgi retention …`"""

import click
from flask.cli import AppGroup, with_appcontext

from api import house
from api.commands.command import Command
from api.server import migration
from companion.domain.retention import END_WORDS, KEPT, SCHEDULE, RecordKind
from companion.use_cases import retention

group = AppGroup(
    "retention",
    help="How long each kind of record is kept.",
    callback=with_appcontext(migration.require_up_to_date),
)
KIND = click.Choice([kind.value for kind in RecordKind])


@group.command("run", cls=Command)
@click.option("--dry-run", is_flag=True, help="Count what is past its retention period, without changing anything.")
@click.option("--kind", "kinds", multiple=True, type=KIND, help="Only this kind. May be repeated.")
def run(dry_run: bool, kinds: tuple[str, ...]) -> None:
    """Do what the schedule says. The first time of each kind, a dry run of the last week must have been seen."""
    chosen = [RecordKind(kind) for kind in kinds]
    looked = retention.dry_run(house.now(), chosen) if dry_run else retention.run(house.now(), chosen)
    for one in looked:
        click.echo(f"{one.kind:<20} {one.found:>8} past their time{'' if one.dry else f', {one.done} dealt with'}")


@group.command("schedule", cls=Command)
def schedule() -> None:
    """Print the schedule as docs/retention.md has it."""
    click.echo(document(), nl=False)


def document() -> str:
    """The schedule, for people to read and agree on."""
    rows = [
        f"| `{rule.kind}` | {rule.what} | {_length(rule.months)} after {rule.since} | {END_WORDS[rule.end]} "
        f"| {rule.source} |"
        for rule in SCHEDULE
    ]
    kept = [f"- **{what}.** {why}" for what, why in KEPT.items()]
    return "\n".join([HEAD, *rows, "", "## Kept for as long as the pain service is there", "", *kept, "", FOOT, ""])


def _length(months: int) -> str:
    return f"{months // 12} years" if months % 12 == 0 and months > 12 else f"{months} months"


HEAD = """# How long each kind of record is kept

Made by `flask --app wsgi retention schedule` from `companion/domain/retention.py`; change it there.

| kind | what it holds | how long | what happens then | who says so |
|---|---|---|---|---|"""
FOOT = """## How it is run

The worker that leads looks once a night, between 01:00 and 04:00 UTC. A kind that was never run for real is only
counted. The first real run is an operator's:

    flask --app wsgi retention run --dry-run                # what would happen
    flask --app wsgi retention run --kind stranger-text     # do it, from now on every night

It is refused unless a dry run of that kind was recorded within the last seven days. Everything goes in batches of 500,
each a transaction of its own. No health record is ever removed by the schedule: it proposes an erasure, and a person
decides (docs/rights.md).

The periods that come from no rule of the NHS are drafts: the deploying organisation's information governance lead
agrees them, and the DPIA names them."""
