"""A whole record as one FHIR R4 Bundle."""

from uuid import NAMESPACE_URL, UUID, uuid5

from api.fhir.care_plan import care_plan
from api.fhir.communication import communications
from api.fhir.consent import consents
from api.fhir.element import Element, address, instant
from api.fhir.goal import goals
from api.fhir.patient import patient
from api.fhir.task import tasks
from companion.use_cases.export import Export

MEDIA_TYPE = "application/fhir+json"


def bundle(export: Export) -> Element:
    """A collection of everything that FHIR has a resource for. What it has none for is in the JSON form."""
    resources = [patient(export)]
    for plan in export.plans:
        resources += [care_plan(export, plan), *goals(export, plan)]
    resources += [*consents(export), *communications(export), *tasks(export)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(export.made_at),
        "entry": [{"fullUrl": address(_uuid(resource["id"])), "resource": resource} for resource in resources],
    }


def _uuid(resource_id: str) -> UUID:
    """Most ids are UUIDs of our own; what has none, such as a change of consent, gets one that is always the same."""
    try:
        return UUID(resource_id)
    except ValueError:
        return uuid5(NAMESPACE_URL, resource_id)
