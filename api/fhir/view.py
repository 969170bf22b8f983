"""The record as FHIR R4 has it, to be read by other systems and by the patient's own apps."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, json, request

from api import current, house
from api.fhir import search
from api.fhir.capability import statement, whose
from api.fhir.element import Element, in_view
from api.fhir.resource import resources
from api.web.outcome import BASE, MEDIA_TYPE
from companion.domain.access import ActorKind
from companion.domain.export import Part
from companion.domain.refusal import NotFoundError
from companion.use_cases import export

door = Blueprint("fhir-door", __name__)
blueprint = Blueprint("fhir", __name__)

# By what each is called in an address: the id of a row, and what tells several of that row apart.
_NUMBER = "<int(min=1, max=1000000):number>"
ADDRESSES: dict[Part, tuple[str, ...]] = {
    Part.PATIENT: ("<uuid:patient_id>",),
    Part.EPISODE_OF_CARE: ("<uuid:episode_id>",),
    Part.CARE_PLAN: ("<uuid:plan_id>",),
    Part.GOAL: ("<uuid:plan_id>-<string(length=16):goal>",),
    Part.PROVENANCE: (f"<uuid:plan_id>-{_NUMBER}", f"<uuid:agreed_id>-{_NUMBER}-agreed"),
    Part.SERVICE_REQUEST: ("<uuid:referral_id>",),
    Part.CONSENT: (f"<uuid:patient_id>-{_NUMBER}",),
    Part.COMMUNICATION: ("<uuid:message_id>",),
    Part.TASK: ("<uuid:task_id>",),
}
LENIENT = "handling=lenient"


@door.get("/metadata")
def metadata() -> Response:
    """What there is to be had here."""
    return _answer(statement(house.config().public_base_url))


@blueprint.get("/Patient/<uuid:patient_id>/$everything")
def everything(patient_id: UUID) -> Response:
    """All of one patient, on one page."""
    search.understand_nothing_else(request.args, lenient=_is_lenient())
    found = resources(export.part_of(current.actor(), patient_id, None, house.now()), in_view)
    return _answer(_searchset(found, len(found), [("self", _url(f"Patient/{patient_id}/$everything"))]))


def _reading(part: Part) -> Callable[..., Response]:
    def read(**named: object) -> Response:
        """One resource."""
        search.understand_nothing_else(request.args, lenient=_is_lenient())
        resource_id = request.path.rpartition("/")[2].lower()
        row_id = next(value for value in named.values() if isinstance(value, UUID))
        found = export.part_with(current.actor(), part, row_id, house.now())
        for resource in resources(found, in_view, part):
            if resource["id"] == resource_id:
                return _answer(resource)
        raise NotFoundError(f"There is no such {part}.")

    return read


def _searching(part: Part) -> Callable[[], Response]:
    def find() -> Response:
        """Those of one patient, a page at a time."""
        actor = current.actor()
        own = actor.id if actor.kind is ActorKind.PATIENT else None
        asked = search.understood(request.args, whose(part), own, lenient=_is_lenient())
        found = resources(export.part_of(actor, asked.patient_id, part, house.now()), in_view, part)
        page, total, following = asked.page(found)
        links = [("self", _url(part, asked.words()))]
        links += [("next", _url(part, asked.words(following)))] if following else []
        return _answer(_searchset(page, total, links))

    return find


def _is_lenient() -> bool:
    return LENIENT in request.headers.get("Prefer", "").replace(" ", "")


def _searchset(page: list[Element], total: int, links: list[tuple[str, str]]) -> Element:
    entries = [
        {"fullUrl": _url(in_view(each["resourceType"], each["id"])), "resource": each, "search": {"mode": "match"}}
        for each in page
    ]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": total,
        "link": [{"relation": relation, "url": url} for relation, url in links],
        **({"entry": entries} if entries else {}),
    }


def _url(path: str, query: str = "") -> str:
    return f"{house.config().public_base_url}{BASE}/{path}" + (f"?{query}" if query else "")


def _answer(resource: Element) -> Response:
    made = Response(json.dumps(resource), mimetype=MEDIA_TYPE)
    version = resource.get("meta", {}).get("versionId")
    if version is not None:
        made.set_etag(version, weak=True)
    return made


for _part, _addresses in ADDRESSES.items():
    _read = _reading(_part)
    blueprint.add_url_rule(f"/{_part}", f"find-{_part}", _searching(_part))
    for _address in _addresses:
        blueprint.add_url_rule(f"/{_part}/{_address}", f"read-{_part}", _read)
