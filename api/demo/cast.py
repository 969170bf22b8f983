"""Who is in the demonstration? Names, NHS numbers of the test range and phones of Ofcom's drama range."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from api.demo import care_plan
from api.demo.persona import Habit
from companion.domain.access import Role
from companion.domain.care_plan import Content
from companion.domain.preference import Ceilings
from companion.domain.working_hours import WEEK, Hours
from companion.use_cases import pain_service, staff
from companion.use_cases.pain_service import Opening
from companion.use_cases.patient import Enrolment

# Known to everybody, and good for synthetic people alone: the demonstration never runs in production.
PASSWORD = "a-demo-for-everyone"  # noqa: S105
DOMAIN = "@demo.example"
ROLE_WORDS = {
    Role.CLINICIAN: "clinician",
    Role.SERVICE_MANAGER: "service manager",
    Role.ADMINISTRATOR: "administrator",
}
# A number that no patient has; the simulator's last phone and the fortnight's stranger text from it.
STRANGER = "+447700900999"

ANY_HOUR = Hours(time(0), time(0), frozenset(WEEK), on_bank_holidays=True)
OFFICE_HOURS = Hours(time(9), time(18), frozenset(WEEK[:5]))


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast who can sign in, with what a page says of them."""

    name: str
    role: str
    email: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for one of the pain services."""

    name: str
    role: Role

    @property
    def first_name(self) -> str:
        """By which colleagues call them."""
        return self.name.split()[0]

    @property
    def email(self) -> str:
        """By which they sign in."""
        return f"{self.first_name.lower()}{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody who is cared for: how they joined, what they agreed, and what they are like with a phone."""

    enrolment: Enrolment
    plan: Content
    habit: Habit

    @property
    def name(self) -> str:
        """The first name, which nobody else in the demonstration has."""
        return self.enrolment.given_name


@dataclass(frozen=True, slots=True)
class Troupe:
    """A pain service and its people; the first member of staff is the clinician who agrees the plans."""

    opening: Opening
    staff: Sequence[Member]
    patients: Sequence[Patient]


def patient(
    name: str,
    nhs_number: str,
    mobile: str,
    plan: Content,
    habit: Habit,
    *,
    hours: Hours = OFFICE_HOURS,
    ceilings: Ceilings = Ceilings(daily=1, weekly=3),  # noqa: B008
    zone: str = "Europe/London",
    texts: bool = True,
) -> Patient:
    """One of the cast; `mobile` are the last three digits of 07700 900…"""
    given, family = name.split()
    number = f"+447700900{mobile}"
    return Patient(Enrolment(given, family, nhs_number, number, zone, texts, hours, ceilings), plan, habit)


WEST_LANCASHIRE = Troupe(
    Opening(
        "iHELP West Lancashire",
        "iHELP pain service",
        "01632 960375",
        text_hours=ANY_HOUR,
        ceilings=Ceilings(daily=3, weekly=21),
    ),
    (
        Member("Ben Okafor", Role.CLINICIAN),
        Member("Chandra Rao", Role.SERVICE_MANAGER),
        Member("Ada Lind", Role.ADMINISTRATOR),
    ),
    (
        # At any hour, up to three a day: so that a text comes whenever somebody starts the demonstration.
        patient(
            "Amina Yusuf",
            "9990000018",
            "101",
            care_plan.AMINA,
            Habit(0.9, (4, 45), (4, 5, 4, 6, 6, 7), 0.85, ("Not this week, thank you.",)),
            hours=ANY_HOUR,
            ceilings=Ceilings(daily=3, weekly=21),
        ),
        patient(
            "Dee Walsh",
            "9990000026",
            "102",
            care_plan.DEE,
            Habit(0.6, (20, 180), (3, 4, 4, 5), 0.6),
            hours=Hours(time(9, 30), time(15), frozenset(WEEK[:5])),
        ),
        patient("Gwilym Price", "9990000034", "103", care_plan.GWILYM, Habit(0.9, (2, 20), (4, 5, 5, 6), 1.0)),
        patient("Tomasz Zieliński", "9990000042", "104", care_plan.TOMASZ, Habit(0.7, (30, 240), (5, 4, 6), 0.7)),
        patient(
            "Joan Halsall",
            "9990000050",
            "105",
            care_plan.JOAN,
            Habit(0.95, (1, 12), (6, 5, 6, 7), 0.9, ("Yes please, the step is very high.",)),
            hours=Hours(time(8), time(12), frozenset(WEEK), on_bank_holidays=True),
            ceilings=Ceilings(daily=1, weekly=7),
        ),
        patient(
            "Pat Rimmer",
            "9990000069",
            "106",
            care_plan.PAT,
            Habit(answers=0.0),  # quiet: the phone lives in a drawer
            hours=Hours(time(8), time(18), frozenset(WEEK[:5])),
            zone="Europe/Madrid",
        ),
        patient("Farida Khan", "9990000077", "107", care_plan.FARIDA, Habit(0.8, (5, 90), (6, 7), 0.9)),
        patient("Bev Ashcroft", "9990000085", "108", care_plan.BEV, Habit(0.5, (60, 300), (3,), 0.5)),
        patient("Marlon Edwards", "9990000093", "109", care_plan.MARLON, Habit(), texts=False),
    ),
)
FYLDE_COAST = Troupe(
    Opening("Fylde Coast Pain Service", "Fylde pain service", "01632 960810"),
    (Member("Eve Marsh", Role.CLINICIAN),),
    (patient("Noreen Bickerstaffe", "9990000107", "201", care_plan.NOREEN, Habit(0.8, (10, 120), (6, 6, 5), 0.8)),),
)
TROUPES = (WEST_LANCASHIRE, FYLDE_COAST)


def people() -> list[Person]:
    """Everybody of the demonstration who can sign in."""
    return [
        Person(found.name, _role_words([held.role for held in found.roles], service.name), found.email)
        for service in pain_service.every()
        for found in staff.listed(service.id)
        if found.email.endswith(DOMAIN)
    ]


def _role_words(held: list[Role], service: str) -> str:
    words = " and ".join(ROLE_WORDS[role] for role in held)
    return f"{words[:1].upper()}{words[1:]}, {service}"
