"""How do entries come into the audit trail, and does the trail still hold? (P11)"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion import keys
from companion.bulk import insert_all, insert_if_absent
from companion.domain.access import ActorKind
from companion.domain.audit import BEGIN, COVERED, NOTHING, REDACT, Anchor, Fault, Finding, canonical, named_place
from companion.keys import DoesNotOpenError, KeyRing
from companion.models import AuditEntry, AuditHead

PURPOSE = "audit"
BATCH = 1_000

Row = dict[str, Any]


def append(session: Session, rows: Sequence[Row]) -> None:
    """Put the entries at the end of their pain services' chains: the last thing that a transaction does.

    Chains are taken in one order, whoever writes: two who wrote to two of them could otherwise wait for each other.
    """
    ring = keys.of(session)
    for service_id in sorted({row["pain_service_id"] for row in rows}):
        some = [row for row in rows if row["pain_service_id"] == service_id]
        head = _held(session, ring, service_id, some[0])
        for row in some:
            _link(ring, head, row)
        insert_all(session, AuditEntry, some)


def _link(ring: KeyRing, head: AuditHead, row: Row) -> None:
    head.seq += 1
    row["seq"] = head.seq
    row["hash"] = head.hash = _hash(ring, head.hash, row)


def _hash(ring: KeyRing, before: str, row: Row) -> str:
    return ring.mac(PURPOSE, before.encode() + canonical(row)).hex()


def _held(session: Session, ring: KeyRing, service_id: UUID, like: Row) -> AuditHead:
    """The end of the chain, ours until the commit. A chain begins by vouching for entries that are older than it."""
    wanted = select(AuditHead).where(AuditHead.pain_service_id == service_id).with_for_update()
    found = session.scalar(wanted)
    if found is not None:
        return found
    insert_if_absent(session, AuditHead, [{"pain_service_id": service_id, "seq": 0, "hash": NOTHING}])
    head = session.scalars(wanted).one()
    count, digest = _older(session, service_id)
    if head.seq == 0 and count:
        first = {**dict.fromkeys(COVERED), "pain_service_id": service_id, "actor_kind": ActorKind.SYSTEM}
        first |= {"action": BEGIN, "entity_id": str(count), "fields": [digest], "recorded_at": like["recorded_at"]}
        _link(ring, head, first)
        insert_all(session, AuditEntry, [first])
    return head


def _older(session: Session, service_id: UUID) -> tuple[int, str]:
    """How many entries stand outside the chain, and what they say, in short."""
    said, count = sha256(), 0
    for entry in _entries(session, service_id, chained=False):
        said.update(canonical(as_row(entry)))
        count += 1
    return count, said.hexdigest()


def verify(
    session: Session, service_id: UUID, anchor: Anchor | None, told: Callable[[int], object]
) -> Finding | Anchor | None:
    """The first thing that is wrong with a pain service's trail; else where it ends, or None if it is empty.

    anchor: where it ended at an earlier look, which nobody can have set back. told: how many more have been looked at.
    """
    ring, hash_, seq, vouched = keys.of(session), NOTHING, 0, (0, sha256().hexdigest())
    # Entries that are not as they were written, by their place: what is left of them, until one vouches for it.
    emptied: dict[int, str] = {}
    for some in _batches(_entries(session, service_id, chained=True)):
        for entry in some:
            if entry.seq != seq + 1:
                return _first(emptied) or Finding(Fault.MISSING, seq + 1)
            seq += 1
            try:
                row = as_row(entry)
            except DoesNotOpenError:
                return _first(emptied) or Finding(Fault.CHANGED, seq)
            hash_ = _hash(ring, hash_, row)
            if hash_ != entry.hash:
                if row["reason"] is not None or entry.hash is None:
                    return _first(emptied) or Finding(Fault.CHANGED, seq)
                emptied[seq], hash_ = sha256(canonical(row)).hexdigest(), entry.hash
            elif entry.action == REDACT:
                _vouch(emptied, entry.fields)
            if anchor is not None and seq == anchor.seq and hash_ != anchor.hash:
                return _first(emptied) or Finding(Fault.CHANGED, seq)
            if entry.action == BEGIN and seq == 1:
                vouched = (int(entry.entity_id), entry.fields[0])
        told(len(some))
    if emptied:
        return _first(emptied)
    head = session.get(AuditHead, service_id)
    if head is None and seq == 0 and anchor is None:
        return None  # nobody has written anything since trails are chained
    end = max(head.seq if head else 0, anchor.seq if anchor else 0)
    if seq < end or (head is not None and head.hash != hash_):
        return Finding(Fault.CUT_OFF, seq + 1)
    if _older(session, service_id) != vouched:
        return Finding(Fault.OUTSIDE, 0)
    return Anchor(seq, hash_) if seq else None


def _first(emptied: dict[int, str]) -> Finding | None:
    return Finding(Fault.CHANGED, min(emptied)) if emptied else None


def _vouch(emptied: dict[int, str], fields: Iterable[str]) -> None:
    for seq, digest in map(named_place, fields):
        if emptied.get(seq) == digest:
            del emptied[seq]


def _entries(session: Session, service_id: UUID, *, chained: bool) -> Iterator[AuditEntry]:
    mine = select(AuditEntry).where(AuditEntry.pain_service_id == service_id)
    if chained:
        wanted = mine.where(AuditEntry.seq.is_not(None)).order_by(AuditEntry.seq)
    else:
        wanted = mine.where(AuditEntry.seq.is_(None)).order_by(AuditEntry.id)
    for entry in session.scalars(wanted.execution_options(yield_per=BATCH)):
        yield entry
        session.expunge(entry)


def _batches(entries: Iterable[AuditEntry]) -> Iterator[list[AuditEntry]]:
    some: list[AuditEntry] = []
    for entry in entries:
        some.append(entry)
        if len(some) == BATCH:
            yield some
            some = []
    yield some


def as_row(entry: AuditEntry) -> Row:
    """What the entry's hash covers."""
    return {name: getattr(entry, name) for name in COVERED}
