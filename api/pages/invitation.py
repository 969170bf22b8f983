"""How does somebody who was asked to come get in, and how does an administrator ask them?"""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import current, house
from api.outside import letters
from api.schemas import form
from api.schemas.invitation import AcceptanceSchema, InviteSchema
from api.web import cookie
from companion.domain.access import Role
from companion.domain.refusal import ConflictError, Fault, InvalidError
from companion.domain.sign_in import SignInDoor
from companion.use_cases import invitation

door = Blueprint("invitation", __name__)
blueprint = Blueprint("inviting", __name__)


@door.get("/staff/invitation/<token>")
def show(token: str) -> str:
    """Who asks whom, and to be what. Looking uses nothing up."""
    return _form(token, {})


@door.post("/staff/invitation/<token>")
def accept(token: str) -> Response | tuple[str, int]:
    """Come in, with a name and a password of one's own."""
    filled = form.filled(AcceptanceSchema(), request.form)
    faults = filled.faults
    if not faults:
        given, origin = filled.values, f"page {request.remote_addr or 'unknown'}"
        try:
            made = invitation.accept(
                token, given["name"], given["password"], SignInDoor.PAGE, cookie.device(), origin, house.now()
            )
        except InvalidError as refusal:
            faults = tuple(refusal.faults)
        else:
            return cookie.keep(redirect(url_for("second-step.show"), 303), made)
    return _form(token, form.by_field(faults)), 422


@blueprint.get("/staff/invitations")
def listed() -> str:
    """Who was asked, and a form to ask somebody."""
    return _list({})


@blueprint.post("/staff/invitations")
def create() -> Response | tuple[str, int]:
    """Ask somebody; what became of the e-mail stands in the list."""
    filled = form.filled(InviteSchema(), {**request.form, "roles": request.form.getlist("roles")})
    faults = filled.faults
    if not faults:
        given, actor = filled.values, current.actor()
        try:
            made = invitation.invite(actor, given["name"], given["email"], given["roles"], house.now())
        except ConflictError as refusal:
            faults = (Fault("email", refusal.words),)
        else:
            letters.send_invitation(actor, made)
            return redirect(url_for("inviting.listed"), 303)
    return _list(form.by_field(faults)), 422


@blueprint.post("/staff/invitations/<uuid:invitation_id>/renewal")
def renew(invitation_id: UUID) -> Response:
    """Send it again."""
    actor = current.actor()
    letters.send_invitation(actor, invitation.renew(actor, invitation_id, house.now()))
    return redirect(url_for("inviting.listed"), 303)


@blueprint.post("/staff/invitations/<uuid:invitation_id>/withdrawal")
def withdraw(invitation_id: UUID) -> Response:
    """Take it back."""
    invitation.withdraw(current.actor(), invitation_id, house.now())
    return redirect(url_for("inviting.listed"), 303)


def _form(token: str, faults: dict[str, str]) -> str:
    invited = invitation.look(token, house.now())
    return render_template(
        "staff/invitation.html",
        faults=faults,
        invited=invited,
        token=token,
        name=request.form.get("name", invited.name),
    )


def _list(faults: dict[str, str]) -> str:
    actor = current.actor()
    return render_template(
        "staff/invitations.html",
        faults=faults,
        who=current.signed_in(),
        invitations=invitation.listed(actor, house.now()),
        roles=list(Role),
        given=request.form,
    )
