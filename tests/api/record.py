"""Whose things are asked about? Three people's, each with a mark in every word of theirs, and new ones on demand."""

from collections.abc import Callable, Iterator
from uuid import UUID

from api.fhir.goal import goal_id
from api.schemas.plan_template import TemplateSchema
from api.schemas.resource import FactsSchema
from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.access_grant import AccessKind
from companion.domain.care_plan import AgreedHow, Content
from companion.domain.erasure import ErasureGround
from companion.domain.message import MessageKind
from companion.domain.pathway import MoveReason, Step
from companion.domain.plan_template import Template
from companion.domain.resource import Facts
from companion.domain.restriction import RestrictionGround
from companion.models import Task
from companion.use_cases import (
    access_grant,
    care_plan,
    code,
    correction,
    erasure,
    invitation,
    passkey,
    pathway,
    plan_template,
    resource,
    restriction,
    second_opinion,
    sign_in,
    sign_in_link,
    suggestion,
    task,
)
from companion.use_cases.access_grant import GrantView
from companion.use_cases.sign_in import Attempt
from nudges import planner
from tests.api import body
from tests.api.caller import patient_tokens
from tests.api.person import Person
from tests.api.rule import Whose
from tests.api.ward import draft_wordings
from tests.support import cast, passkey_device
from tests.support.world import World, work_off

# What staff write down for each other, which no patient ever sees.
NOTE = "Notemark"


# The parameters of addresses, but for those that lead to nothing of anybody's. Each has a method below that makes it.
PARAMETERS = (
    "patient_id",
    "staff_id",
    "sign_in_id",
    "passkey_id",
    "invitation_id",
    "plan_id",
    "pathway_id",
    "task_id",
    "wording_id",
    "phone_id",
    "grant_id",
    "correction_id",
    "restriction_id",
    "erasure_id",
    "certificate_id",
    "resource_id",
    "template_id",
    "device_id",
    "link_id",
    "suggestion_id",
    "opinion_id",
    "agreed_id",
    "episode_id",
    "referral_id",
    "message_id",
)


class Record(Person):
    """One person's: enrolled, with a draft of a plan, a text that waits to be read, and more as it is asked for."""

    def __init__(self, world: World, whose: Whose, numbers: Iterator[int]) -> None:
        """numbers: of people who are nobody yet in this world; some things of one's own are of somebody else's."""
        super().__init__(world, whose, next(numbers))
        self._numbers = numbers
        self._values: dict[str, UUID | int | str] = {}

    def _another(self) -> "Record":
        """Somebody else with the same mark."""
        return Record(self.world, self.whose, self._numbers)

    def value(self, name: str) -> UUID | int | str:
        """What to put into an address for the parameter of that name; always the same."""
        if name not in self._values:
            self._values[name] = self._made(name)
        return self._values[name]

    def _made(self, name: str) -> UUID | int | str:
        make: Callable[[], UUID | int | str] = getattr(self, f"_{name}")
        return make()

    def _number(self) -> int:
        return 1

    def _base(self) -> int:
        return 1

    def _filename(self) -> str:
        return "simulator.css"

    def _patient_id(self) -> UUID:
        return self.patient.id

    def _token(self) -> str:
        """No link of anybody's."""
        return "0" * 43

    def _staff_id(self) -> UUID:
        return self.member.id

    def _sign_in_id(self) -> UUID:
        return sign_in.sign_in(Attempt(self.member.email, cast.PASSWORD), self.world.now).id

    def _passkey_id(self) -> UUID:
        actor = sign_in.sign_in(Attempt(self.member.email, cast.PASSWORD), self.world.now).actor
        passkey_device.kept(actor, "Laptop", self.world.now)
        return passkey.listed(actor)[0].id

    def _invitation_id(self) -> UUID:
        at, email = system(self.clinician.pain_service_id), f"asked{self.number}@example.nhs.uk"
        return invitation.invite(at, f"Gus {self.colleague}", email, [Role.CLINICIAN], self.world.now).id

    def _content(self) -> Content:
        return cast.plan_content(what_matters=f"{self.mark} and the family")

    def _plan_id(self) -> UUID:
        return care_plan.draft(self.clinician, self.patient.id, self._content(), self.world.now).plan.id

    def _pathway_id(self) -> UUID:
        """Of somebody else with the same mark: a person is on one pathway at a time."""
        other, words = self._another(), f"{self.mark} cannot sleep"
        first = pathway.Next(Step.REFERRAL, MoveReason.NEW_FROM_GP, words, self.world.now)
        return pathway.refer(other.clinician, other.patient.id, first, self.world.now).pathway.id

    def _task_id(self) -> UUID:
        self.world.texts(f"It hurts, says {self.mark}", number=self.patient.mobile)
        work_off(self.world.now)
        waiting: list[Task] = [each for each in self.world.tasks(patient_id=self.patient.id) if not each.completed_at]
        return waiting[-1].id

    def _wording_id(self) -> UUID:
        return draft_wordings(self.world, 1, of=self.patient.pain_service_id, first=self.number)[0]

    def _phone_id(self) -> UUID:
        """With a nudge to come."""
        plan = care_plan.draft(self.clinician, self.patient.id, self._content(), self.world.now).plan
        care_plan.agree(self.clinician, plan.id, 1, AgreedHow.PHONE, self.world.now, self.world.now)
        planner.plan(self.world.now)
        self._values["agreed_id"] = plan.id
        return self.patient.id

    def _agreed_id(self) -> UUID | int | str:
        """The plan that those nudges are of."""
        self.value("phone_id")
        return self._values["agreed_id"]

    def _goal(self) -> str:
        plan_id = self.value("plan_id")
        assert isinstance(plan_id, UUID)
        return goal_id(plan_id, "school").removeprefix(f"{plan_id}-")

    def _episode_id(self) -> UUID:
        """Their own."""
        first = pathway.Next(Step.REFERRAL, MoveReason.NEW_FROM_GP, f"{self.mark} cannot sleep", self.world.now)
        return pathway.refer(self.clinician, self.patient.id, first, self.world.now).pathway.id

    def _referral_id(self) -> UUID:
        said, episode_id = (f"{self.mark} hospital", "Dizzy", "Exercises"), self.value("episode_id")
        assert isinstance(episode_id, UUID)
        view = pathway.refer_to_hospital(self.clinician, episode_id, *said, self.world.now, self.world.now)
        found: UUID = view.hospital_referrals[0].id
        return found

    def _message_id(self) -> UUID:
        self.value("task_id")
        return self.world.messages(kind=MessageKind.INBOUND, patient_id=self.patient.id)[0].id

    def _grant_id(self) -> UUID:
        """An emergency that a manager had."""
        return let_in(self, AccessKind.BREAK_GLASS, self.manager).grant.id

    def _resource_id(self) -> UUID:
        facts: Facts = FactsSchema().load(body.resource())
        return resource.add(self.clinician, facts, self.world.now).resource.id

    def _template_id(self) -> UUID:
        written: Template = TemplateSchema().load(body.template())
        return plan_template.add(self.clinician, written, self.world.now).template.id

    def _device_id(self) -> UUID:
        return patient_tokens(self.patient).device_id

    def _refresh_token(self) -> str:
        return patient_tokens(self.patient).refresh_token

    def _mobile(self) -> str:
        return self.patient.mobile

    def _code(self) -> str:
        """Asked for, texted, and read."""
        code.ask(self.patient.mobile, self.patient.mobile, self.world.now)
        code.take_up(self.world.now)
        return self.world.messages(kind=MessageKind.SIGN_IN, patient_id=self.patient.id)[-1].body[:6]

    def _link_id(self) -> UUID:
        """Texted to them, and read off the phone."""
        sign_in_link.send(self.clinician, self.patient.id, "http://127.0.0.1:8000/link", self.world.now)
        texts = self.world.messages(kind=MessageKind.SIGN_IN, patient_id=self.patient.id)
        return UUID(texts[-1].body.partition("/link/")[2][:36])

    def _digits(self) -> str:
        return self.patient.nhs_number[-4:]

    def _correction_id(self) -> UUID:
        return correction.ask(self.actor, self.patient.id, f"It is {self.mark}", self.world.now).id

    def _restriction_id(self) -> UUID:
        """Of somebody else with the same mark: whose record rests is not read."""
        other = self._another()
        return restriction.impose(other.actor, other.patient.id, RestrictionGround.OBJECTION, self.world.now).id

    def _erasure_id(self) -> UUID:
        return erasure.ask(self.actor, self.patient.id, self.world.now).id

    def _certificate_id(self) -> UUID:
        """Of somebody else with the same mark, who is gone."""
        other = self._another()
        asked = erasure.ask(other.actor, other.patient.id, self.world.now).id
        erasure.approve(self.clinician, asked, ErasureGround.WRONGLY_ENROLLED, self.world.now)
        erasure.carry_out(self.world.now)
        erasure.complete(self.world.now)
        return asked

    def _suggestion_id(self) -> UUID:
        plan_id = self.value("plan_id")
        assert isinstance(plan_id, UUID)
        return suggestion.make(self.actor, plan_id, 1, None, f"{self.mark} would swim", self.world.now).id

    def _opinion_id(self) -> UUID:
        """On a plan that another clinician wrote than the one who cares for them."""
        author = Actor(ActorKind.STAFF, self.patient.pain_service_id, self.member.id, frozenset({Role.CLINICIAN}))
        plan = care_plan.draft(author, self.patient.id, self._content(), self.world.now).plan
        return second_opinion.ask(self.actor, plan.id, f"{self.mark} asks why", self.world.now).opinion.id

    def live(self) -> "Record":
        """Have something in every list: a plan that was agreed, a nudge, a text, and what staff noted about it."""
        task.complete(self.clinician, self._task_id(), f"{NOTE}: she was cross", self.world.now)
        for name in PARAMETERS:
            self.value(name)
        return self


def let_in(record: Record, kind: AccessKind, holder: Actor) -> GrantView:
    """Somebody is let in to this one record."""
    now, reason = record.world.now, f"{record.mark} called, faint, and nobody else is in"
    if kind is AccessKind.BREAK_GLASS:
        return access_grant.break_glass(holder, record.patient.id, None, reason, now)
    return access_grant.invite_partner(record.clinician, record.patient.id, "eve@example.nhs.uk", reason, 14, now)
