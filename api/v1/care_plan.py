"""Care plans: write, agree, revise, pause and end."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.care_plan import (
    MOST_REVISIONS,
    AgreementSchema,
    CarePlanListSchema,
    ComparisonSchema,
    DraftSchema,
    MoveSchema,
    PlanViewSchema,
    RestorationSchema,
    RevisionListSchema,
    RevisionSchema,
)
from api.v1.document import Blueprint, conditional, problems
from api.web import etag, problem
from companion.domain.care_plan import Content
from companion.domain.plan_template import Start
from companion.use_cases import care_plan
from companion.use_cases.care_plan import Comparison, PlanView

blueprint = Blueprint(
    "care plans", __name__, description="Assess, write the plan, agree it with the patient, revise it together."
)

_NUMBER = f"int(min=1, max={MOST_REVISIONS})"

Tagged = tuple[PlanView, dict[str, str]]


def _tagged(view: PlanView) -> Tagged:
    return view, etag.tag(view.plan.version)


@blueprint.route("/patients/<uuid:patient_id>/care-plans", methods=["POST"])
@blueprint.arguments(DraftSchema)
@blueprint.response(201, PlanViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def draft(body: tuple[Content, Start | None], patient_id: UUID) -> Tagged:
    """Write a patient's care plan

    It begins as a draft. Nothing is sent from it until the patient has agreed. A healthy activity names the
    line of already_helps that it draws on.

    It may begin with a template, never blindly: what matters to the person and their goals are asked for all the same,
    and of every line of the approved version it says whether it is kept as it is, changed (then it stands here, under
    the template's name for it) or left out.
    """
    content, start = body
    return _tagged(care_plan.draft(current.actor(), patient_id, content, house.now(), start))


@blueprint.route("/patients/<uuid:patient_id>/care-plans", methods=["GET"])
@blueprint.response(200, CarePlanListSchema)
@problems(blueprint, 401, 403, 404)
def of_patient(patient_id: UUID) -> dict[str, Any]:
    """List a patient's care plans, newest first"""
    return {"items": care_plan.of_patient(current.actor(), patient_id, house.now())}


@blueprint.route("/care-plans/<uuid:plan_id>", methods=["GET"])
@blueprint.response(200, PlanViewSchema, headers=etag.ETAG)
@problems(blueprint, 401, 403, 404)
@conditional(blueprint)
def show(plan_id: UUID) -> Tagged:
    """Read a care plan with its current revision"""
    return _tagged(care_plan.read(current.actor(), plan_id, house.now()))


@blueprint.route("/care-plans/<uuid:plan_id>/agreement", methods=["POST"])
@blueprint.arguments(AgreementSchema)
@blueprint.response(201, PlanViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def agree(body: dict[str, Any], plan_id: UUID) -> Tagged:
    """Record that the patient agreed to the current revision

    A draft becomes active with it. If-Match makes sure that it is the revision the patient saw.
    """
    now = house.now()
    agreed_at = body["agreed_at"] or now
    return _tagged(care_plan.agree(current.actor(), plan_id, etag.expected_version(), body["how"], agreed_at, now))


@blueprint.route("/care-plans/<uuid:plan_id>/revisions", methods=["POST"])
@blueprint.arguments(RevisionSchema)
@blueprint.response(201, PlanViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def revise(body: dict[str, Any], plan_id: UUID) -> Tagged:
    """Revise a care plan

    The revision before stays as it was. Who edits what somebody else has changed meanwhile gets 412 with the
    difference, line by line, and nothing is saved. Lines keep their names, so that each can be followed through time.
    Texts planned from the old revision do not go out; new ones follow once the patient has agreed.
    """
    version, now = etag.expected_version(), house.now()
    with problem.within("content"):
        return _tagged(care_plan.revise(current.actor(), plan_id, version, body["content"], body["reason"], now))


@blueprint.route("/care-plans/<uuid:plan_id>/revisions", methods=["GET"])
@blueprint.response(200, RevisionListSchema)
@problems(blueprint, 401, 403, 404)
def revisions(plan_id: UUID) -> dict[str, Any]:
    """List every revision of a care plan, newest first"""
    return {"items": care_plan.revisions(current.actor(), plan_id, house.now())}


@blueprint.route(f"/care-plans/<uuid:plan_id>/revisions/<{_NUMBER}:number>", methods=["GET"])
@blueprint.response(200, PlanViewSchema)
@problems(blueprint, 401, 403, 404)
def revision(plan_id: UUID, number: int) -> PlanView:
    """Read one revision of a care plan, counted from 1"""
    return care_plan.read(current.actor(), plan_id, house.now(), number)


@blueprint.route(
    f"/care-plans/<uuid:plan_id>/revisions/<{_NUMBER}:number>/differences-from/<{_NUMBER}:base>", methods=["GET"]
)
@blueprint.response(200, ComparisonSchema)
@problems(blueprint, 401, 403, 404)
def compare(plan_id: UUID, number: int, base: int) -> Comparison:
    """Compare any two revisions of a care plan, line by line

    What a revision says otherwise than the base, which need not be the older one: lines that were added, removed,
    changed or moved, each by its lasting name, with the words before and after.
    """
    return care_plan.compare(current.actor(), plan_id, base, number, house.now())


@blueprint.route("/care-plans/<uuid:plan_id>/restorations", methods=["POST"])
@blueprint.arguments(RestorationSchema)
@blueprint.response(201, PlanViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def restore(body: dict[str, Any], plan_id: UUID) -> Tagged:
    """Restore an earlier revision of a care plan

    A new revision says exactly what the earlier one said; nothing between them is lost. As after any revision,
    texts follow once the patient has agreed.
    """
    version, now = etag.expected_version(), house.now()
    return _tagged(care_plan.restore(current.actor(), plan_id, version, body["number"], body["reason"], now))


@blueprint.route("/care-plans/<uuid:plan_id>", methods=["PATCH"])
@blueprint.arguments(MoveSchema)
@blueprint.response(200, PlanViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def move(body: dict[str, Any], plan_id: UUID) -> Tagged:
    """Put a care plan on hold, take it up again, complete or revoke it"""
    version = etag.expected_version()
    return _tagged(care_plan.move(current.actor(), plan_id, version, body["status"], house.now()))
