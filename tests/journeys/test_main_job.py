"""Does the main job work, over HTTP and over text, with no step done by hand in the database?"""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from nudges import dispatcher, inbound, outbox, planner, receipts
from nudges.inbound import InboundText
from nudges.simulator_gateway import SimulatorGateway
from tests import cast

from datetime import datetime


class Phone:
    """Amina's phone: what she texts comes in by the way every provider's text does."""

    def __init__(self) -> None:
        self.count = 0

    def texts(self, body: str, now: datetime) -> None:
        self.count += 1
        inbound.receive(InboundText("simulator", f"in{self.count}", cast.AMINA_MOBILE, "", body), now)


def beat(gateway: SimulatorGateway, now: datetime) -> None:
    """What the worker does, at one moment."""
    planner.plan(now)
    dispatcher.dispatch(now)
    outbox.send_due(gateway, "test", lambda: now)
    receipts.ask(gateway, now)


def sign_in(client: FlaskClient, who: str) -> dict[str, str]:
    email = f"{who}@example.nhs.uk"
    answer = client.post("/v1/sign-ins", json={"email": email, "password": cast.PASSWORD})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json['token']}"}


@pytest.mark.usefixtures("app")
def test_a_nudge_reaches_a_phone_and_the_answer_comes_back(client: FlaskClient, gateway: SimulatorGateway) -> None:
    people = cast.assemble()
    people.agree_plan()
    now = cast.MONDAY
    phone = Phone()
    for _ in range(14 * 24 * 2):
        beat(gateway, now)
        now += timedelta(minutes=30)
    assert gateway.kept
    print(gateway.kept[0].body)
    phone.texts("Y", now)
    phone.texts("WHY", now)
    phone.texts("My knee hurts on the stairs", now)
    beat(gateway, now)
    print([text.body for text in gateway.kept])
    ben = sign_in(client, "ben")
    answer = client.get(f"/v1/patients/{people.amina.id}/nudges?page_size=100", headers=ben)
    assert answer.status_code == 200, answer.text
    for item in answer.json["items"]:
        print(item["slot_on"], item["behaviour"], item["status"], item["message_status"], item["reason"], item["answers"])
    print(client.get("/v1/inbox", headers=ben).json)
    phone.texts("STOP", now)
    print(client.get("/v1/engagement?from_on=2026-11-01&to_on=2026-12-31", headers=sign_in(client, "chandra")).json)
