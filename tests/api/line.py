"""What does an address take, in whose name and about whom?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from tests.api.body import Body
from tests.api.rule import Rule, Site


class Asked(Protocol):
    """What is asked about: see record.py."""

    number: int

    def value(self, name: str) -> UUID | int | str:
        """For the parameter of that name."""


Sent = Body | Callable[[Asked], Body] | None


@dataclass(frozen=True, slots=True)
class Line:
    """An address as Flask has it, its rule, and a sound request: what is sent, and in If-Match which version.

    `sends` may be a function of what is asked about. `page`: the page whose form is sent, with these fields.
    `names_somebody`: what is sent says whose record is meant, where the address does not.
    """

    address: str
    rule: Rule
    sends: Sent = None
    version: str | None = None
    query: str | Callable[[Asked], str] = ""
    page: str | None = None
    names_somebody: bool = False
    site: Site = Site.SIMULATED

    @property
    def method(self) -> str:
        """GET, POST …"""
        return self.address.partition(" ")[0]

    @property
    def path(self) -> str:
        """The address without the method."""
        return self.address.partition(" ")[2]

    @property
    def is_about_somebody(self) -> bool:
        """Whether it makes a difference whose record is asked about."""
        return self.names_somebody or "<uuid:" in self.path
