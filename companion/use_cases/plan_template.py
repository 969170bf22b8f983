"""How does a pain service write, approve and retire the templates that its plans begin with?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from companion.db import reading, scoped, transaction
from companion.domain import plan_template as rules
from companion.domain.access import Actor, Permission, require
from companion.domain.plan_difference import Difference
from companion.domain.plan_template import Template, TemplateStatus
from companion.domain.refusal import ConflictError, InvalidError
from companion.models import PlanTemplate, PlanTemplateVersion
from companion.records import audit
from companion.records import plan_template as templates


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template as it stands, with one of its versions: its row and what it says."""

    template: PlanTemplate
    version: PlanTemplateVersion
    said: Template


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how long the whole list is."""

    items: Sequence[TemplateView]
    total: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one version says otherwise than another; `base` need not be the older one."""

    base: int
    other: int
    differences: Sequence[Difference]


def listed(actor: Actor, status: TemplateStatus | None, offset: int, limit: int) -> Page:
    """The pain service's templates by name, each with its newest version; None asks for those of any status."""
    require(actor, Permission.SEE_TEMPLATE)
    query = scoped(PlanTemplate, actor)
    if status is not None:
        query = query.where(PlanTemplate.status == status)
    newest = (PlanTemplateVersion.template_id == PlanTemplate.id) & (
        PlanTemplateVersion.number == PlanTemplate.current_number
    )
    order = (PlanTemplateVersion.name, PlanTemplate.id)
    wanted = query.join(PlanTemplateVersion, newest).add_columns(PlanTemplateVersion).order_by(*order)
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = session.execute(wanted.offset(offset).limit(limit)).all()
    return Page([TemplateView(row, version, templates.said(version)) for row, version in rows], total)


def read(actor: Actor, template_id: UUID, number: int | None = None) -> TemplateView:
    """A template with its newest version, or with version `number` (from 1).

    Raises:
        NotFoundError: no such template in the actor's pain service, or no such version of it.
    """
    require(actor, Permission.SEE_TEMPLATE)
    with reading() as session:
        row = templates.owned(session, actor, template_id)
        version = templates.numbered(session, actor, row, number or row.current_number)
    return TemplateView(row, version, templates.said(version))


def versions(actor: Actor, template_id: UUID) -> list[TemplateView]:
    """Every version, the newest first.

    Raises:
        NotFoundError: no such template in the actor's pain service.
    """
    require(actor, Permission.SEE_TEMPLATE)
    with reading() as session:
        row = templates.owned(session, actor, template_id)
        every = scoped(PlanTemplateVersion, actor).where(PlanTemplateVersion.template_id == template_id)
        found = session.scalars(every.order_by(PlanTemplateVersion.number.desc())).all()
    return [TemplateView(row, version, templates.said(version)) for version in found]


def compare(actor: Actor, template_id: UUID, base: int, other: int) -> Comparison:
    """What version `other` says otherwise than version `base`, line by line.

    Raises:
        NotFoundError: no such template in the actor's pain service, or no such version of it.
    """
    require(actor, Permission.SEE_TEMPLATE)
    with reading() as session:
        row = templates.owned(session, actor, template_id)
        before, after = (templates.said(templates.numbered(session, actor, row, each)) for each in (base, other))
    return Comparison(base, other, rules.template_differences(before, after))


def add(actor: Actor, template: Template, now: datetime) -> TemplateView:
    """Write a new template, as a draft.

    Raises:
        InvalidError: it is not a sound template; every fault is named.
    """
    require(actor, Permission.WRITE_TEMPLATE)
    _require_sound(template, now)
    with transaction() as session:
        row = templates.begin(session, actor.pain_service_id, template, actor.id, now)
        audit.record(session, actor, "plan-template.add", row.id, now)
        version = templates.numbered(session, actor, row, 1)
        return TemplateView(row, version, templates.said(version))


def revise(
    actor: Actor, template_id: UUID, expected_version: int, template: Template, reason: str, now: datetime
) -> TemplateView:
    """Write the next version; those before stay as they are. Plans begin with the approved one until this is approved.

    Raises:
        NotFoundError: no such template in the actor's pain service.
        StaleError: somebody changed it since the version that the asker saw.
        ConflictError: it is retired.
        InvalidError: it is not a sound template; every fault is named.
    """
    require(actor, Permission.WRITE_TEMPLATE)
    _require_sound(template, now)
    with transaction() as session:
        row = templates.claimed(session, actor, template_id, expected_version)
        if row.status is TemplateStatus.RETIRED:
            raise ConflictError("A template that is retired cannot be revised. Write a new one.")
        template, row.next_line = rules.with_lines(template, row.next_line)
        row.current_number += 1
        templates.write(session, row, template, reason, actor.id, now)
        audit.record(session, actor, "plan-template.revise", template_id, now)
        version = templates.numbered(session, actor, row, row.current_number)
        return TemplateView(row, version, templates.said(version))


def approve(actor: Actor, template_id: UUID, number: int, now: datetime) -> TemplateView:
    """A named clinician, who did not write it, approves a version: plans may begin with it once the template is active.

    Raises:
        NotFoundError: no such template in the actor's pain service, or no such version of it.
        ConflictError: it is approved already, or a later one is; the actor wrote it; or the template is retired.
    """
    require(actor, Permission.APPROVE_TEMPLATE)
    with transaction() as session:
        row = templates.owned(session, actor, template_id, lock=True)
        version = templates.numbered(session, actor, row, number)
        if version.approved_at is not None:
            raise ConflictError("This version is already approved.")
        if row.status is TemplateStatus.RETIRED:
            raise ConflictError("A retired template cannot be approved. Write a new one.")
        if row.approved_number is not None and row.approved_number > number:
            raise ConflictError(f"Version {row.approved_number} is approved, and it is newer.")
        if version.author_id == actor.id:
            raise ConflictError("You wrote this version. Another clinician must read and approve it.")
        version.approved_by, version.approved_at = actor.id, now
        row.approved_number, row.version = number, row.version + 1
        audit.record(session, actor, "plan-template.approve", template_id, now)
        return TemplateView(row, version, templates.said(version))


def move(actor: Actor, template_id: UUID, expected_version: int, status: TemplateStatus, now: datetime) -> TemplateView:
    """Take a template into use, or retire it for good.

    Raises:
        NotFoundError: no such template in the actor's pain service.
        StaleError: somebody changed it since the version that the asker saw.
        ConflictError: its status does not lead there, or no version of it is approved.
    """
    require(actor, Permission.WRITE_TEMPLATE)
    with transaction() as session:
        row = templates.claimed(session, actor, template_id, expected_version)
        if status not in rules.MOVES[row.status]:
            raise ConflictError(f"A template that is {row.status} cannot become {status}.")
        if status is TemplateStatus.ACTIVE and row.approved_number is None:
            raise ConflictError(templates.NOT_APPROVED)
        row.status = status
        audit.record(session, actor, f"plan-template.{status}", template_id, now)
        version = templates.numbered(session, actor, row, row.current_number)
        return TemplateView(row, version, templates.said(version))


def _require_sound(template: Template, now: datetime) -> None:
    if found := rules.faults(template, now.date()):
        raise InvalidError(found)
