"""Who is asking, and may they?"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from companion.domain.refusal import ForbiddenError


class Role(StrEnum):
    """What a member of staff is in their pain service; one person may hold several."""

    CLINICIAN = "clinician"
    SERVICE_MANAGER = "service_manager"
    ADMINISTRATOR = "administrator"


class ActorKind(StrEnum):
    """What sort of asker: a person, or the product itself acting on a rule or an operator's command."""

    STAFF = "staff"
    PATIENT = "patient"
    SYSTEM = "system"


class Permission(StrEnum):
    """What can be asked for, coarsely; the pain service is checked besides, by the scope of every query."""

    ENROL_PATIENT = "enrol-patient"
    SEE_RECORD = "see-record"
    EDIT_RECORD = "edit-record"
    ANSWER_INBOX = "answer-inbox"
    SEE_FIGURES = "see-figures"
    SEE_WORDING = "see-wording"
    APPROVE_WORDING = "approve-wording"
    ADMINISTER = "administer"
    USE_RIGHTS = "use-rights"
    DECIDE_ERASURE = "decide-erasure"


# A manager sees figures, never a person's record, unless also a clinician.
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CLINICIAN: frozenset(
        {
            Permission.ENROL_PATIENT,
            Permission.SEE_RECORD,
            Permission.EDIT_RECORD,
            Permission.ANSWER_INBOX,
            Permission.SEE_WORDING,
            Permission.APPROVE_WORDING,
            Permission.USE_RIGHTS,
            Permission.DECIDE_ERASURE,
        }
    ),
    Role.SERVICE_MANAGER: frozenset({Permission.SEE_FIGURES, Permission.SEE_WORDING}),
    Role.ADMINISTRATOR: frozenset(
        {Permission.ENROL_PATIENT, Permission.SEE_WORDING, Permission.ADMINISTER, Permission.DECIDE_ERASURE}
    ),
}
# What a patient may do, with their own record and no other: the use cases see to that.
OF_PATIENTS = frozenset({Permission.USE_RIGHTS})


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. `pain_service_id` bounds everything they can see or touch.

    `origin`: from where they ask. `reason`: why, where a reason had to be given.
    """

    kind: ActorKind
    pain_service_id: UUID
    id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    origin: str = ""
    reason: str = ""


def system(pain_service_id: UUID) -> Actor:
    """The product itself, within one pain service: the worker, an import, a patient's text being acted on."""
    return Actor(ActorKind.SYSTEM, pain_service_id)


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's roles allow it. The system may do what it was built to do."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is ActorKind.PATIENT:
        return permission in OF_PATIENTS
    return any(permission in GRANTS[role] for role in actor.roles)


def require(actor: Actor, permission: Permission) -> None:
    """Pass in silence, or raise.

    Raises:
        ForbiddenError: the actor's roles do not allow it.
    """
    if not may(actor, permission):
        raise ForbiddenError(f"Your role does not allow this: it needs the permission '{permission}'.")
