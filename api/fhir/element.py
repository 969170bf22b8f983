"""How are FHIR's small parts written: references, instants, coded words? And what is left out?"""

from datetime import datetime
from typing import Any
from uuid import UUID

Element = dict[str, Any]

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


def reference(kind: str, row_id: UUID) -> Element:
    """A reference to another resource of the same bundle, by its address there."""
    return {"reference": address(row_id), "type": kind}


def address(row_id: UUID) -> str:
    """How a resource is called within a bundle."""
    return f"urn:uuid:{row_id}"


def instant(moment: datetime | None) -> str | None:
    """A moment with its offset, or nothing."""
    return moment.isoformat() if moment else None


def without_nothing(element: Element) -> Element:
    """FHIR has no empty elements: what is None, or an empty list, is left out."""
    return {name: value for name, value in element.items() if value is not None and value not in ([], {}, "")}
