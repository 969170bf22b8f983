"""A referral to a hospital, as FHIR's ServiceRequest."""

from collections.abc import Iterator

from api.fhir.element import Address, Element, instant, meta, named, reference
from companion.use_cases.export import Export


def service_requests(export: Export, at: Address) -> Iterator[Element]:
    """Every referral that was written down: to whom, why, and what was tried first. What came of it we are not told,
    and that is what its status says."""
    for referral in export.hospital_referrals:
        yield {
            "resourceType": "ServiceRequest",
            "id": str(referral.id),
            "meta": meta(referral.recorded_at),
            "status": "unknown",
            "intent": "order",
            "category": [{"text": "Referral to a hospital"}],
            "subject": reference(at, "Patient", export.patient.id),
            "authoredOn": instant(referral.referred_at),
            "requester": named("Organization", export.service.name),
            "performer": [named("Organization", referral.to)],
            "reasonCode": [{"text": referral.reason}],
            "note": [{"text": f"Tried first: {referral.tried_first}"}],
        }
