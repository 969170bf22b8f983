"""Who is asked about, who cares for them, and who works beside?"""

from functools import cached_property

from companion.domain.access import Actor, ActorKind, Role, system
from companion.models import Patient, Staff
from companion.use_cases import (
    patient,
    staff,
)
from tests.api import body
from tests.api.rule import Whose
from tests.support import cast
from tests.support.world import World

MARKS: dict[Whose, str] = {Whose.OWN: "Ownmark", Whose.OTHER: "Othermark", Whose.ELSEWHERE: "Farmark"}


class Person:
    """A patient with a mark in every word of theirs, and the staff around them."""

    def __init__(self, world: World, whose: Whose, number: int) -> None:
        self.world, self.whose, self.number = world, whose, number
        self.mark = MARKS[whose]

    @property
    def clinician(self) -> Actor:
        """Who cares for them."""
        return self.world.people.eve if self.whose is Whose.ELSEWHERE else self.world.people.ben

    @cached_property
    def patient(self) -> Patient:
        """The person; version 2, as agreeing to texts was a change."""
        of_nobody_else = body.nth_enrolment(self.number)
        enrolment = cast.enrolment(
            given_name="Farah",
            family_name=self.mark,
            nhs_number=of_nobody_else["nhs_number"],
            mobile=f"+44{of_nobody_else['mobile'].replace(' ', '')[1:]}",
        )
        return patient.enrol(self.clinician, enrolment, self.world.now)

    @property
    def colleague(self) -> str:
        """The family name of whom an administrator may see; marked where none of ours may."""
        return self.mark if self.whose is Whose.ELSEWHERE else "Lund"

    @cached_property
    def member(self) -> Staff:
        """Somebody else who works where the person is cared for."""
        email = f"member{self.number}@example.nhs.uk"
        at = system(self.clinician.pain_service_id)
        return staff.add(at, f"Fay {self.colleague}", email, cast.PASSWORD, [Role.CLINICIAN], self.world.now)

    @property
    def manager(self) -> Actor:
        """Who may open their record in an emergency."""
        people = self.world.people
        return people.eve if self.whose is Whose.ELSEWHERE else people.chandra

    @property
    def actor(self) -> Actor:
        """They themselves, as the product knows them."""
        return Actor(ActorKind.PATIENT, self.patient.pain_service_id, self.patient.id)
