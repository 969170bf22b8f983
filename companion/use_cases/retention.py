"""What is past its time, and what becomes of it? First counted, then done, kind by kind and batch by batch."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from companion.db import reading, transaction
from companion.domain.refusal import ConflictError
from companion.domain.retention import DRY_RUN_HOLDS, RULES, SCHEDULE, RecordKind, is_night, may_begin, older_than
from companion.models import RetentionRun
from companion.records import retention

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """One kind of record: how many were past their time, and with how many something was done."""

    kind: RecordKind
    found: int
    done: int
    dry: bool


def dry_run(now: datetime, kinds: Sequence[RecordKind] = ()) -> list[Looked]:
    """Count what is past its time, of these kinds or of all, and touch nothing. The count is kept, and holds a week."""
    return [_counted(kind, now) for kind in kinds or RULES]


def run(now: datetime, kinds: Sequence[RecordKind] = ()) -> list[Looked]:
    """Do what the schedule says with these kinds, or with all.

    Raises:
        ConflictError: a kind was never run before, and nobody saw within the last week what would happen.
    """
    wanted = list(kinds or RULES)
    with reading() as session:
        unseen = [kind for kind in wanted if not _may_begin(session, kind, now)]
    if unseen:
        days = DRY_RUN_HOLDS.days
        raise ConflictError(
            f"Do a dry run first: no dry run in the last {days} days is recorded for {', '.join(unseen)} (--dry-run)."
        )
    return [_done(kind, now) for kind in wanted]


def nightly(now: datetime) -> list[Looked]:
    """Once a night: run what an operator has run before, and only count the rest. Nothing by day."""
    if not is_night(now):
        return []
    looked = []
    for rule in SCHEDULE:
        with reading() as session:
            newest = session.scalar(select(func.max(RetentionRun.ran_at)).where(RetentionRun.kind == rule.kind))
            begun = _last(session, rule.kind, dry=False) is not None
        if newest is None or newest.date() < now.date():
            looked.append(_done(rule.kind, now) if begun else _counted(rule.kind, now))
    for one in looked:
        if one.found:
            log.info("retention %s: %s past their time, %s dealt with", one.kind, one.found, one.done)
    return looked


def _may_begin(session: Session, kind: RecordKind, now: datetime) -> bool:
    return may_begin(_last(session, kind, dry=True), _last(session, kind, dry=False), now)


def _last(session: Session, kind: RecordKind, *, dry: bool) -> datetime | None:
    wanted = select(func.max(RetentionRun.ran_at)).where(RetentionRun.kind == kind, RetentionRun.dry.is_(dry))
    return session.scalar(wanted)


def _counted(kind: RecordKind, now: datetime) -> Looked:
    with transaction() as session:
        found = retention.count(session, kind, older_than(RULES[kind], now))
        return _written(session, Looked(kind, found, 0, True), now)


def _done(kind: RecordKind, now: datetime) -> Looked:
    before = older_than(RULES[kind], now)
    done, some = 0, 1
    while some:
        with transaction() as session:
            some = retention.end_some(session, kind, before, now)
        done += some
    with transaction() as session:
        left = retention.count(session, kind, before)
        return _written(session, Looked(kind, done + left, done, False), now)


def _written(session: Session, looked: Looked, now: datetime) -> Looked:
    session.add(RetentionRun(kind=looked.kind, dry=looked.dry, found=looked.found, done=looked.done, ran_at=now))
    return looked
