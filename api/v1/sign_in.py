"""Sign in, see who you are, sign out."""

from typing import Any

from api import current, house
from api.schemas.sign_in import SignedInSchema, SignInSchema, TokenSchema
from api.v1.document import Blueprint, problems
from companion.use_cases import sign_in
from companion.use_cases.sign_in import SignedIn

door = Blueprint("sign-in", __name__, description="Sign in with e-mail address and password.")
blueprint = Blueprint("signed-in", __name__, description="Who is signed in.")


@door.route("/sign-ins", methods=["POST"])
@door.arguments(SignInSchema)
@door.response(201, TokenSchema)
@problems(door, 400, 401, 413, 415, 422)
@door.doc(security=[])
def create(body: dict[str, Any]) -> SignedIn:
    """Sign in

    Send the token with every other request as 'Authorization: Bearer …'. It lasts eight hours.
    """
    return sign_in.sign_in(body["email"], body["password"], house.now())


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
    sign_in.sign_out(current.actor(), current.token(), house.now())
