"""The inbox: what waits for a person."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.page import offset, paged
from api.schemas.task import CompletionSchema, InboxQuery, TaskPageSchema, TaskSchema
from api.v1.document import Blueprint, problems
from companion.use_cases import task
from companion.use_cases.task import TaskView

blueprint = Blueprint("inbox", __name__, description="Everything patients wrote that a person must read.")


@blueprint.route("/inbox", methods=["GET"])
@blueprint.arguments(InboxQuery, location="query")
@blueprint.response(200, TaskPageSchema)
@problems(blueprint, 401, 403, 422)
def inbox(query: dict[str, Any]) -> dict[str, Any]:
    """List who needs a person: urgent first, then the oldest promise"""
    page = task.inbox(current.actor(), query["status"], offset(query), query["page_size"], house.now())
    return paged(page.items, page.total, query)


@blueprint.route("/inbox/<uuid:task_id>/completion", methods=["POST"])
@blueprint.arguments(CompletionSchema)
@blueprint.response(200, TaskSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def complete(body: dict[str, Any], task_id: UUID) -> TaskView:
    """Say what came of a task"""
    return task.complete(current.actor(), task_id, body["outcome"], house.now())
