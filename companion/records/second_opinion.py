"""Which second opinion is meant, and how does it come to its end? Inside a transaction that somebody else began."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain.access import Actor, ActorKind
from companion.domain.refusal import ConflictError, NotFoundError
from companion.domain.second_opinion import OpinionStatus
from companion.models import AccessGrant, CarePlan, PainService, SecondOpinion, Staff
from companion.records import access_grant as grants
from companion.records import patient as patients
from companion.records import task

NONE = "There is no such second opinion."
SETTLED = "This request is closed: an opinion was given, or the request was withdrawn."
ENDED = "The plan has ended."
DONE = "See the second opinion for the outcome."


@dataclass(frozen=True, slots=True)
class Person:
    """A clinician, by name, and where they work."""

    name: str
    pain_service: str


@dataclass(frozen=True, slots=True)
class OpinionView:
    """A second opinion with who gave it, and with the access that a partner got for it, and that partner."""

    opinion: SecondOpinion
    giver: Person | None
    access: AccessGrant | None
    partner: Person | None

    @property
    def asked_by_patient(self) -> bool:
        """Or else a clinician of their pain service asked."""
        return self.opinion.asked_by is None


def held(session: Session, actor: Actor, opinion_id: UUID) -> SecondOpinion:
    """The second opinion, if it is of the actor's scope. Its patient's row and its plan's are ours until the
    transaction ends, so that whatever is done to the opinions on their plans is done one after the other.

    Raises:
        NotFoundError: no such second opinion there.
        ForbiddenError: its patient's record is restricted, and staff gave no reason.
    """
    row = session.scalar(scoped(SecondOpinion, actor).where(SecondOpinion.id == opinion_id))
    if row is None:
        raise NotFoundError(NONE)
    return _fresh(session, actor, row)


def held_by_giver(session: Session, actor: Actor, opinion_id: UUID, now: datetime) -> tuple[SecondOpinion, Actor]:
    """The same for whoever gives it, with the actor as one of the patient's pain service: a partner who was let in for
    this very opinion acts there under that access, for its reason.

    Raises:
        NotFoundError: no such second opinion there, or no live access of the actor's that is for it.
        ConflictError: it is closed.
        ForbiddenError: its patient's record is restricted.
    """
    row = session.scalar(scoped(SecondOpinion, actor).where(SecondOpinion.id == opinion_id))
    if row is not None:
        require_open(_fresh(session, actor, row))
        return row, actor
    asked = (
        select(SecondOpinion)
        .join(AccessGrant, AccessGrant.id == SecondOpinion.access_grant_id)
        .where(SecondOpinion.id == opinion_id, AccessGrant.holder_id == actor.id, AccessGrant.from_at <= now)
        .where(AccessGrant.until_at > now, AccessGrant.ended_at.is_(None))
    )
    row = session.scalar(asked)
    if row is None:
        raise NotFoundError(NONE)
    there = replace(actor, pain_service_id=row.pain_service_id)
    require_open(_fresh(session, there, row))
    grant = grants.held(session, there, row.access_grant_id)
    # It may have ended, or have gone to somebody else, while we waited for the patient.
    if grant is None or grant.holder_id != actor.id or not grants.is_live(grant, now):
        raise NotFoundError(NONE)
    return row, replace(there, reason=grant.reason)


def _fresh(session: Session, actor: Actor, row: SecondOpinion) -> SecondOpinion:
    patients.owned(session, actor, row.patient_id, lock=True)
    held_plan(session, actor, row)
    session.refresh(row)
    return row


def held_plan(session: Session, actor: Actor, row: SecondOpinion) -> CarePlan:
    """The plan that it is about, as it stands and until the transaction ends: neither revised nor ended meanwhile."""
    wanted = scoped(CarePlan, actor).where(CarePlan.id == row.care_plan_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def require_open(row: SecondOpinion) -> None:
    """Raise unless the second opinion is open.

    Raises:
        ConflictError: it is closed.
    """
    if row.status is not OpinionStatus.REQUESTED:
        raise ConflictError(SETTLED)


def close(session: Session, actor: Actor, row: SecondOpinion, status: OpinionStatus, words: str, now: datetime) -> None:
    """Write the end of a question that is held. The partner's access ends with it, and so does what waited."""
    grants.end(grants.held(session, actor, row.access_grant_id), actor, now)
    task.finish(session, actor, row.task_id, DONE, now)
    # Last, and at once: each query before writes what was changed, and the row is sound before and after, not between.
    row.status, row.words, row.closed_at = status, words, now
    row.closed_by = actor.id if actor.kind is ActorKind.STAFF else None


def lapse(session: Session, actor: Actor, plan: CarePlan, now: datetime) -> None:
    """A plan that is held has ended: what was still asked about it is asked no more, and a partner's access is over."""
    mine = scoped(SecondOpinion, actor).where(SecondOpinion.care_plan_id == plan.id)
    row = session.scalar(mine.where(SecondOpinion.status == OpinionStatus.REQUESTED).with_for_update())
    if row is not None:
        close(session, actor, row, OpinionStatus.WITHDRAWN, ENDED, now)


def view(session: Session, row: SecondOpinion) -> OpinionView:
    """The opinion with the names that belong to it."""
    giver = _person(session, row.closed_by) if row.status is OpinionStatus.GIVEN else None
    grant = session.get(AccessGrant, row.access_grant_id) if row.access_grant_id is not None else None
    return OpinionView(row, giver, grant, _person(session, grant.holder_id) if grant is not None else None)


def _person(session: Session, staff_id: UUID | None) -> Person:
    member = session.get_one(Staff, staff_id)
    return Person(member.name, session.get_one(PainService, member.pain_service_id).name)
