"""Who wrote a plan's words, when and why, and how the person agreed to them, as FHIR's Provenance."""

from collections.abc import Iterator
from typing import Any

from api.fhir.element import Address, Element, instant, meta, named, reference, without_nothing
from companion.domain.plan_words import agreed_how
from companion.use_cases.export import Export, Plan, Revision


def provenances(export: Export, at: Address) -> Iterator[Element]:
    """Of each plan, for each revision: that it was written, and that the person agreed to it, if they did."""
    for plan in export.plans:
        for revision in plan.revisions:
            yield _written(export, at, plan, revision)
            if revision.agreement is not None:
                yield _agreed(export, at, plan, revision.agreement)


def _written(export: Export, at: Address, plan: Plan, revision: Revision) -> Element:
    row = revision.row
    return without_nothing(
        {
            "resourceType": "Provenance",
            "id": f"{plan.plan.id}-{row.number}",
            "meta": meta(row.recorded_at),
            "target": [reference(at, "CarePlan", plan.plan.id)],
            "recorded": instant(row.recorded_at),
            "activity": {"text": f"Revision {row.number} was written"},
            "reason": [{"text": row.reason}] if row.reason else [],
            "agent": [{"who": author(export, revision)}],
        }
    )


def author(export: Export, revision: Revision) -> Element:
    """Who wrote it, by name; the pain service itself, where nobody is named."""
    name = export.staff.get(revision.row.author_id) if revision.row.author_id else None
    return named("Practitioner", name) if name else named("Organization", export.service.name)


def _agreed(export: Export, at: Address, plan: Plan, agreement: Any) -> Element:
    number = agreement.revision_number
    return {
        "resourceType": "Provenance",
        "id": f"{plan.plan.id}-{number}-agreed",
        "meta": meta(agreement.recorded_at),
        "target": [reference(at, "CarePlan", plan.plan.id)],
        "occurredDateTime": instant(agreement.agreed_at),
        "recorded": instant(agreement.recorded_at),
        "activity": {"text": f"Revision {number} was agreed to {agreed_how(agreement.how)}"},
        "agent": [{"who": reference(at, "Patient", export.patient.id)}],
    }
