"""The second step of signing in: set it up, and take it away."""

from typing import Any

from api import current, house
from api.schemas.second_factor import (
    CodeSchema,
    ConfirmedSchema,
    RecoveryCodesSchema,
    SecretSchema,
    StandingSchema,
)
from api.v1.document import Blueprint, problems
from companion.domain.sign_in import SignInDoor
from companion.use_cases import second_factor
from companion.use_cases.second_factor import Confirmed, Secret, Standing

blueprint = Blueprint(
    "second-factor", __name__, description="Authenticator app codes, and recovery codes for a lost phone."
)


@blueprint.route("/second-factor", methods=["GET"])
@blueprint.response(200, StandingSchema)
@problems(blueprint, 401, 403)
def show() -> Standing:
    """See whether you have a second step"""
    return second_factor.standing(current.actor())


@blueprint.route("/second-factor", methods=["POST"])
@blueprint.response(201, SecretSchema)
@problems(blueprint, 401, 403, 409)
def create() -> Secret:
    """Begin to set up a second step

    It counts from when a code of it was sent to /v1/second-factor/confirmation.
    """
    return second_factor.enrol(current.actor(), house.now())


@blueprint.route("/second-factor/confirmation", methods=["POST"])
@blueprint.arguments(CodeSchema)
@blueprint.response(200, ConfirmedSchema)
@problems(blueprint, 400, 401, 403, 409, 413, 415, 422, 429)
def confirm(body: dict[str, Any]) -> Confirmed:
    """Show by a code that your app has the secret

    All your sign-ins are over then; the answer holds a new one.
    """
    return second_factor.confirm(current.actor(), body["code"], SignInDoor.API, None, house.now())


@blueprint.route("/second-factor/recovery-codes", methods=["POST"])
@blueprint.arguments(CodeSchema)
@blueprint.response(200, RecoveryCodesSchema)
@problems(blueprint, 400, 401, 403, 413, 415, 422, 429)
def renew_recovery_codes(body: dict[str, Any]) -> dict[str, Any]:
    """Have ten new recovery codes; the old ones open nothing any more"""
    return {"recovery_codes": second_factor.renew_recovery_codes(current.actor(), body["code"], house.now())}


@blueprint.route("/second-factor/removal", methods=["POST"])
@blueprint.arguments(CodeSchema)
@blueprint.response(204)
@problems(blueprint, 400, 401, 403, 413, 415, 422, 429)
def remove(body: dict[str, Any]) -> None:
    """Take away your second step, to set up another

    All your sign-ins are over then, this one too.
    """
    second_factor.remove(current.actor(), body["code"], house.now())
