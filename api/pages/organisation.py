"""How does a member of staff get in through their own organisation, and link that to who they are here?"""

import logging

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import current, house
from api.outside.openid import Issuer, IssuerError
from api.web import cookie
from companion.domain.organisation import Errand
from companion.domain.refusal import ConflictError, NotSignedInError, TooManyError
from companion.use_cases import organisation

door = Blueprint("organisation", __name__)
blueprint = Blueprint("own-organisation", __name__)
log = logging.getLogger(__name__)

Answer = Response | tuple[str, int]
AWAY = "Your organisation's sign-in does not answer just now. Try again in a minute, or sign in with a password."
REFUSED = "Your organisation did not sign you in. Begin again, or ask whoever looks after it."


@door.get("/staff/organisation")
def begin() -> Answer:
    """Off to the organisation. What must come back with them stays with the browser."""
    return _set_out(None)


@door.get("/staff/invitation/<token>/organisation")
def begin_invited(token: str) -> Answer:
    """Likewise, for whoever was asked to come: they need no password here."""
    return _set_out(token)


@blueprint.get("/staff/organisation/link")
def begin_link() -> Answer:
    """Likewise, for whoever is in already. Another site's page cannot send them: our cookie would not come along."""
    issuer = _issuer()
    return _off(issuer, organisation.set_out_to_link(current.actor(), current.sign_in_id(), house.now()))


@door.get("/staff/organisation/back")
def come_back() -> Answer:
    """Back from there, with a code that tells who it is; or with an error."""
    issuer, origin, now = _issuer(), f"page {request.remote_addr or 'unknown'}", house.now()
    try:
        errand, begun = organisation.take_back(cookie.begun(cookie.ERRAND), request.args.get("state", ""), now)
        code = request.args.get("code", "")
        if "error" in request.args or not code or not issuer.is_its_own(request.args.get("iss")):
            return _refused(REFUSED, 401)
        identity = issuer.identity(code, errand, now)
        # A page of our own in between: a browser that another site sent here would not show us a strict cookie yet.
        if begun.staff_id is not None:
            organisation.link(identity, begun.staff_id, origin, now)
            response: Response = make_response(render_template("staff/welcome.html", words="Your sign-ins are linked"))
        else:
            made = organisation.come_in(identity, begun, cookie.device(), origin, now)
            page = render_template("staff/welcome.html", words="You are signed in", name=made.name)
            response = cookie.keep(make_response(page), made)
    except NotSignedInError as refusal:
        return _refused(refusal.words, 401)
    except ConflictError as refusal:
        return _refused(refusal.words, 409)
    except IssuerError as error:
        return _away(error)
    return cookie.drop_begun(response, cookie.ERRAND)


@door.get("/staff/organisation/out")
def leave() -> Answer:
    """Sign out there too, where it has a place for that: on a shared machine the next one would come in by it."""
    try:
        place = _issuer().way_out(house.now())
    except IssuerError as error:
        return _away(error)
    return redirect(place or url_for("entry.show", after="no-way-out"), 303)


@blueprint.post("/staff/organisation/removal")
def unlink() -> Response:
    """Take the link away."""
    organisation.unlink(current.actor(), house.now())
    return redirect(url_for("own.show_here"), 303)


def _issuer() -> Issuer:
    found = house.issuer()
    if found is None:
        abort(404)
    return found


def _set_out(invitation_token: str | None) -> Answer:
    issuer = _issuer()
    try:
        errand = organisation.set_out(invitation_token, request.remote_addr or "unknown", house.now())
    except TooManyError as refusal:
        return _refused(refusal.words, 429)
    return _off(issuer, errand)


def _off(issuer: Issuer, errand: Errand) -> Answer:
    try:
        address = issuer.address(errand, house.now())
    except IssuerError as error:
        return _away(error)
    return cookie.keep_begun(redirect(address, 303), cookie.ERRAND, errand.secret)


def _away(error: IssuerError) -> tuple[str, int]:
    log.warning("the organisation's sign-in: %s", error)
    return _refused(AWAY, 503)


def _refused(words: str, status: int) -> tuple[str, int]:
    return render_template("staff/sign_in.html", faults={"": words}, note=None, email=""), status
