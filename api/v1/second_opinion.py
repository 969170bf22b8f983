"""Second opinions on a plan: ask, ask a partner, give, take back, and revise the plan by one."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.care_plan import RevisionSchema
from api.schemas.second_opinion import (
    OpinionSchema,
    OwnQuestionSchema,
    PartnerSchema,
    QuestionSchema,
    SecondOpinionListSchema,
    SecondOpinionSchema,
    WithdrawalSchema,
)
from api.v1.document import Blueprint, problems
from api.web import etag, problem
from companion.use_cases import second_opinion

blueprint = Blueprint(
    "second opinions", __name__, description="A clinician's opinion of a plan that a colleague wrote."
)
own = Blueprint("own second opinions", __name__, description="A patient asks for a second opinion on their own plan.")
own.security = [{"patient": []}]

_OPINION = "/second-opinions/<uuid:opinion_id>"


@own.route("/me/second-opinions", methods=["GET"])
@own.response(200, SecondOpinionListSchema)
@problems(own, 401)
def mine() -> dict[str, Any]:
    """See the second opinions on your plans, and what became of them"""
    return {"items": second_opinion.of_patient(current.actor(), current.patient_id(), house.now())}


@own.route("/me/second-opinions", methods=["POST"])
@own.arguments(OwnQuestionSchema)
@own.response(201, SecondOpinionSchema)
@problems(own, 400, 401, 404, 409, 413, 415, 422)
def ask_for_mine(body: dict[str, Any]) -> object:
    """Ask for a second opinion on your plan

    A clinician who did not write it looks at it, and says what they think in plain words. 409 while another one on the
    same plan is open, which is named.
    """
    return second_opinion.ask(current.actor(), body["care_plan_id"], body["question"], house.now())


@own.route("/me/second-opinions/<uuid:opinion_id>/withdrawal", methods=["POST"])
@own.arguments(WithdrawalSchema)
@own.response(200, SecondOpinionSchema)
@problems(own, 400, 401, 403, 404, 409, 413, 415, 422)
def withdraw_mine(body: dict[str, Any], opinion_id: UUID) -> object:
    """Take back your question for a second opinion

    The partner who had access to your record for it loses that access. 403 if your pain service asked.
    """
    return second_opinion.withdraw(current.actor(), opinion_id, body["reason"], house.now())


@blueprint.route("/patients/<uuid:patient_id>/second-opinions", methods=["GET"])
@blueprint.response(200, SecondOpinionListSchema)
@problems(blueprint, 401, 403, 404)
def of_patient(patient_id: UUID) -> dict[str, Any]:
    """List the second opinions on a patient's plans, newest first

    A partner who was let in for one reads the question here, under their access.
    """
    return {"items": second_opinion.of_patient(current.actor(), patient_id, house.now())}


@blueprint.route("/care-plans/<uuid:plan_id>/second-opinions", methods=["POST"])
@blueprint.arguments(QuestionSchema)
@blueprint.response(201, SecondOpinionSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def ask(body: dict[str, Any], plan_id: UUID) -> object:
    """Ask for a second opinion on a care plan

    409 while another one on the same plan is open, which is named.
    """
    return second_opinion.ask(current.actor(), plan_id, body["question"], house.now())


@blueprint.route(f"{_OPINION}/partner", methods=["POST"])
@blueprint.arguments(PartnerSchema)
@blueprint.response(201, SecondOpinionSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def ask_partner(body: dict[str, Any], opinion_id: UUID) -> object:
    """Ask a clinician of another pain service for this opinion

    They may read the patient's record, and nothing else, for at most 14 days: until the opinion is given, the question
    is taken back, or somebody ends the access. Every look of theirs is kept, and the patient can see it.
    """
    asked = (body["email"], body["reason"], body["days"])
    return second_opinion.ask_partner(current.actor(), opinion_id, *asked, house.now())


@blueprint.route(f"{_OPINION}/opinion", methods=["POST"])
@blueprint.arguments(OpinionSchema)
@blueprint.response(201, SecondOpinionSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def give(body: dict[str, Any], opinion_id: UUID) -> object:
    """Give a second opinion, once

    It is about the plan's current revision, and nobody gives it who wrote that one. A partner gives it without
    Access-Grant, which is for reading; 404 unless they were let in for this very opinion and still are.
    """
    return second_opinion.give(current.actor(), opinion_id, body["outcome"], body["words"], house.now())


@blueprint.route(f"{_OPINION}/withdrawal", methods=["POST"])
@blueprint.arguments(WithdrawalSchema)
@blueprint.response(200, SecondOpinionSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def withdraw(body: dict[str, Any], opinion_id: UUID) -> object:
    """Take the question for a second opinion back"""
    return second_opinion.withdraw(current.actor(), opinion_id, body["reason"], house.now())


@blueprint.route(f"{_OPINION}/revision", methods=["POST"])
@blueprint.arguments(RevisionSchema)
@blueprint.response(201, SecondOpinionSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def take_up(body: dict[str, Any], opinion_id: UUID) -> tuple[object, dict[str, str]]:
    """Revise the plan by a second opinion

    If-Match names the plan's version, and ETag its next one. The revision and that it came of this opinion are saved
    together or not at all; 409 if it was before, if nobody gave the opinion, or if it finds the plan right.
    """
    version, now = etag.expected_version(), house.now()
    with problem.within("content"):
        done = second_opinion.take_up(current.actor(), opinion_id, version, body["content"], body["reason"], now)
    return done.view, etag.tag(done.plan_version)
