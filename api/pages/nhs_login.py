"""How does a patient go to NHS login, and come back?"""

import logging

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from api import house
from api.outside.openid import Issuer, IssuerError
from api.web import patient_cookie
from companion.domain.nhs_login import AWAY
from companion.domain.refusal import ConflictError, ForbiddenError, NotFoundError, NotSignedInError, TooManyError
from companion.use_cases import nhs_login

log = logging.getLogger(__name__)
blueprint = Blueprint("nhs-login", __name__)

LONGEST = 2_000
SILENT = "NHS login does not answer just now. Try again in a few minutes, or sign in with a code by text."
NOT_THERE = "You did not sign in at NHS login, so nobody was signed in here."
ANOTHER_S = "You began somewhere else, or too long ago. Begin again here."


@blueprint.get("/own/nhs-login")
def begin() -> AnyResponse:
    """Off to NHS login. The browser keeps what shows that it was this one that went."""
    issuer = _issuer()
    try:
        errand = nhs_login.set_out(_address(), house.now())
        there = issuer.address(errand, house.now())
    except TooManyError as error:
        return _refused(error.words, 429, {"Retry-After": str(error.retry_after)})
    except IssuerError as error:
        return _silent(error)
    return patient_cookie.put(redirect(there, 303), errand.state, patient_cookie.ERRAND, AWAY)


@blueprint.get("/own/nhs-login/return")
def finish() -> AnyResponse:
    """Back from NHS login, with a code if all went well."""
    issuer = _issuer()
    state, code = (request.args.get(name, "")[:LONGEST] for name in ("state", "code"))
    if not state or state != patient_cookie.token(patient_cookie.ERRAND):
        return _refused(ANOTHER_S, 400)
    try:
        errand = nhs_login.resume(state, house.now())
        if not code or not issuer.is_its_own(request.args.get("iss")):
            return _refused(NOT_THERE, 400)
        claims = issuer.claims(code, errand, house.now())
        secret = nhs_login.come_in(claims, _address(), house.now())
    except IssuerError as error:
        return _silent(error)
    except NotSignedInError as error:
        return _refused(error.words, 400)
    except ForbiddenError as error:
        return _refused(error.words, 403)
    except NotFoundError as error:
        return _refused(error.words, 404)
    except ConflictError as error:
        return _refused(error.words, 409)
    response = patient_cookie.put(redirect(url_for("own-page.show"), 303), secret)
    return patient_cookie.take(response, patient_cookie.ERRAND)


def _issuer() -> Issuer:
    found = house.nhs_login()
    if found is None:
        abort(404)
    return found


def _address() -> str:
    return request.remote_addr or "unknown"


def _silent(error: IssuerError) -> Response:
    log.error("NHS login: %s", error)
    return _refused(SILENT, 503, {"Retry-After": "60"})


def _refused(words: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """What went wrong, and the other way in."""
    return make_response(render_template("own_page/refused.html", words=words), status, headers or {})
