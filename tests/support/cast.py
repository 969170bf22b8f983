"""The cast of every test: Amina and her staff, and Dee and Eve, who must be refused."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, AgreedHow, Content, Goal, Helps
from companion.domain.plan_template import Start
from companion.domain.preference import Ceilings
from companion.domain.working_hours import WEEK, Hours
from companion.models import Patient
from companion.use_cases import care_plan, pain_service, patient, staff, wording
from companion.use_cases.care_plan import PlanView
from companion.use_cases.pain_service import Opening
from companion.use_cases.patient import Enrolment

# A Monday morning, in winter: London's wall clock is UTC.
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
# Every line has its hour, so that no test hangs on a minute drawn by chance.
TEN = time(10)
WORKING_DAYS = frozenset(WEEK[:5])
AMINA_MOBILE, DEE_MOBILE = "+447700900101", "+447700900102"
AMINA_NHS, DEE_NHS = "9990000018", "9990000026"


def plan_content(**changes: object) -> Content:
    """A sound plan: a goal, something that already helps, one activity for each behaviour, at ten on working days."""
    activities = (
        Activity(
            Behaviour.CURIOUS,
            "Notice how my sleep changes",
            WORKING_DAYS,
            line="sleep",
            goal_line="school",
            nudge_words="how well did you sleep this week?",
            time_of_day=TEN,
        ),
        Activity(
            Behaviour.HEALTHY,
            "Keep up the walk",
            WORKING_DAYS,
            line="walk",
            already_helps_line="lunch-walk",
            time_of_day=TEN,
        ),
        Activity(Behaviour.DEMAND, "Ask for a review of the plan", WORKING_DAYS, line="review", time_of_day=TEN),
    )
    values: dict[str, object] = {
        "what_matters": "Being there for my family",
        "already_helps": (Helps("a short walk after lunch", line="lunch-walk"),),
        "goals": (Goal("To pick my granddaughter up from school", line="school", importance=9, confidence=5),),
        "activities": activities,
    }
    return Content(**(values | changes))  # type: ignore[arg-type]


def enrolment(**changes: object) -> Enrolment:
    """Amina's enrolment, with consent to texts, from 9 to 5 on working days, once a day, three times a week."""
    values: dict[str, object] = {
        "given_name": "Amina",
        "family_name": "Yusuf",
        "nhs_number": AMINA_NHS,
        "mobile": AMINA_MOBILE,
        "time_zone": "Europe/London",
        "consent_to_texts": True,
        "hours": Hours(time(9), time(17), WORKING_DAYS),
        "ceilings": Ceilings(daily=1, weekly=3),
    }
    return Enrolment(**(values | changes))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Cast:
    """Two pain services and their people. `amina` and `dee` are patients of the first, Eve works for the second."""

    service_id: UUID
    other_service_id: UUID
    ben: Actor
    chandra: Actor
    ada: Actor
    eve: Actor
    amina: Patient
    dee: Patient

    @property
    def system(self) -> Actor:
        """The product itself, in the first pain service."""
        return system(self.service_id)

    def agree_plan(
        self,
        content: Content | None = None,
        now: datetime = MONDAY,
        of: Patient | None = None,
        start: Start | None = None,
    ) -> PlanView:
        """Write a plan with Ben and let the patient (Amina, unless told otherwise) agree to it."""
        drafted = care_plan.draft(self.ben, (of or self.amina).id, content or plan_content(), now, start)
        return care_plan.agree(self.ben, drafted.plan.id, drafted.plan.version, AgreedHow.IN_PERSON, now, now)


def opening(name: str, **changes: object) -> Opening:
    """A pain service that texts at any hour of any day, so that the patient's own hours decide."""
    values: dict[str, object] = {
        "name": name,
        "short_name": "iHELP pain service",
        "phone": "01632 960123",
        "text_hours": Hours(time(0), time(0), frozenset(WEEK), on_bank_holidays=True),
    }
    return Opening(**(values | changes))  # type: ignore[arg-type]


def assemble(now: datetime = MONDAY, *, approved: bool = True) -> Cast:
    """Put everybody into the database, through the use cases. `approved`: Ben has approved every wording."""
    service = pain_service.create(opening("West Lancashire Pain Service"), now)
    other = pain_service.create(opening("Fylde Pain Service"), now + timedelta(seconds=1))

    def hire(at: UUID, name: str, *roles: Role) -> Actor:
        email = f"{name.split()[0].lower()}@example.nhs.uk"
        member = staff.add(system(at), name, email, PASSWORD, roles, now)
        return Actor(ActorKind.STAFF, at, member.id, frozenset(roles))

    ben = hire(service.id, "Ben Okafor", Role.CLINICIAN)
    chandra = hire(service.id, "Chandra Rao", Role.SERVICE_MANAGER)
    ada = hire(service.id, "Ada Lind", Role.ADMINISTRATOR)
    eve = hire(other.id, "Eve Marsh", Role.CLINICIAN, Role.SERVICE_MANAGER)
    if approved:
        for draft in wording.listed(ben):
            wording.approve(ben, draft.id, now)
    amina = patient.enrol(ben, enrolment(), now)
    dee = patient.enrol(
        ben,
        enrolment(given_name="Dee", family_name="Walsh", nhs_number=DEE_NHS, mobile=DEE_MOBILE),
        now,
    )
    return Cast(service.id, other.id, ben, chandra, ada, eve, amina, dee)


def day(text: str) -> date:
    """A date, written out."""
    return date.fromisoformat(text)
