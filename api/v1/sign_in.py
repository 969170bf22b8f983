"""Sign in, see where you are, sign out."""

from typing import Any
from uuid import UUID

from flask import request

from api import current, house
from api.schemas.sign_in import PasswordSchema, SignedInSchema, SignInListSchema, SignInSchema, TokenSchema
from api.v1.document import Blueprint, problems
from companion.domain.sign_in import SignedIn
from companion.use_cases import password, sign_in
from companion.use_cases.sign_in import Attempt

door = Blueprint("sign-in", __name__, description="Sign in with e-mail address, password and code.")
blueprint = Blueprint("signed-in", __name__, description="Who is signed in, and where.")


@door.route("/sign-ins", methods=["POST"])
@door.arguments(SignInSchema)
@door.response(201, TokenSchema)
@problems(door, 400, 401, 413, 415, 422, 429)
@door.doc(security=[])
def create(body: dict[str, Any]) -> SignedIn:
    """Sign in

    Send the token with every other request as 'Authorization: Bearer …'. It lasts eight hours, or until it was not used
    for thirty minutes.
    """
    address = request.remote_addr or "unknown"
    return sign_in.sign_in(Attempt(**body, address=address, origin=f"api {address}"), house.now())


@blueprint.route("/sign-ins", methods=["GET"])
@blueprint.response(200, SignInListSchema)
@problems(blueprint, 401)
def listed() -> dict[str, Any]:
    """List where you are signed in"""
    return {"items": sign_in.listed(current.actor(), house.now()), "current_id": current.signed_in().id}


@blueprint.route("/sign-ins", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 401)
def delete_all() -> None:
    """Sign out everywhere, here too"""
    sign_in.sign_out_everywhere(current.actor(), house.now())


@blueprint.route("/sign-ins/current", methods=["GET"])
@blueprint.response(200, SignedInSchema)
@problems(blueprint, 401, 403)
def show() -> SignedIn:
    """See who is signed in"""
    return current.signed_in()


@blueprint.route("/sign-ins/current", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 401, 403)
def delete() -> None:
    """Sign out: the token stops working at once"""
    sign_in.sign_out(current.actor(), current.sign_in_id(), house.now())


@blueprint.route("/sign-ins/<uuid:sign_in_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 401, 404)
def delete_one(sign_in_id: UUID) -> None:
    """Sign out somewhere else: that token, or that browser, opens nothing any more"""
    sign_in.sign_out(current.actor(), sign_in_id, house.now())


@blueprint.route("/password", methods=["PUT"])
@blueprint.arguments(PasswordSchema)
@blueprint.response(204)
@problems(blueprint, 400, 401, 403, 413, 415, 422, 429)
def change_password(body: dict[str, Any]) -> None:
    """Change your password

    All your sign-ins are over then, this one too.
    """
    code = body.get("code", "")
    password.change(current.actor(), body["current_password"], body["new_password"], code, house.now())
