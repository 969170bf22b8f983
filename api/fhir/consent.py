"""A person's agreement to texts, as FHIR's Consent."""

from api.fhir.element import Element, instant, reference, without_nothing
from companion.domain.consent import ConsentStatus
from companion.use_cases.export import Export

# FHIR R4 consent-state-codes.
STATES: dict[ConsentStatus, str] = {
    ConsentStatus.NOT_ASKED: "proposed",
    ConsentStatus.GIVEN: "active",
    ConsentStatus.WITHDRAWN: "inactive",
}


def consents(export: Export) -> list[Element]:
    """Every change of it, oldest first. It is an agreement to texts, and not the lawful basis of the record."""
    return [
        without_nothing(
            {
                "resourceType": "Consent",
                "id": f"{export.patient.id}-{number}",
                "status": STATES[event.status],
                "scope": {"text": "Text messages"},
                "category": [{"text": "Agreement to text messages about their own care"}],
                "patient": reference("Patient", export.patient.id),
                "dateTime": instant(event.effective_at),
                "policyRule": {"text": "Nothing but safety and sign-in texts goes to who has not agreed"},
            }
        )
        for number, event in enumerate(export.consents, start=1)
    ]
