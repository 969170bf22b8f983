"""What does the year print, and what does it write down?"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from benchmarks.year.recount import MUST_BE_ZERO

OF_THE_TEXTS = ("planned", "sent", "delivered", "failed", "lapsed", "unknown_left")


def write(figures: Mapping[str, Any], file: Path) -> None:
    """Keep the figures as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(figures, indent=2) + "\n")


def show(figures: Mapping[str, Any]) -> None:
    """Print them for a person."""
    click.echo(f"\n{figures['patients']} patients, {figures['days']} days, seed {figures['seed']}:")
    for name in OF_THE_TEXTS:
        click.echo(f"  {name.replace('_', ' '):<16}{figures[name]:>9,}")
    _table("skipped", figures["skipped"])
    _table("lapsed", figures["lapsed_why"])
    _table("faults", {name: count for name, count in figures["faults"].items() if count})
    if never := [name for name, count in figures["faults"].items() if not count]:
        click.secho(f"  never struck: {', '.join(never)}", fg="yellow")
    _table("crossed on the way", figures["crossed"])
    late = figures["lateness_seconds"]
    click.echo(f"  lateness, seconds  p50 {late['p50']}  p95 {late['p95']}  p99 {late['p99']}")
    click.echo(f"  {figures['seconds']:.0f} seconds\n")
    for name in MUST_BE_ZERO:
        colour = "red" if figures[name] else "green"
        click.secho(f"  {name.replace('_', ' '):<16}{figures[name]:>9,}", fg=colour, bold=True)
        for culprit in figures["culprits"].get(name, []):
            click.echo(f"    {culprit}")


def clean(figures: Mapping[str, Any]) -> bool:
    """Whether everything that must be zero is."""
    return not any(figures[name] for name in MUST_BE_ZERO)


def _table(title: str, counts: Mapping[str, int]) -> None:
    if counts:
        told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        click.echo(f"  {title}: {told}")
