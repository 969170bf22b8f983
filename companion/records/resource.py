"""Which entry of the directory is meant, and how does what it says become columns?"""

from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain import resource as rules
from companion.domain.access import Actor
from companion.domain.refusal import NotFoundError
from companion.domain.resource import Facts
from companion.models import Resource


def owned(session: Session, actor: Actor, resource_id: UUID, *, lock: bool = False) -> Resource:
    """The entry, if it is of the actor's pain service; locked until the transaction ends where asked.

    Raises:
        NotFoundError: no such entry there.
    """
    wanted = scoped(Resource, actor).where(Resource.id == resource_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFoundError("There is no such resource.")
    return row


def write(row: Resource, facts: Facts) -> None:
    """Have the row say these facts. Where it is, it takes people from as well."""
    for name in (
        "name",
        "kind",
        "description",
        "status",
        "cost",
        "cost_words",
        "access_needs",
        "place",
        "outward",
        "phone",
        "email",
        "web",
        "evidence",
        "evidence_source",
    ):
        setattr(row, name, getattr(facts, name))
    row.area = rules.area(facts.outward)
    row.needs = _padded(facts.needs)
    row.reach = _padded(facts.reach)
    row.folded = rules.folded(facts)


def has(word: str) -> str:
    """How one word stands in `needs` or `reach`."""
    return f" {word} "


def _padded(words: frozenset[str]) -> str:
    return has(" ".join(sorted(words))) if words else ""
