"""How does a member of staff who forgot their password get in again?"""

from functools import partial

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from api import house
from api.outside import letters
from api.schemas import form
from api.schemas.password import ChosenSchema, ForgottenSchema
from companion.domain.refusal import InvalidError, NotFoundError, TooManyError
from companion.use_cases import password

blueprint = Blueprint("password", __name__)


@blueprint.get("/staff/password/forgotten")
def show() -> str:
    """Ask for a link."""
    return render_template("staff/forgotten.html", faults={}, asked=False)


@blueprint.post("/staff/password/forgotten")
def forget() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Send a link, if somebody signs in here with that address; the answer, and when it comes, do not tell."""
    filled = form.filled(ForgottenSchema(), request.form)
    if filled.faults:
        return render_template("staff/forgotten.html", faults=form.by_field(filled.faults), asked=False), 422
    try:
        link = password.forget(filled.values["email"], request.remote_addr or "unknown", house.now())
    except TooManyError as refusal:
        page = render_template("staff/forgotten.html", faults={"": refusal.words}, asked=False)
        return page, 429, {"Retry-After": str(refusal.retry_after)}
    response = make_response(render_template("staff/forgotten.html", faults={}, asked=True))
    if link is not None:
        # Once the answer is on its way: a mail server takes its time, and that would tell.
        response.call_on_close(partial(letters.send, house.mailer(), letters.reset(link)))
    return response


@blueprint.get("/staff/password/reset/<token>")
def show_reset(token: str) -> str:
    """Choose another, by the link."""
    if not password.can_be_reset(token, house.now()):
        raise NotFoundError(password.GONE)
    return render_template("staff/reset.html", faults={}, token=token)


@blueprint.post("/staff/password/reset/<token>")
def reset(token: str) -> AnyResponse | tuple[str, int]:
    """It is chosen. The link is used up; signing in takes the second step as ever."""
    filled = form.filled(ChosenSchema(), request.form)
    faults = filled.faults
    if not faults:
        try:
            password.reset(token, filled.values["new_password"], house.now())
        except InvalidError as refusal:
            faults = tuple(refusal.faults)
        else:
            return redirect(url_for("entry.show", after="password"), 303)
    if not password.can_be_reset(token, house.now()):
        raise NotFoundError(password.GONE)
    return render_template("staff/reset.html", faults=form.by_field(faults), token=token), 422
