"""Which resources are made of which part of a record?"""

from collections.abc import Callable, Iterator
from datetime import datetime

from api.fhir.care_plan import care_plans
from api.fhir.communication import communications
from api.fhir.consent import consents
from api.fhir.element import Address, Element
from api.fhir.episode_of_care import episodes_of_care
from api.fhir.goal import goals
from api.fhir.patient import patients
from api.fhir.provenance import provenances
from api.fhir.service_request import service_requests
from api.fhir.task import tasks
from companion.domain.export import Part
from companion.use_cases.export import Export

RESOURCES: dict[Part, Callable[[Export, Address], Iterator[Element]]] = {
    Part.PATIENT: patients,
    Part.EPISODE_OF_CARE: episodes_of_care,
    Part.CARE_PLAN: care_plans,
    Part.GOAL: goals,
    Part.PROVENANCE: provenances,
    Part.SERVICE_REQUEST: service_requests,
    Part.CONSENT: consents,
    Part.COMMUNICATION: communications,
    Part.TASK: tasks,
}


def resources(export: Export, at: Address, part: Part | None = None) -> list[Element]:
    """Those of one part, or of all of them."""
    return [found for each in ([part] if part else Part) for found in RESOURCES[each](export, at)]


def updated_at(resource: Element) -> datetime:
    """When it last changed."""
    return datetime.fromisoformat(resource["meta"]["lastUpdated"])
