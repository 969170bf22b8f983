"""The directory of resources: what could help nearby, and what came of it."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.page import offset, paged
from api.schemas.resource import (
    CheckListSchema,
    CheckMadeSchema,
    CheckSchema,
    CountListSchema,
    EventListSchema,
    EventMadeSchema,
    EventSchema,
    FactsSchema,
    ResourcePageSchema,
    ResourceSchema,
    SearchQuery,
    points_at,
    wanted,
)
from api.v1.document import Blueprint, problems
from api.web import etag
from companion.domain.resource import Facts
from companion.use_cases import resource, resource_event
from companion.use_cases.resource import ResourceView

blueprint = Blueprint(
    "resources", __name__, description="What could help nearby: groups, classes, baths, people to talk to."
)

Tagged = tuple[ResourceView, dict[str, str]]


def _tagged(view: ResourceView) -> Tagged:
    return view, etag.tag(view.resource.version)


@blueprint.route("/resources", methods=["GET"])
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, ResourcePageSchema)
@problems(blueprint, 401, 403, 422)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """Search the directory: the nearest first, then what was checked last"""
    page = resource.search(current.actor(), wanted(query), offset(query), query["page_size"], house.now())
    return paged(page.items, page.total, query)


@blueprint.route("/resources", methods=["POST"])
@blueprint.arguments(FactsSchema)
@blueprint.response(201, ResourceSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 413, 415, 422)
def add(body: Facts) -> Tagged:
    """Put an entry into the directory"""
    return _tagged(resource.add(current.actor(), body, house.now()))


@blueprint.route("/resources/<uuid:resource_id>", methods=["GET"])
@blueprint.response(200, ResourceSchema, headers=etag.ETAG)
@problems(blueprint, 401, 403, 404)
def show(resource_id: UUID) -> Tagged:
    """Read an entry of the directory

    The ETag is for If-Match. Whether an entry was checked recently is computed for each request.
    """
    found = resource.read(current.actor(), resource_id, house.now())
    return found, etag.tag_for_change(found.resource.version)


@blueprint.route("/resources/<uuid:resource_id>", methods=["PUT"])
@blueprint.arguments(FactsSchema)
@blueprint.response(200, ResourceSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def change(body: Facts, resource_id: UUID) -> Tagged:
    """Change an entry, list it or withdraw it"""
    return _tagged(resource.change(current.actor(), resource_id, etag.expected_version(), body, house.now()))


@blueprint.route("/resources/<uuid:resource_id>/checks", methods=["POST"])
@blueprint.arguments(CheckMadeSchema)
@blueprint.response(201, CheckSchema)
@problems(blueprint, 400, 401, 403, 404, 413, 415, 422)
def check(body: dict[str, Any], resource_id: UUID) -> object:
    """Say whether an entry is still true

    What is gone is withdrawn with it. What is wrong goes back to being a draft, until it is put right and listed again.
    """
    return resource.check(current.actor(), resource_id, body["found"], house.now())


@blueprint.route("/resources/<uuid:resource_id>/checks", methods=["GET"])
@blueprint.response(200, CheckListSchema)
@problems(blueprint, 401, 403, 404)
def checks(resource_id: UUID) -> dict[str, Any]:
    """Read who checked an entry, and when"""
    return {"items": resource.checks(current.actor(), resource_id)}


@blueprint.route("/resource-figures", methods=["GET"])
@blueprint.response(200, CountListSchema)
@problems(blueprint, 401, 403)
def counts() -> dict[str, Any]:
    """Count how many people took up what was offered, and whether it helped

    Numbers from one to four are not told, so that nobody is recognised.
    """
    return {"items": resource_event.counts(current.actor())}


@blueprint.route("/patients/<uuid:patient_id>/resource-events", methods=["POST"])
@blueprint.arguments(EventMadeSchema)
@blueprint.response(201, EventSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def write_event(body: dict[str, Any], patient_id: UUID) -> object:
    """Write down that a resource was offered to a patient, or what came of it"""
    at, now = points_at(body), house.now()
    return resource_event.write(current.actor(), patient_id, body["resource_id"], body["kind"], at, now)


@blueprint.route("/patients/<uuid:patient_id>/resource-events", methods=["GET"])
@blueprint.response(200, EventListSchema)
@problems(blueprint, 401, 403, 404)
def events(patient_id: UUID) -> dict[str, Any]:
    """Read what was offered to a patient, and what came of it"""
    return {"items": resource_event.of_patient(current.actor(), patient_id, house.now())}
