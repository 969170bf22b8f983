"""Who is in the demonstration? Names, NHS numbers of the test range and phones of Ofcom's drama range."""

from dataclasses import dataclass

from companion.domain.access import Role
from companion.use_cases import pain_service, staff

# Known to everybody, and good for synthetic people alone: the demonstration never runs in production.
PASSWORD = "a-demo-for-everyone"  # noqa: S105
DOMAIN = "@demo.example"
ROLE_WORDS = {
    Role.CLINICIAN: "clinician",
    Role.SERVICE_MANAGER: "service manager",
    Role.ADMINISTRATOR: "administrator",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast who can sign in, with what a page says of them."""

    name: str
    role: str
    email: str


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
    return f"{words}, {service}".capitalize()
