"""The copy that a person gets of everything held about them, as a page to keep: in words, and in their local time."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import render_template

from companion.domain.audit import ACTION_WORDS
from companion.domain.export import WITHHELD
from companion.domain.local_words import day_at, day_words, moment_words, time_words, weekday_words
from companion.domain.nudge import REASON_WORDS
from companion.domain.plan_section import Part, parts
from companion.domain.plan_words import Reader, agreed_how
from companion.domain.record_words import words
from companion.use_cases.export import Export, Revision


def page(found: Export) -> str:
    """Return the whole copy. Days and times are those of the person's own time zone."""
    day, at = clock_words(found.patient.time_zone)
    lines = {
        (plan.plan.id, revision.row.number, line.line): line.words
        for plan in found.plans
        for revision in plan.revisions
        for line in revision.content.lines
    }

    def plan_parts(revision: Revision) -> list[Part]:
        return parts(revision.content, Reader.PATIENT, found.staff)

    def line_words(plan_id: UUID, number: int, line: str) -> str:
        return lines.get((plan_id, number, line), line)

    return render_template(
        "export.html",
        export=found,
        withheld=WITHHELD,
        reasons=REASON_WORDS,
        looks_words=ACTION_WORDS,
        parts=plan_parts,
        line_words=line_words,
        agreed_how=agreed_how,
        words=words,
        day=day,
        at=at,
        day_words=day_words,
        time_words=time_words,
        weekday_words=weekday_words,
    )


def clock_words(zone_name: str) -> tuple[Callable[[datetime], str], Callable[[datetime], str]]:
    """Return how a page says the day of a moment, and the day with its time, on the clock of that zone."""
    return partial(day_at, zone_name=zone_name), partial(moment_words, zone_name=zone_name)
