"""A person, as FHIR's Patient."""

from api.fhir.element import NHS_NUMBER, Element, without_nothing
from companion.domain.patient import PatientStatus
from companion.use_cases.export import Export


def patient(export: Export) -> Element:
    """The person. `active` says whether they are cared for here now."""
    row = export.patient
    return without_nothing(
        {
            "resourceType": "Patient",
            "id": str(row.id),
            "identifier": [{"system": NHS_NUMBER, "value": row.nhs_number}],
            "active": row.status is PatientStatus.ACTIVE,
            "name": [{"family": row.family_name, "given": [row.given_name]}],
            "telecom": [{"system": "phone", "use": "mobile", "value": row.mobile}],
            "managingOrganization": {"display": export.service.name},
        }
    )
