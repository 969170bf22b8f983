"""What is a patient's own, and how do they come in to it?"""

from tests.api import body
from tests.api.body import Body
from tests.api.line import Asked, Line
from tests.api.rule import CHANGE, EVERYBODY, MINE, MY_DEVICE, MY_OPINION, MY_PAGE, NOT_BESIDE, NOT_SET_UP, NOT_WAITING

PLAN, RECORD = "/v1/care-plans/<uuid:plan_id>", "/v1/patients/<uuid:patient_id>"
LINK = "/link/<uuid:link_id>"
# Nobody's; the form is the same.
SOME_LINK = "/link/00000000-0000-4000-8000-000000000000"


def _code(asked: Asked) -> Body:
    said = {"mobile": asked.value("mobile"), "code": asked.value("code"), "nhs_number_ending": asked.value("digits")}
    return {**said, "device": "Phone"}


def _typed_code(asked: Asked) -> Body:
    code = _code(asked)
    return {"mobile": code["mobile"], "code": code["code"], "digits": code["nhs_number_ending"]}


def _suggested(asked: Asked) -> Body:
    return {"care_plan_id": str(asked.value("plan_id")), "revision_number": 1, "words": "Could I swim?"}


def _asked_opinion(asked: Asked) -> Body:
    return {"care_plan_id": str(asked.value("plan_id")), "question": "Is the walk too much?"}


def _own_yes(asked: Asked) -> Body:
    return {"care_plan_id": str(asked.value("plan_id")), "number": 1}


OWN_LINES: tuple[Line, ...] = (
    # Patients: signing in, and what is their own
    Line("POST /v1/patient-sign-ins", EVERYBODY, {"mobile": "07700 900101"}),
    Line("POST /v1/patient-sign-ins/codes", EVERYBODY, _code),
    Line(
        "POST /v1/patient-sign-ins/refreshes",
        EVERYBODY,
        lambda asked: {"refresh_token": asked.value("refresh_token")},
    ),
    Line("GET /v1/me", MINE),
    Line("GET /v1/me/care-plan", MINE),
    Line("GET /v1/me/care-plan/agreement", NOT_WAITING),
    Line("POST /v1/me/care-plan/agreement", NOT_BESIDE, _own_yes),
    Line("GET /v1/me/suggestions", MINE),
    Line("POST /v1/me/suggestions", MINE, _suggested),
    Line("GET /v1/me/second-opinions", MINE),
    Line("POST /v1/me/second-opinions", MINE, _asked_opinion),
    Line("POST /v1/me/second-opinions/<uuid:opinion_id>/withdrawal", MY_OPINION, {"reason": "I talked with Ben."}),
    Line("GET /v1/me/record-access", MINE),
    Line("GET /v1/me/devices", MINE),
    Line("DELETE /v1/me/devices/<uuid:device_id>", MY_DEVICE),
    Line("DELETE /v1/me/devices", MINE),
    Line("DELETE /v1/me/sign-in", MINE),
    Line("GET /v1/me/export", MINE),
    Line("GET /v1/me/export.html", MINE),
    Line("GET /v1/me/care-plan/letter", MINE),
    Line("GET /v1/me/care-plan/letter.pdf", MINE),
    Line("GET /v1/me/export.fhir", MINE),
    Line("GET /v1/me/corrections", MINE),
    Line("POST /v1/me/corrections", MINE, {"words": "It is spelt otherwise."}),
    Line("GET /v1/me/preferences", MINE),
    Line("PUT /v1/me/preferences", MINE, body.preferences(), version='"1"'),
    Line("POST /v1/me/consents", MINE, {"status": "given"}),
    Line(f"POST {RECORD}/sign-in-links", CHANGE),
    Line(f"GET {LINK}", EVERYBODY),
    Line(f"POST {LINK}", EVERYBODY, lambda asked: {"digits": asked.value("digits")}, page=SOME_LINK),
    Line("GET /own/way-in", EVERYBODY),
    Line("GET /own/sign-in", EVERYBODY),
    Line("POST /own/sign-in", EVERYBODY, {"mobile": "07700 900102"}, page=SOME_LINK),
    Line("POST /own/sign-in/code", EVERYBODY, _typed_code, page=SOME_LINK),
    # Not set up here: tests/api/patient_entry/test_nhs_login.py goes there and back.
    Line("GET /own/nhs-login", NOT_SET_UP),
    Line("GET /own/nhs-login/return", NOT_SET_UP),
    Line("GET /own/plan", MY_PAGE),
    Line("GET /own/plan/letter.pdf", MY_PAGE),
    Line("POST /own/plan/agreement", MY_PAGE, {}, page=SOME_LINK),
    Line("POST /own/suggestions", MY_PAGE, {}, page=SOME_LINK),
    Line("POST /own/second-opinions", MY_PAGE, {}, page=SOME_LINK),
    Line("POST /own/sign-out", MY_PAGE, {}, page=SOME_LINK),
)
