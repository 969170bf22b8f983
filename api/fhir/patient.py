"""A person, as FHIR's Patient."""

from collections.abc import Iterator

from api.fhir.element import NHS_NUMBER, Address, Element, meta, named, without_nothing
from companion.domain.export import MOVES_A_PATIENT
from companion.domain.patient import PatientStatus
from companion.use_cases.export import Export


def patients(export: Export, _at: Address) -> Iterator[Element]:
    """The one person. `active` says whether they are cared for here now."""
    row = export.patient
    moved = [moment for action, moment in export.moved.items() if action in MOVES_A_PATIENT]
    yield without_nothing(
        {
            "resourceType": "Patient",
            "id": str(row.id),
            "meta": meta(row.enrolled_at, *moved, version=row.version),
            "identifier": [{"system": NHS_NUMBER, "value": row.nhs_number}],
            "active": row.status is PatientStatus.ACTIVE,
            "name": [{"family": row.family_name, "given": [row.given_name]}],
            "telecom": [{"system": "phone", "use": "mobile", "value": row.mobile}],
            "birthDate": row.birth_date,
            "managingOrganization": named("Organization", export.service.name),
        }
    )
