"""How does somebody's whole record come about, by requests and texts, a marker in every field?"""

from dataclasses import replace
from uuid import UUID

from flask import Flask

from companion.db import transaction
from companion.domain.task import TaskKind
from companion.models import PainService
from companion.records import task as tasks
from companion.use_cases import patient
from nudges import planner
from tests.api import body
from tests.api.caller import Caller
from tests.api.webhooks.test_twilio import BASE, INBOUND, STATUS, Watch, form, just_post
from tests.marker.heard import Heard, Listener
from tests.marker.marks import BORN, MOBILE, MOBILE_WRITTEN, NHS_WRITTEN, STRANGER
from tests.support.twilio_webhook import sign
from tests.support.world import World


def write_the_record(ben: Listener, world: World, watch: Watch) -> str:
    """Enrol a person and write their plan, a marker in every field."""
    enrolled = ben.send("POST", "/v1/patients", json=body.enrolment(
        given_name="Zqgiven", family_name="Zqfamily", nhs_number=NHS_WRITTEN, mobile=MOBILE_WRITTEN,
        birth_date=BORN))  # fmt: skip
    assert enrolled.status == 201, enrolled.text
    patient_id = str(enrolled.json["id"])
    activities = [
        body.activity(line="sleep", goal_line="school", words="Zqactivity", nudge_words="Zqnudge?",
                      days_of_week=["mon", "tue", "wed", "thu", "fri"], time_of_day="10:00"),
    ]  # fmt: skip
    plan = body.content(
        what_matters="Zqmatters", communicate_how="Zqhow", please_do="Zqplease", please_dont="Zqdont",
        already_helps=[{"line": "lunch-walk", "words": "Zqhelps"}], goals=[body.goal(words="Zqgoal")],
        activities=activities, important_people="Zqpeople", flare_early_signs="Zqsigns", flare_first_steps="Zqsteps",
        flare_avoid="Zqavoid", flare_contact="Zqcontact", flare_urgent_help="Zqurgent",
        needs=[{"kind": "social", "words": "Zqneed", "condition": "Zqcondition"}],
        medicines_to_review=[{"words": "Zqmedicine", "why": "Zqdrowsy"}],
        contacts=[{"kind": "carer", "words": "Zqbrother", "phone": "07700 900444"}],
    )  # fmt: skip
    drafted = ben.send("POST", f"/v1/patients/{patient_id}/care-plans", json=plan)
    assert drafted.status == 201, drafted.text
    plan_id = drafted.json["plan"]["id"]
    revised = ben.send("POST", f"/v1/care-plans/{plan_id}/revisions", version=drafted.tag,
                       json={"content": plan, "reason": "Zqrevised"})  # fmt: skip
    assert revised.status == 201, revised.text
    agreed = ben.send("POST", f"/v1/care-plans/{plan_id}/agreement", version=revised.tag,
                      json={"how": "in-person", "agreed_at": watch.now.isoformat()})  # fmt: skip
    assert agreed.status < 300, agreed.text
    for path in (f"care-plans/{plan_id}", f"care-plans/{plan_id}/revisions", f"care-plans/{plan_id}/revisions/1"):
        ben.send("GET", f"/v1/{path}")
    referred = ben.send(
        "POST", f"/v1/patients/{patient_id}/pathways", json={"reason": "new-from-gp", "words": "Zqmove"}
    )
    assert referred.status == 201, referred.text
    hospital = {"to": "Zqhospital", "reason": "Zqreferred", "tried_first": "Zqtried"}
    told = ben.send("POST", f"/v1/pathways/{referred.json['pathway']['id']}/hospital-referrals", json=hospital)
    assert told.status == 201, told.text
    ben.send("GET", f"/v1/patients/{patient_id}/pathways")
    return patient_id


def text_both_ways(app: Flask, world: World, watch: Watch, heard: Heard, patient_id: str) -> None:
    """A nudge goes out with its words, its receipts come, they answer, and somebody unknown texts."""
    planner.plan(watch.now)
    watch.now = world.now = min(nudge.due_at for nudge in world.nudges())
    world.beat()
    assert any(b.number.endswith("7700900777") for b in world.messages())
    caller = Caller(app.test_client())
    for told in (form("Zqbody, and it hurts", MOBILE), form("Zqbody I want to die", STRANGER), form("STOP")):
        signed = sign(BASE + INBOUND, told)
        heard.errors.append(just_post(caller, signed).text)
        heard.errors.append(just_post(caller, replace(signed, headers={})).text)
    for message in world.messages():
        if message.provider_id:
            told = {"MessageSid": message.provider_id, "MessageStatus": "delivered", "To": message.number}
            heard.errors.append(just_post(caller, sign(f"{BASE}{STATUS}?message={message.id}", told)).text)
    world.beat()


def answer_and_ask(ben: Listener, world: World, watch: Watch, patient_id: str) -> None:
    """Staff answer, complete and look at everything."""
    told = ben.send("POST", f"/v1/patients/{patient_id}/messages", json={"body": "Zqbody, I will ring you"})
    assert told.status == 202, told.text
    with transaction() as session:
        service = session.get_one(PainService, world.people.service_id)
        tasks.ask(session, service, TaskKind.READ_MESSAGE, "Zqwhy", watch.now)
    for task in ben.send("GET", "/v1/inbox").json["items"]:
        done = ben.send("POST", f"/v1/inbox/{task['id']}/completion", json={"outcome": "Zqoutcome"})
        assert done.status == 200
    patient.read(replace(world.people.ben, reason="Zqaccessreason"), UUID(patient_id), watch.now)
    ben.send("GET", "/v1/patients")
    ben.send("GET", "/v1/engagement")
    for what in ("", "/messages", "/nudges", "/preferences", "/consents", "/care-plans", "/record-access"):
        assert ben.send("GET", f"/v1/patients/{patient_id}{what}").status == 200
    world.beat()
