"""Who may do what? Written out again, so that a change of the grants has to be meant."""

from dataclasses import replace
from uuid import UUID

import pytest

from companion.domain.access import GRANTS, Actor, ActorKind, Permission, Role, may, require, system
from companion.domain.refusal import ForbiddenError

SERVICE = UUID("11111111-1111-4111-8111-111111111111")
AMINA = UUID("33333333-3333-4333-8333-333333333333")
BEN = UUID("22222222-2222-4222-8222-222222222222")
P, R = Permission, Role

EVERYBODY = {P.SEE_WORDING, P.BREAK_GLASS, P.SEE_ACCESS, P.SEE_DIRECTORY, P.SEE_TEMPLATE}
OF_CLINICIANS = {P.ENROL_PATIENT, P.SEE_RECORD, P.EDIT_RECORD, P.ANSWER_INBOX, P.APPROVE_WORDING, P.INVITE_PARTNER} | {
    P.USE_RIGHTS,
    P.DECIDE_ERASURE,
    P.EDIT_DIRECTORY,
    P.WRITE_TEMPLATE,
    P.APPROVE_TEMPLATE,
}
ALLOWED = {
    R.CLINICIAN: EVERYBODY | OF_CLINICIANS,
    R.SERVICE_MANAGER: EVERYBODY | {P.SEE_FIGURES},
    R.ADMINISTRATOR: EVERYBODY | {P.ENROL_PATIENT, P.ADMINISTER, P.DECIDE_ERASURE, P.EDIT_DIRECTORY},
}


def staff(*roles: Role) -> Actor:
    return Actor(ActorKind.STAFF, SERVICE, BEN, frozenset(roles))


def test_every_role_has_its_grants() -> None:
    assert set(GRANTS) == set(Role) == set(ALLOWED)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_role_allows_this_and_no_more(role: Role, permission: Permission) -> None:
    actor = staff(role)
    assert may(actor, permission) is (permission in ALLOWED[role])
    if permission in ALLOWED[role]:
        require(actor, permission)
        return
    with pytest.raises(ForbiddenError, match=f"'{permission}'"):
        require(actor, permission)


@pytest.mark.parametrize("permission", Permission)
def test_who_holds_two_roles_may_do_what_either_may(permission: Permission) -> None:
    either = ALLOWED[R.CLINICIAN] | ALLOWED[R.SERVICE_MANAGER]
    assert may(staff(R.CLINICIAN, R.SERVICE_MANAGER), permission) is (permission in either)


@pytest.mark.parametrize("permission", Permission)
def test_without_a_role_a_patient_may_see_their_own_and_the_product_do_everything(
    permission: Permission,
) -> None:
    assert not may(staff(), permission)
    assert may(Actor(ActorKind.PATIENT, SERVICE, BEN), permission) is (permission in {P.OWN_RECORD, P.USE_RIGHTS})
    assert may(system(SERVICE), permission)


def test_the_product_itself_is_bound_to_one_pain_service_and_is_nobody() -> None:
    assert system(SERVICE) == Actor(ActorKind.SYSTEM, SERVICE, id=None, roles=frozenset())


def test_a_manager_sees_figures_and_no_person_s_record() -> None:
    assert not {P.SEE_RECORD, P.EDIT_RECORD, P.ANSWER_INBOX} & GRANTS[R.SERVICE_MANAGER]


@pytest.mark.parametrize("permission", Permission)
def test_who_was_let_in_to_one_record_reads_it_and_no_more_whatever_their_roles(permission: Permission) -> None:
    for roles in ((), (R.CLINICIAN,), tuple(Role)):
        let_in = replace(staff(*roles), record_of=AMINA)
        assert may(let_in, permission) is (permission is P.SEE_RECORD)
        assert let_in.only_patient == AMINA


def test_a_patient_is_the_only_patient_for_themselves() -> None:
    assert Actor(ActorKind.PATIENT, SERVICE, AMINA).only_patient == AMINA
    assert staff(R.CLINICIAN).only_patient is None
    assert system(SERVICE).only_patient is None
