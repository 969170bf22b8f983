"""How are FHIR's small parts written: addresses, references, instants? And what is left out?"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

Element = dict[str, Any]
# What a resource is called, by its type and its id.
Address = Callable[[str, str], str]

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


def in_bundle(kind: str, resource_id: str) -> str:
    """Its address within a bundle that goes out of the house. Most ids are UUIDs of our own; what has none, such as a
    change of consent, gets one that is always the same."""
    try:
        found = UUID(resource_id)
    except ValueError:
        found = uuid5(NAMESPACE_URL, f"{kind}/{resource_id}")
    return found.urn


def in_view(kind: str, resource_id: str) -> str:
    """Its address within the view at /fhir, relative to that."""
    return f"{kind}/{resource_id}"


def reference(at: Address, kind: str, resource_id: UUID | str) -> Element:
    """A reference to another resource."""
    return {"reference": at(kind, str(resource_id)), "type": kind}


def named(kind: str, words: str) -> Element:
    """A reference to somebody or something that is told by name alone: there is no resource of it here."""
    return {"type": kind, "display": words}


def instant(moment: datetime | None) -> str | None:
    """A moment with its offset, or nothing."""
    return moment.isoformat() if moment else None


def meta(*moments: datetime | None, version: int | None = None) -> Element:
    """When it last changed: the latest of these. To the microsecond, so that whoever asks for what is later than that
    misses nothing of the same second. `version`, where there is one, is the one that its ETag has."""
    found: Element = {} if version is None else {"versionId": str(version)}
    latest = max((moment for moment in moments if moment), default=None)
    return found | ({"lastUpdated": latest.isoformat(timespec="microseconds")} if latest else {})


def without_nothing(element: Element) -> Element:
    """FHIR has no empty elements: what is None, or an empty list, is left out."""
    return {name: value for name, value in element.items() if value is not None and value not in ([], {}, "")}
