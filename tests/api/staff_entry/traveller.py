"""Who goes to their organisation with a browser, and comes back?"""

from typing import Any

from tests.api.caller import Answer
from tests.api.staff_entry.entrance import Entrance
from tests.support.issuer_double import Double

BEGIN = "/staff/organisation"
LINK = "/staff/organisation/link"


class Traveller:
    """Somebody with a browser; signed in here already if an address is given, by the app on their phone."""

    def __init__(self, entrance: Entrance, double: Double, email: str = "") -> None:
        self.entrance, self.double, self.browser = entrance, double, entrance.browser()
        if email:
            phone, _ = entrance.enrolled(email)
            assert entrance.fill_in(self.browser, email, code=phone.code()).status == 303
            self.phone = phone

    def go(self, where: str = BEGIN) -> str:
        """Off; where to."""
        answer = self.browser.get(where)
        assert answer.status == 303, answer.text
        return str(answer.headers["Location"])

    def back(self, where: str = BEGIN, **claims: Any) -> Answer:
        """There, and back with these claims."""
        return self.browser.get(self.double.sign_in(self.go(where), self.now, **claims))

    @property
    def now(self) -> int:
        """By both clocks."""
        return int(self.entrance.hands.at.timestamp())

    @property
    def is_in(self) -> bool:
        """Whether our pages open."""
        return bool(self.browser.get("/staff").status == 200)


def linked(entrance: Entrance, double: Double, email: str, subject: str) -> Traveller:
    """Somebody who linked their organisation's sign-in, and is signed in with the app."""
    traveller = Traveller(entrance, double, email)
    answer = traveller.back(LINK, sub=subject)
    assert (answer.status, "Your sign-ins are linked" in answer.text) == (200, True)
    return traveller
