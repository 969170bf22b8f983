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
    BREAK_GLASS = "break-glass"
    INVITE_PARTNER = "invite-partner"
    SEE_ACCESS = "see-access"
    OWN_RECORD = "own-record"
    USE_RIGHTS = "use-rights"
    DECIDE_ERASURE = "decide-erasure"
    SEE_DIRECTORY = "see-directory"
    EDIT_DIRECTORY = "edit-directory"
    SEE_TEMPLATE = "see-template"
    WRITE_TEMPLATE = "write-template"
    APPROVE_TEMPLATE = "approve-template"


# Whatever the role: everybody may be the only one there in an emergency, and everybody sees who did that.
OF_ALL_STAFF = frozenset(
    {
        Permission.BREAK_GLASS,
        Permission.SEE_ACCESS,
        Permission.SEE_DIRECTORY,
        Permission.SEE_TEMPLATE,
        Permission.SEE_WORDING,
    }
)
# A manager sees figures, never a person's record, unless also a clinician.
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CLINICIAN: frozenset(
        {
            Permission.ENROL_PATIENT,
            Permission.SEE_RECORD,
            Permission.EDIT_RECORD,
            Permission.ANSWER_INBOX,
            Permission.APPROVE_WORDING,
            Permission.INVITE_PARTNER,
            Permission.USE_RIGHTS,
            Permission.DECIDE_ERASURE,
            Permission.EDIT_DIRECTORY,
            Permission.WRITE_TEMPLATE,
            Permission.APPROVE_TEMPLATE,
        }
    )
    | OF_ALL_STAFF,
    Role.SERVICE_MANAGER: frozenset({Permission.SEE_FIGURES}) | OF_ALL_STAFF,
    Role.ADMINISTRATOR: frozenset(
        {Permission.ENROL_PATIENT, Permission.ADMINISTER, Permission.DECIDE_ERASURE, Permission.EDIT_DIRECTORY}
    )
    | OF_ALL_STAFF,
}
# What an access to one record allows, instead of all that the roles do (access_grant.py).
OF_ONE_RECORD = frozenset({Permission.SEE_RECORD})
# What a patient may do, with their own record and no other: the use cases see to that.
OF_PATIENTS = frozenset({Permission.OWN_RECORD, Permission.USE_RIGHTS})


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. `pain_service_id` bounds everything they can see or touch.

    origin: by which way they came ('api 203.0.113.7', 'text', 'cli', 'worker'). reason: why, where they had to say so.
    Both are for the audit trail. record_of: the one patient whose record staff may read in this request, and nothing
    else; None where their roles decide.
    """

    kind: ActorKind
    pain_service_id: UUID
    id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    origin: str = ""
    reason: str = ""
    record_of: UUID | None = None

    @property
    def only_patient(self) -> UUID | None:
        """The one patient whose rows they ever see; None: those of the whole pain service, as far as the roles go."""
        return self.id if self.kind is ActorKind.PATIENT else self.record_of


def system(pain_service_id: UUID, origin: str = "") -> Actor:
    """The product itself, within one pain service: the worker, an import, an operator's command."""
    return Actor(ActorKind.SYSTEM, pain_service_id, origin=origin)


def patient(pain_service_id: UUID, patient_id: UUID, origin: str = "") -> Actor:
    """A patient, who is asked for nothing but what is their own."""
    return Actor(ActorKind.PATIENT, pain_service_id, patient_id, origin=origin)


def own_or(actor: Actor, permission: Permission) -> Permission:
    """What it takes to do this: for staff the permission, for a patient that it is their own, which scope sees to."""
    return Permission.OWN_RECORD if actor.kind is ActorKind.PATIENT else permission


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's roles allow it. The system may do what it was built to do."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.record_of is not None:
        return permission in OF_ONE_RECORD
    if actor.kind is ActorKind.PATIENT:
        return permission in OF_PATIENTS
    return any(permission in GRANTS[role] for role in actor.roles)


def require(actor: Actor, permission: Permission) -> None:
    """Raise unless the actor has the permission.

    Raises:
        ForbiddenError: the actor's roles do not allow it.
    """
    if not may(actor, permission):
        raise ForbiddenError(f"Your role does not allow this. It needs the permission '{permission}'.")
