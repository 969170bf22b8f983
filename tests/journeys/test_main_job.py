"""Does the main job work, over HTTP and over text, with no step done by hand in the database?

Every step that a person takes goes over HTTP, as they would take it: staff through the API, the patient through the
provider's signed webhook. The worker's beats are the worker's own, on a clock that the test moves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from api import house
from api.app import create_app
from api.settings.config import Config, Twilio
from companion.db import db
from companion.domain.access import Role, system
from companion.use_cases import pain_service, staff
from nudges import planner
from nudges.providers.gateway import Gateway
from nudges.sending import outbox
from nudges.settling import reconciler
from tests.support import cast, dispatched
from tests.support.databases import both
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, Sms
from tests.support.twilio_double import TwilioDouble
from tests.support.world import work_off

pytestmark = both

MESSAGING_SERVICE_SID = "MG" + "0" * 32
PUBLIC = "https://pain.example.nhs.uk"
PLAN = {
    "what_matters": "Being there for my family",
    "already_helps": [{"line": "lunch-walk", "words": "a short walk after lunch"}],
    "goals": [{"line": "school", "words": "To pick my granddaughter up from school", "importance": 9, "confidence": 5}],
    "activities": [
        {
            "behaviour": "curious",
            "words": "Notice how my sleep changes",
            "nudge_words": "how well did you sleep this week?",
            "days_of_week": ["mon", "tue", "wed", "thu", "fri"],
        },
        {
            "behaviour": "healthy",
            "words": "Keep up the walk",
            "already_helps_line": "lunch-walk",
            "days_of_week": ["mon", "tue", "wed", "thu", "fri"],
        },
        {"behaviour": "demand", "words": "Ask for a review of the plan", "days_of_week": ["mon", "wed", "fri"]},
    ],
}


@dataclass
class Story:
    """A pain service with its staff signed in, Twilio's double on a real socket, and a clock."""

    now: datetime = cast.MONDAY
    double: TwilioDouble = field(init=False)
    client: FlaskClient = field(init=False)
    gateway: Gateway = field(init=False)

    @property
    def sent(self) -> list[Sms]:
        """What the provider took from us, oldest first."""
        return [sms for sms in self.double.messages if sms.direction != "inbound"]

    def sign_in(self, email: str) -> dict[str, str]:
        """The header that a signed-in person sends."""
        answer = self.client.post("/v1/sign-ins", json={"email": email, "password": cast.PASSWORD})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.get_json()['token']}"}

    def beat_until(self, enough: int, most: timedelta = timedelta(days=10)) -> None:
        """Let the worker beat every quarter of an hour until the provider has taken `enough` texts."""
        end = self.now + most
        while len(self.sent) < enough and self.now < end:
            self.beat()
            self.now += timedelta(minutes=15)
        assert len(self.sent) == enough

    def beat(self) -> None:
        """What the worker does at one moment."""
        planner.plan(self.now)
        dispatched.dispatch(self.now)
        outbox.send_due([self.gateway], "test", lambda: self.now)
        reconciler.ask(self.gateway, self.now)
        work_off(self.now)

    def deliver(self) -> None:
        """The newest text reaches the handset, and Twilio says so with a signed post."""
        post = self.double.settle(self.sent[-1].sid, "delivered")
        path = post.url.removeprefix(PUBLIC)
        assert self.client.post(path, data=post.form, headers=post.headers).status_code == 204
        work_off(self.now)

    def texts(self, body: str) -> None:
        """The patient texts, and Twilio hands it over with a signed post."""
        post = self.double.inbound(cast.AMINA_MOBILE, body, f"{PUBLIC}/webhooks/twilio/inbound")
        answer = self.client.post("/webhooks/twilio/inbound", data=post.form, headers=post.headers)
        assert (answer.status_code, answer.mimetype) == (200, "text/xml")
        work_off(self.now)


@pytest.fixture
def story(database_url: str) -> Iterator[Story]:
    """Everything up to the moment at which the first member of staff signs in."""
    told = Story()
    with TwilioDouble(clock=lambda: told.now) as double:
        told.double = double
        twilio = Twilio(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, double.url)
        settings = Config(database_url=database_url, public_base_url=PUBLIC, twilio=twilio)
        app = create_app(settings, clock=lambda: told.now)
        with app.app_context():
            service = pain_service.create(cast.opening("West Lancashire Pain Service"), told.now)
            for name, role in (("ben", Role.CLINICIAN), ("chandra", Role.SERVICE_MANAGER)):
                email = f"{name}@example.nhs.uk"
                staff.add(system(service.id), name, email, cast.PASSWORD, [role], told.now)
            told.client, told.gateway = app.test_client(), house.gateways()[0]
            yield told
            db.engine.dispose()


def test_from_sign_in_to_figures(story: Story) -> None:
    client = story.client
    ben = story.sign_in("ben@example.nhs.uk")

    # Ben approves the wordings that may be said, and enrols Amina.
    for wording in client.get("/v1/wordings", headers=ben).get_json()["items"]:
        assert client.post(f"/v1/wordings/{wording['id']}/approval", headers=ben).status_code == 200
    enrolment = {
        "given_name": "Amina",
        "family_name": "Yusuf",
        "nhs_number": "999 000 0018",
        "mobile": "07700 900101",
        "time_zone": "Europe/London",
        "consent_to_texts": True,
        "preferences": {
            "local_start": "09:00",
            "local_end": "17:00",
            "days_of_week": ["mon", "tue", "wed", "thu", "fri"],
            "daily_ceiling": 1,
            "weekly_ceiling": 3,
        },
    }
    amina = client.post("/v1/patients", json=enrolment, headers=ben).get_json()

    # The plan is written, and becomes active when Amina agrees.
    drafted = client.post(f"/v1/patients/{amina['id']}/care-plans", json=PLAN, headers=ben)
    plan_url = f"/v1/care-plans/{drafted.get_json()['plan']['id']}"
    assert drafted.get_json()["plan"]["status"] == "draft"
    story.beat()
    assert story.sent == []
    agreed = client.post(
        f"{plan_url}/agreement", json={"how": "in-person"}, headers=ben | {"If-Match": drafted.headers["ETag"]}
    )
    assert agreed.get_json()["plan"]["status"] == "active"

    # The worker plans and sends; the phone gets a text from the plan, in her hours, and Twilio says so.
    story.beat_until(1)
    first = story.sent[0]
    assert first.to == cast.AMINA_MOBILE
    assert first.body.startswith("Amina, ")
    story.deliver()

    # She answers; she asks why; she writes; her words reach a person.
    story.texts("7")
    story.texts("WHY")
    story.beat()
    assert "because your plan" in story.sent[-1].body
    story.deliver()
    story.texts("The stairs were easier today, thank you")
    ben = story.sign_in("ben@example.nhs.uk")  # half an hour has gone by
    nudges = client.get(f"/v1/patients/{amina['id']}/nudges", headers=ben).get_json()["items"]
    [went] = [nudge for nudge in nudges if nudge["message_id"]]
    assert (went["status"], went["message_status"]) == ("sent", "delivered")
    assert [answer["kind"] for answer in went["answers"]] == ["number", "words"]
    assert went["answers"][0]["number"] == 7
    [task] = client.get("/v1/inbox", headers=ben).get_json()["items"]
    assert task["message"]["body"] == "The stairs were easier today, thank you"
    done = client.post(f"/v1/inbox/{task['id']}/completion", json={"outcome": "Answered."}, headers=ben)
    assert done.get_json()["status"] == "completed"

    # STOP stops everything at once; START undoes it. (Ben's sign-in lasts eight hours: he signs in again.)
    story.texts("STOP")
    for _ in range(4 * 24 * 5):
        story.beat()
        story.now += timedelta(minutes=15)
    assert len(story.sent) == 2
    ben = story.sign_in("ben@example.nhs.uk")
    refused = client.post(f"/v1/patients/{amina['id']}/messages", json={"body": "Hello"}, headers=ben)
    assert refused.status_code == 409
    story.texts("START")
    story.beat()
    assert "on again" in story.sent[-1].body
    story.beat_until(4)

    # The figures have moved.
    chandra = story.sign_in("chandra@example.nhs.uk")
    period = {"from_on": "2026-11-23", "to_on": "2026-12-31"}
    figures: dict[str, Any] = client.get("/v1/engagement", query_string=period, headers=chandra).get_json()
    total = figures["total"]
    assert (total["sent"], total["delivered"], total["answered"]) == (2, 1, 1)
    assert total["skipped"] >= 1
    assert total["held_back"]["consent-withdrawn"] == total["skipped"]
    assert total["planned"] == sum(total[key] for key in ("waiting", "sent", "skipped", "lapsed"))
    for key in ("planned", "sent", "delivered", "answered"):
        assert sum(tally[key] for tally in figures["behaviours"].values()) == total[key]
