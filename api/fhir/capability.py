"""What does the FHIR view offer? As a CapabilityStatement, which is its description."""

from api.fhir.element import Element
from api.fhir.search import LAST_UPDATED
from api.web.outcome import BASE, MEDIA_TYPE
from companion.domain.export import Part

# When the view last came to offer something else.
CHANGED_ON = "2026-11-26"
PATIENT_ID, PATIENT = "_id", "patient"
EVERYTHING = {
    "name": "everything",
    "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    "documentation": "Everything the view holds about one patient, on one page.",
}
SECURITY = (
    "A bearer token: of a member of staff (POST /v1/sign-ins) for the patients whom they care for, or of a patient "
    "(POST /v1/patient-sign-ins) for their own record. A partner with access to one record names it in the header "
    "Access-Grant. Every read is written down, and the patient can see by whom."
)


def statement(base_url: str) -> Element:
    """The statement of this very installation, which is found at `base_url`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CHANGED_ON,
        "kind": "instance",
        "software": {"name": "iHELP Companion"},
        "implementation": {"description": "A pain service's record, to be read", "url": base_url + BASE},
        "fhirVersion": "4.0.1",
        "format": [MEDIA_TYPE],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "description": SECURITY},
                "resource": [_resource(part) for part in Part],
            }
        ],
    }


def whose(part: Part) -> str:
    """The parameter that says which patient is meant."""
    return PATIENT_ID if part is Part.PATIENT else PATIENT


def _resource(part: Part) -> Element:
    by_id = {"name": PATIENT_ID, "type": "token", "documentation": "Required, unless the caller is a patient."}
    by_patient = {"name": PATIENT, "type": "reference", "documentation": "Required, unless the caller is a patient."}
    own: Element = {"operation": [EVERYTHING]} if part is Part.PATIENT else {}
    return {
        "type": part.value,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "versioned" if part in (Part.PATIENT, Part.CARE_PLAN) else "no-version",
        "searchParam": [
            by_id if part is Part.PATIENT else by_patient,
            {"name": LAST_UPDATED, "type": "date", "documentation": "A day or an instant, with eq, gt, ge, lt or le."},
        ],
        **own,
    }
