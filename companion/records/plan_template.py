"""Which template is meant, how does a version become a row and a row a version, and how does a plan begin with it?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain import plan_template as rules
from companion.domain.access import Actor
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, ActivityStatus, Content, DoneBy, Medicine, Need, NeedKind
from companion.domain.plan_difference import Difference
from companion.domain.plan_section import FLARE
from companion.domain.plan_template import Decision, Prompts, Start, Template, TemplateStatus
from companion.domain.refusal import ConflictError, InvalidError, NotFoundError, StaleError
from companion.domain.working_hours import WEEK, Weekday
from companion.models import CarePlan, PlanStart, PlanTemplate, PlanTemplateVersion

STALE = "This template has changed since you read it. Check what changed, then make your change to the current version."
NOT_APPROVED = (
    "No clinician has approved this version yet. A clinician who did not write it must approve it before a plan can "
    "start from it."
)
# How a value of a line is read back from JSON, where it is more than words.
_READ: Mapping[str, Any] = {
    "kind": NeedKind,
    "behaviour": Behaviour,
    "status": ActivityStatus,
    "done_by": DoneBy,
    "days_of_week": lambda days: frozenset(map(Weekday, days)),
    "time_of_day": time.fromisoformat,
}
_KINDS: Mapping[str, type[Any]] = {"needs": Need, "activities": Activity, "medicines_to_review": Medicine}


@dataclass(frozen=True, slots=True)
class StartView:
    """How a plan began, and what the template's version was called."""

    start: PlanStart
    name: str


def owned(session: Session, actor: Actor, template_id: UUID, *, lock: bool = False) -> PlanTemplate:
    """The template, if it is of the actor's pain service; locked until the transaction ends where asked.

    Raises:
        NotFoundError: no such template there.
    """
    wanted = scoped(PlanTemplate, actor).where(PlanTemplate.id == template_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFoundError("There is no such plan template.")
    return row


def claimed(session: Session, actor: Actor, template_id: UUID, expected_version: int) -> PlanTemplate:
    """The template at its next version, ours until the transaction ends.

    Raises:
        NotFoundError: no such template there.
        StaleError: it is not at that version any more; with what it says otherwise now.
    """
    row = owned(session, actor, template_id, lock=True)
    if row.version != expected_version:
        raise StaleError(STALE, row.version, _since(session, actor, row, expected_version))
    row.version += 1
    return row


def _since(session: Session, actor: Actor, row: PlanTemplate, version: int) -> list[Difference] | None:
    """What it says now otherwise than at an earlier version; None if it never was at that version."""
    wanted = scoped(PlanTemplateVersion, actor).where(PlanTemplateVersion.template_id == row.id)
    then = wanted.where(PlanTemplateVersion.version <= version).with_only_columns(func.max(PlanTemplateVersion.number))
    number = session.scalar(then) if version < row.version else None
    if number is None:
        return None
    before, after = (said(numbered(session, actor, row, each)) for each in (number, row.current_number))
    return rules.template_differences(before, after)


def numbered(session: Session, actor: Actor, row: PlanTemplate, number: int) -> PlanTemplateVersion:
    """One version of it.

    Raises:
        NotFoundError: it has no such version.
    """
    wanted = scoped(PlanTemplateVersion, actor).where(PlanTemplateVersion.template_id == row.id)
    found = session.scalar(wanted.where(PlanTemplateVersion.number == number))
    if found is None:
        raise NotFoundError("This template does not have that version.")
    return found


def begin(
    session: Session, service_id: UUID, template: Template, author_id: UUID | None, now: datetime
) -> PlanTemplate:
    """A new template, as a draft with its first version. Without an author it comes with the product."""
    template, next_line = rules.with_lines(template, 1)
    row = PlanTemplate(
        id=uuid4(),
        pain_service_id=service_id,
        status=TemplateStatus.DRAFT,
        current_number=1,
        version=1,
        next_line=next_line,
        created_at=now,
    )
    session.add(row)
    session.flush()
    write(session, row, template, None, author_id, now)
    return row


def write(
    session: Session, row: PlanTemplate, template: Template, reason: str | None, author_id: UUID | None, now: datetime
) -> None:
    """Write the version that `row` calls the current one; every line has its name."""
    session.add(
        PlanTemplateVersion(
            template_id=row.id,
            number=row.current_number,
            pain_service_id=row.pain_service_id,
            version=row.version,
            name=template.name,
            content=_laid_out(template),
            reason=reason,
            author_id=author_id,
            recorded_at=now,
        )
    )
    session.flush()


def said(row: PlanTemplateVersion) -> Template:
    """What a version says: what it was written from."""
    content = row.content
    says: dict[str, Any] = {name: content[name] for name in FLARE}
    says |= {part: tuple(_line(kind, each) for each in content[part]) for part, kind in _KINDS.items()}
    return Template(row.name, content["suits"], Prompts(**content["prompts"]), **says)


def _laid_out(template: Template) -> dict[str, Any]:
    content = {name: getattr(template, name) for name in ("suits", *FLARE)}
    lines = {part: [_plain(each) for each in getattr(template, part)] for part in _KINDS}
    return content | {"prompts": asdict(template.prompts)} | lines


def _plain(line: Any) -> dict[str, Any]:
    """What a line says besides what it says anyway."""
    values = {field.name: getattr(line, field.name) for field in fields(line)}
    return {name: _value(value) for name, value in values.items() if value is not None}


def _value(value: Any) -> Any:
    if isinstance(value, frozenset):
        return [day for day in WEEK if day in value]
    return value.isoformat() if isinstance(value, time) else value


def _line(kind: type[Any], plain: Mapping[str, Any]) -> Any:
    return kind(**{name: _READ.get(name, str)(value) for name, value in plain.items()})


def begun(session: Session, actor: Actor, start: Start, own: Content) -> tuple[Content, int]:
    """A plan that begins with a template: what is their own, and what is kept; and the first number that no line of the
    template had, so that no other line is ever called what was left out. The template stays as it is until then.

    Raises:
        NotFoundError: no such template in the actor's pain service, or no such version of it.
        ConflictError: the version is not approved, or no longer the one to start from; or the template is not active.
        InvalidError: not every line was decided upon, or the plan does not go together with what was decided.
    """
    row = owned(session, actor, start.template_id, lock=True)
    version = numbered(session, actor, row, start.number)
    if version.approved_by is None:
        raise ConflictError(NOT_APPROVED)
    if row.approved_number != start.number:
        raise ConflictError(f"Version {row.approved_number} has been approved since: start from that one.")
    if row.status is not TemplateStatus.ACTIVE:
        raise ConflictError(f"A plan cannot start from a template that is {row.status}.")
    template = said(version)
    if found := rules.decision_faults(template, own, start.decisions):
        raise InvalidError(found)
    return rules.begun(template, own, start.decisions), row.next_line


def note(session: Session, actor: Actor, plan: CarePlan, start: Start, now: datetime) -> None:
    """Write down with which version the plan began, and what became of its lines."""
    version = numbered(session, actor, owned(session, actor, start.template_id), start.number)

    def those(decision: Decision) -> list[str]:
        return [each.line for each in start.decisions if each.decision is decision]

    session.add(
        PlanStart(
            care_plan_id=plan.id,
            pain_service_id=plan.pain_service_id,
            patient_id=plan.patient_id,
            template_id=version.template_id,
            template_number=version.number,
            approved_by=version.approved_by,
            kept=those(Decision.KEPT),
            changed=those(Decision.CHANGED),
            left_out=those(Decision.LEFT_OUT),
            recorded_at=now,
        )
    )
