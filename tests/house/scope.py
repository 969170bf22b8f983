"""Does every use case ask who asks, and does every row and every query keep to one pain service?"""

import ast
from collections.abc import Iterator, Mapping

from sqlalchemy import MetaData, Table

from tests.house.source import House, Module, Trespass, at, calls, functions, lies_in

USE_CASES, UPKEEP = "companion.use_cases", "companion.upkeep"
RECORDS, MODELS = "companion.records", "companion.models"

# Public functions of use cases that take no actor, and why there is none.
WITHOUT_ACTOR: dict[str, str] = {
    "audit.entries": "how many there are, for the operator's progress bar",
    "audit.verify": "the operator and the worker look through every trail; it tells of entries by their number alone",
    "audit.watch": "likewise",
    "code.ask": "whoever asks for a code is nobody yet",
    "code.take_up": "the worker finds out whose number it is",
    "code.use": "whoever signs in is nobody yet",
    "code.use_on_page": "likewise",
    "device.refresh": "the token says who asks",
    "device.who": "finds out who asks",
    "erasure.carry_out": "the worker does, in every pain service, what somebody with permission decided",
    "erasure.complete": "likewise",
    "invitation.accept": "whoever comes in by a link is nobody yet",
    "invitation.look": "likewise",
    "pathway.ask_for_reviews": "the worker does, in every pain service, what somebody set a day for",
    "organisation.link": "who set out stands in the row that was taken back; by whom, the organisation says",
    "organisation.set_out": "whoever is about to sign in is nobody yet",
    "organisation.come_in": "likewise",
    "organisation.take_back": "likewise",
    "passkey.come_in": "likewise",
    "passkey.set_out": "likewise",
    "pain_service.create": "before there is a pain service, there is nobody in it who could ask; the operator does",
    "pain_service.every": "the operator's and the simulator's list of pain services; it holds no person",
    "pain_service.named": "the operator names a pain service; it holds no person",
    "pain_service.oldest": "where a text of nobody known is read; it holds no person",
    "nhs_login.come_in": "whoever signs in is nobody yet",
    "nhs_login.resume": "likewise",
    "nhs_login.set_out": "likewise",
    "password.can_be_reset": "whoever forgot their password is nobody yet; the link says whose it is",
    "password.forget": "likewise",
    "password.reset": "likewise",
    "phone.pain_service_of": "the simulator alone: the patient on whose phone somebody types has no sign-in",
    "retention.dry_run": "the operator's, over every pain service; it counts, and shows nothing of anybody",
    "retention.nightly": "the worker's, over every pain service, by the one schedule",
    "retention.run": "the operator's, over every pain service, by the one schedule",
    "sign_in.sign_in": "whoever signs in is nobody yet",
    "sign_in.who": "finds out who asks",
    "sign_in_link.use": "whoever signs in is nobody yet",
    "staff.listed": "the operator's and the demonstration's list of who can sign in",
}
# Public functions that take an actor and yet ask no permission first.
WITHOUT_REQUIRE: dict[str, str] = {
    "audit.of_patient": "patients may see who looked at their own record; of all others it asks",
    "audit.refused": "that somebody was refused is written down whatever they may do",
    "access_grant.under": "what is asked for under it is asked for again, and then the access alone counts",
    "password.change": "everybody may change their own",
    "patient.enrol": "it is enrol_many of one, which asks",
    "organisation.set_out_to_link": "everybody links their own",
    "organisation.standing": "likewise",
    "organisation.unlink": "likewise",
    "passkey.add": "everybody keeps their own",
    "passkey.listed": "likewise",
    "passkey.remove": "likewise",
    "passkey.rename": "likewise",
    "passkey.set_out_to_add": "likewise",
    "second_factor.confirm": "everybody sets up their own",
    "second_factor.enrol": "likewise",
    "second_factor.pending": "likewise",
    "second_factor.remove": "likewise",
    "second_factor.renew_recovery_codes": "likewise",
    "second_factor.standing": "likewise",
    "sign_in.listed": "everybody sees where they are signed in",
    "sign_in.sign_out": "and may end that",
    "sign_in.sign_out_everywhere": "likewise",
}
# Queries of scoped tables that do not begin with `scoped`.
UNSCOPED: dict[str, str] = {
    "companion.records.access_grant.invite": "a partner works elsewhere; it tells no more than that they do",
    "companion.records.audit_erasure.take_words": "the trail of the one pain service whose patient is erased",
    "companion.records.audit_chain._entries": "the trail that it is told to look through",
    "companion.records.audit_chain._held": "the end of the chain of whoever writes",
    "companion.records.audit_chain.verify": "the trail that it is told to look through",
    "companion.use_cases.audit.entries": "likewise",
    "companion.use_cases.audit.of_patient": "of whoever looked, wherever they work, the name and no more",
    "companion.use_cases.access_grant._seen": "of whoever was let in, wherever they work, the name and no more",
    "companion.use_cases.access_grant.end": "an access is its holder's own, wherever they work",
    "companion.use_cases.access_grant.mine": "an access is its holder's own, wherever they work",
    "companion.use_cases.access_grant.under": "the one way into another pain service: the holder's own access, live",
    "companion.records.care_plan.claimed": "the plan it counts up was found within the asker's scope",
    "companion.records.care_plan.revision": "the plan it is given was found within the asker's scope",
    "companion.records.retention._propose_erasures": "the schedule is one for every pain service",
    "companion.records.retention._remove_loop_checks": "likewise",
    "companion.records.retention._remove_stranger_texts": "likewise",
    "companion.records.second_opinion._person": "of whoever gave it or was asked to, the name alone",
    "companion.records.second_opinion.held_by_giver": "a partner's own access, live, and the opinion that it is for",
    "companion.records.second_opinion.view": "of an opinion that the caller found within the asker's scope",
    "companion.records.sign_in.end_all": "the sign-ins of one member of staff, whom the caller found",
    "companion.records.sign_in.staff_with_roles": "who signs in; there is no scope before that",
    "companion.records.sign_in_link.text": "of the patient it is given, found within the asker's scope",
    "companion.records.sign_in_text.hide": "the worker takes codes out of all texts alike",
    "companion.records.sign_in_text.owner": "a number says whose it is; there is no scope before that",
    "companion.records.staff.known_as": "e-mail addresses are unique over all pain services; no scope before that",
    "companion.use_cases.code._new_code": "the one code of a number, whoever had it",
    "companion.upkeep.patient_sign_in.sweep": "the worker forgets codes and links of everybody alike",
    "companion.use_cases.code._come_in": "the code says who asks; there is no scope before that",
    "companion.use_cases.device.refresh": "the token says who asks; there is no scope before that",
    "companion.use_cases.device.who": "likewise",
    "companion.use_cases.erasure._carry_out": "the worker names what was decided, in every pain service",
    "companion.use_cases.erasure.carry_out": "likewise",
    "companion.use_cases.erasure.complete": "likewise",
    "companion.use_cases.pathway.ask_for_reviews": "it finds out whose scope is meant; it takes nothing but that",
    "companion.records.sign_in.require_recent": "the actor's own sign-in",
    "companion.use_cases.invitation.accept": "the link says which it is; there is no scope before that",
    "companion.use_cases.invitation.invite": "e-mail addresses are unique over all pain services; no more is told",
    "companion.use_cases.invitation.look": "the link says which it is; there is no scope before that",
    "companion.use_cases.nhs_login.come_in": "a proved NHS number says who asks; there is no scope before that",
    "companion.use_cases.organisation._invited": "who signs in; there is no scope before that",
    "companion.use_cases.organisation.standing": "the actor's own row",
    "companion.use_cases.organisation.set_out": "the link says which invitation it is; no scope before that",
    "companion.use_cases.password.change": "the actor's own row",
    "companion.use_cases.phone.pain_service_of": "it finds out whose scope is meant; it gives nothing but that",
    "companion.upkeep.resource.ask_for_checks": "the worker asks in every pain service",
    "companion.use_cases.second_factor.enrol": "the actor's own row",
    "companion.use_cases.second_factor.pending": "likewise",
    "companion.use_cases.sign_in._look": "e-mail addresses are unique over all pain services; no scope before that",
    "companion.use_cases.sign_in._touch": "the sign-in that was just shown",
    "companion.use_cases.sign_in.listed": "the actor's own rows",
    "companion.use_cases.sign_in.sign_out": "likewise",
    "companion.use_cases.sign_in_link.use": "the link says who asks; there is no scope before that",
    "companion.use_cases.staff.leave": "the invitations that somebody sent whom the caller found",
}
# Tables that name a patient without being tied to the row.
UNTIED: dict[str, str] = {
    "audit_entry": "the trail of what was done outlives what it was done to",
    "erasure": "the proof that a record was erased outlives the record",
    "redaction": "what the provider must still forget is of somebody who is gone here",
    "plan_change": "a hint for the planner alone, written by triggers; a key would wait for who holds the patient",
}

QUERIES = frozenset({"select", "update", "delete", "get", "get_one", "query", "select_from", "exists"})


def the_actor_comes_first(house: House) -> Iterator[Trespass]:
    """A public use case takes the actor first, or has a reason."""
    used = set()
    for module, function, name in _public(house):
        first = function.args.args[0] if function.args.args else None
        if first is not None and first.arg == "actor" and ast.unparse(first.annotation or first) == "Actor":
            continue
        used.add(name)
        if name not in WITHOUT_ACTOR:
            yield at(module, function, f"{name} takes no actor first; if it has a reason, it stands in WITHOUT_ACTOR")
    yield from _not_used(WITHOUT_ACTOR, used, "WITHOUT_ACTOR", house)


def permission_comes_first(house: House) -> Iterator[Trespass]:
    """A use case that has an actor begins with require(actor, …), or has a reason."""
    used = set()
    for module, function, name in _public(house):
        if "actor" not in [argument.arg for argument in function.args.args] or _begins_with_require(function):
            continue
        used.add(name)
        if name not in WITHOUT_REQUIRE:
            yield at(module, function, f"{name} does not begin with require(actor, …)")
    yield from _not_used(WITHOUT_REQUIRE, used, "WITHOUT_REQUIRE", house)


def _begins_with_require(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Call):
        return False
    call = body[0].value
    return ast.unparse(call.func) == "require" and [ast.unparse(each) for each in call.args[:1]] == ["actor"]


def who_writes_is_told_the_time(house: House) -> Iterator[Trespass]:
    """A use case that opens a transaction has `now` as an argument."""
    for module, function, name in _public(house):
        writes = any(called == "transaction" for called, _ in calls(function))
        if writes and "now" not in [argument.arg for argument in function.args.args]:
            yield at(module, function, f"{name} writes, so it is told `now`")


def _public(house: House) -> Iterator[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    for module in house.values():
        if lies_in(module.name, USE_CASES):
            for function in functions(module):
                if not function.name.startswith("_"):
                    yield module, function, f"{module.name.removeprefix(USE_CASES + '.')}.{function.name}"


def queries_begin_in_scope(house: House) -> Iterator[Trespass]:
    """Use cases and records ask for the rows of a pain service by `scoped`, or have a reason."""
    models, used = scoped_models(house), set()
    for module in house.values():
        if not lies_in(module.name, USE_CASES, UPKEEP, RECORDS):
            continue
        for function in functions(module):
            name = f"{module.name}.{function.name}"
            for called, call in calls(function):
                named = {node.id for each in call.args for node in ast.walk(each) if isinstance(node, ast.Name)}
                if called not in QUERIES or not named & models:
                    continue
                used.add(name)
                if name not in UNSCOPED:
                    yield at(
                        module, call, f"{called}({', '.join(sorted(named & models))}) does not begin with scoped(…)"
                    )
    yield from _not_used(UNSCOPED, used, "UNSCOPED", house)


def scoped_models(house: House) -> frozenset[str]:
    """The tables whose rows say which pain service they belong to."""
    return frozenset(
        kind.name
        for module in house.values()
        if lies_in(module.name, MODELS)
        for kind in module.tree.body
        if isinstance(kind, ast.ClassDef)
        and any(isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "pain_service_id" for node in kind.body)
    )


def _not_used(exceptions: Mapping[str, str], used: set[str], table: str, house: House) -> Iterator[Trespass]:
    # A planted house holds no more than a few lines: in it, nearly every exception is unused.
    if "companion.use_cases" in house:
        for name in sorted(set(exceptions) - used):
            yield Trespass("tests/house/scope.py", 1, f"{name} needs no exception any more: take it out of {table}")


def rows_stay_with_their_patient(metadata: MetaData) -> Iterator[Trespass]:
    """A table of a patient's is tied to the patient *and* the pain service, itself or by what it hangs on."""
    for table in metadata.sorted_tables:
        if table.name == "patient" or not _of_a_patient(table, set()):
            continue
        if "patient_id" in table.c:
            if not _tied(table) and table.name not in UNTIED:
                yield Trespass(MODELS, 1, f"{table.name} lacks the key (pain_service_id, patient_id) to patient")
        elif table.name not in UNTIED and not _hangs_on_tied(table):
            yield Trespass(MODELS, 1, f"{table.name} hangs on nothing that is tied to a patient and pain service")


def _of_a_patient(table: Table, seen: set[str]) -> bool:
    if table.name == "patient" or "patient_id" in table.c:
        return True
    seen.add(table.name)
    parents = [key.referred_table for key in table.foreign_key_constraints]
    return any(_of_a_patient(parent, seen) for parent in parents if parent.name not in seen)


def _tied(table: Table) -> bool:
    wanted = {("pain_service_id", "patient.pain_service_id"), ("patient_id", "patient.id")}
    return any(
        {(element.parent.name, element.target_fullname) for element in key.elements} == wanted
        for key in table.foreign_key_constraints
    )


def _hangs_on_tied(table: Table) -> bool:
    parents = [key.referred_table for key in table.foreign_key_constraints if key.referred_table is not table]
    return any(_tied(parent) or _hangs_on_tied(parent) for parent in parents)
