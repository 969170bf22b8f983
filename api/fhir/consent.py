"""A person's agreement to texts, as FHIR's Consent."""

from collections.abc import Iterator

from api.fhir.element import Address, Element, instant, meta, reference, without_nothing
from companion.domain.consent import ConsentStatus
from companion.use_cases.export import Export

# FHIR R4 consent-state-codes.
STATES: dict[ConsentStatus, str] = {
    ConsentStatus.NOT_ASKED: "proposed",
    ConsentStatus.GIVEN: "active",
    ConsentStatus.WITHDRAWN: "inactive",
}
WORDS: dict[ConsentStatus, str] = {
    ConsentStatus.NOT_ASKED: "Not yet asked for a yes",
    ConsentStatus.GIVEN: "A yes",
    ConsentStatus.WITHDRAWN: "A no",
}


def consents(export: Export, at: Address) -> Iterator[Element]:
    """Every change of it, oldest first; a yes that another change came after is active no longer. It is an agreement
    to texts, and not the lawful basis of the record."""
    followed = [event.recorded_at for event in export.consents[1:]]
    for number, event in enumerate(export.consents, start=1):
        after = followed[number - 1] if number <= len(followed) else None
        yield without_nothing(
            {
                "resourceType": "Consent",
                "id": f"{export.patient.id}-{number}",
                "meta": meta(event.recorded_at, after),
                "status": "inactive" if after else STATES[event.status],
                "scope": {"text": "Text messages"},
                "category": [{"text": f"{WORDS[event.status]} to text messages about their own care"}],
                "patient": reference(at, "Patient", export.patient.id),
                "dateTime": instant(event.effective_at),
                "policyRule": {"text": "Only safety and sign-in texts go to a patient who has not agreed"},
            }
        )
