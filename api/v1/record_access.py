"""Who looked at a patient's record, and who changed it?"""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.page import PageQuery, offset, paged
from api.schemas.record_access import RecordAccessPageSchema
from api.v1.document import Blueprint, problems
from companion.use_cases import audit

blueprint = Blueprint("record access", __name__, description="Who looked at a record, and who changed it.")


@blueprint.route("/patients/<uuid:patient_id>/record-access", methods=["GET"])
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, RecordAccessPageSchema)
@problems(blueprint, 401, 403, 404, 422)
def of_patient(query: dict[str, int], patient_id: UUID) -> dict[str, Any]:
    """See who looked at a patient's record, and who changed it

    The latest first, in words that the patient may read. Looking here is itself written down.
    """
    page = audit.of_patient(current.actor(), patient_id, offset(query), query["page_size"], house.now())
    return paged(page.items, page.total, query)
