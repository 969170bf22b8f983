"""How does a patient's app sign in?"""

from typing import Any

from flask import request

from api import house
from api.schemas.patient_sign_in import AskedSchema, CodeRequestSchema, CodeUseSchema, RefreshSchema, TokensSchema
from api.v1.document import Blueprint, problems
from companion.use_cases import code, device

door = Blueprint("patient-sign-in", __name__, description="How a patient's app signs in, by a code in a text.")

ON_ITS_WAY = (
    "If that number is registered with a pain service, we have sent it a text with a code. The code lasts 5 minutes."
)


@door.route("/patient-sign-ins", methods=["POST"])
@door.arguments(CodeRequestSchema)
@door.response(202, AskedSchema)
@problems(door, 400, 413, 415, 422, 429)
@door.doc(security=[])
def ask(body: dict[str, Any]) -> dict[str, str]:
    """Ask for a one-time code

    The answer is the same whether or not the number is known. A new code ends the one before.
    """
    code.ask(body["mobile"], _address(), house.now())
    return {"detail": ON_ITS_WAY}


@door.route("/patient-sign-ins/codes", methods=["POST"])
@door.arguments(CodeUseSchema)
@door.response(201, TokensSchema)
@problems(door, 400, 401, 413, 415, 422, 429)
@door.doc(security=[])
def use(body: dict[str, Any]) -> object:
    """Sign in with a code

    It works once, for 5 minutes and 5 tries, and with what the phone does not tell: the date of birth where the pain
    service has it, else the last four digits of the NHS number. Send what the person gave.
    """
    return code.use(body["mobile"], body["code"], body["fact"], body["device"], _address(), house.now())


@door.route("/patient-sign-ins/refreshes", methods=["POST"])
@door.arguments(RefreshSchema)
@door.response(201, TokensSchema)
@problems(door, 400, 401, 413, 415, 422)
@door.doc(security=[])
def refresh(body: dict[str, Any]) -> object:
    """Get the next tokens

    A refresh token is for one use. Used again later than some seconds after, it ends the whole sign-in.
    """
    return device.refresh(body["refresh_token"], _address(), house.now())


def _address() -> str:
    return request.remote_addr or "unknown"
