"""A whole record as one FHIR R4 Bundle."""

from api.fhir.element import Element, in_bundle, instant
from api.fhir.resource import resources
from api.web import outcome
from companion.use_cases.export import Export

MEDIA_TYPE = outcome.MEDIA_TYPE


def bundle(export: Export) -> Element:
    """A collection of everything that FHIR has a resource for. What it has none for is in the JSON form."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(export.made_at),
        "entry": [
            {"fullUrl": in_bundle(each["resourceType"], each["id"]), "resource": each}
            for each in resources(export, in_bundle)
        ],
    }
