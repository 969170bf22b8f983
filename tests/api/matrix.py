"""Who may do what, to whose record, at every address.

The one table of it. tests/api/test_matrix.py walks all of it and docs/security/access.md shows it; an address that is
not in it fails the build. What a rule says is in rule.py, and what a line says in line.py.
"""

from tests.api import body
from tests.api.body import Body
from tests.api.line import Asked, Line
from tests.api.own_lines import OWN_LINES
from tests.api.rule import (
    ACCESSES,
    APPROVE,
    CHANGE,
    DECIDE,
    DECISIONS,
    DIRECTORY,
    EMERGENCY,
    END,
    ENROL,
    ENTRY_OF_DIRECTORY,
    EVERYBODY,
    FHIR,
    FHIR_INBOX,
    FIGURES,
    INBOX,
    INVITE,
    KEEP_DIRECTORY,
    KEEP_ENTRY,
    LIST,
    NOT_GIVEN,
    RESTING,
    RESTORE,
    RIGHTS,
    SEE,
    TEMPLATE,
    TEMPLATES,
    WORDS,
    WRITE_TEMPLATE,
    WRITE_TEMPLATES,
)
from tests.api.ways_in import WAYS_IN

ANY_DAYS = "?from_on=2026-11-01&to_on=2026-12-31"
PLAN, RECORD = "/v1/care-plans/<uuid:plan_id>", "/v1/patients/<uuid:patient_id>"
RESOURCE = "/v1/resources/<uuid:resource_id>"
PLAN_TEMPLATE = "/v1/plan-templates/<uuid:template_id>"
VERSION = f"{PLAN_TEMPLATE}/versions/<int(min=1, max=1000000):number>"
OPINION = "/v1/second-opinions/<uuid:opinion_id>"
PATHWAY = "/v1/pathways/<uuid:pathway_id>"
WHY = "She called, faint, and nobody else is in"


def _of(asked: Asked) -> str:
    return f"?patient={asked.value('patient_id')}"


def _with_id(asked: Asked) -> str:
    return f"?_id={asked.value('patient_id')}"


def _offer(asked: Asked) -> Body:
    return {"resource_id": str(asked.value("resource_id")), "kind": "offered"}


def _emergency(asked: Asked) -> Body:
    return {"patient_id": str(asked.value("patient_id")), "reason": WHY}


RECORDS: tuple[Line, ...] = (
    # The record as FHIR has it
    Line("GET /fhir/metadata", EVERYBODY),
    Line("GET /fhir/Patient", FHIR, query=_with_id, names_somebody=True),
    Line("GET /fhir/Patient/<uuid:patient_id>", FHIR),
    Line("GET /fhir/Patient/<uuid:patient_id>/$everything", FHIR_INBOX),
    Line("GET /fhir/EpisodeOfCare", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/EpisodeOfCare/<uuid:episode_id>", FHIR),
    Line("GET /fhir/CarePlan", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/CarePlan/<uuid:plan_id>", FHIR),
    Line("GET /fhir/Goal", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Goal/<uuid:plan_id>-<string(length=16):goal>", FHIR),
    Line("GET /fhir/Provenance", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Provenance/<uuid:plan_id>-<int(min=1, max=1000000):number>", FHIR),
    Line("GET /fhir/Provenance/<uuid:agreed_id>-<int(min=1, max=1000000):number>-agreed", FHIR),
    Line("GET /fhir/ServiceRequest", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/ServiceRequest/<uuid:referral_id>", FHIR),
    Line("GET /fhir/Consent", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Consent/<uuid:patient_id>-<int(min=1, max=1000000):number>", FHIR),
    Line("GET /fhir/Communication", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Communication/<uuid:message_id>", FHIR),
    Line("GET /fhir/Task", FHIR_INBOX, query=_of, names_somebody=True),
    Line("GET /fhir/Task/<uuid:task_id>", FHIR_INBOX),
    # Patients
    Line("GET /v1/patients", LIST),
    Line("POST /v1/patients", ENROL, lambda asked: body.nth_enrolment(asked.number)),
    Line(f"GET {RECORD}", SEE),
    Line(f"PATCH {RECORD}", CHANGE, {"time_zone": "Europe/Paris"}, version='"2"'),
    Line(f"GET {RECORD}/preferences", SEE),
    Line(f"PUT {RECORD}/preferences", CHANGE, body.preferences(), version='"1"'),
    Line(f"GET {RECORD}/consents", SEE),
    Line(f"POST {RECORD}/consents", CHANGE, {"status": "withdrawn"}),
    Line(f"GET {RECORD}/record-access", SEE),
    # From referral to closed
    Line(f"GET {RECORD}/pathways", SEE),
    Line(f"POST {RECORD}/pathways", CHANGE, {"reason": "new-from-gp"}),
    Line(f"POST {PATHWAY}/moves", CHANGE, {"to_step": "assessment", "reason": "accepted"}, version='"1"'),
    Line(f"POST {PATHWAY}/corrections", CHANGE, body.pathway_correction(), version='"1"'),
    Line(f"POST {PATHWAY}/hospital-referrals", CHANGE, body.hospital_referral()),
    Line("GET /v1/pathway-figures", FIGURES),
    # Care plans
    Line(f"GET {RECORD}/care-plans", SEE),
    Line(f"POST {RECORD}/care-plans", CHANGE, body.content()),
    Line(f"GET {PLAN}", SEE),
    Line(f"PATCH {PLAN}", CHANGE, {"status": "revoked"}, version='"1"'),
    Line(f"POST {PLAN}/agreement", CHANGE, {"how": "phone"}, version='"1"'),
    Line(f"GET {PLAN}/revisions", SEE),
    Line(f"GET {PLAN}/letter", SEE),
    Line(f"GET {PLAN}/letter.pdf", SEE),
    Line(f"POST {PLAN}/revisions", CHANGE, body.revision(), version='"1"'),
    Line(f"GET {PLAN}/revisions/<int(min=1, max=1000000):number>", SEE),
    Line(f"GET {PLAN}/revisions/<int(min=1, max=1000000):number>/differences-from/<int(min=1, max=1000000):base>", SEE),
    Line(f"POST {PLAN}/restorations", RESTORE, {"number": 1, "reason": "Too much"}, version='"1"'),
    Line(f"POST {PLAN}/agreement-request", CHANGE),
    Line(f"GET {RECORD}/suggestions", SEE),
    Line("POST /v1/suggestions/<uuid:suggestion_id>/acceptance", CHANGE, body.revision(), version='"1"'),
    Line("POST /v1/suggestions/<uuid:suggestion_id>/refusal", CHANGE, {"answer": "The pool is closed."}),
    Line(f"GET {RECORD}/second-opinions", SEE),
    Line(f"POST {PLAN}/second-opinions", CHANGE, {"question": "Is the walk too much?"}),
    Line(f"POST {OPINION}/partner", INVITE, {"email": "eve@example.nhs.uk", "reason": "A second opinion"}),
    Line(f"POST {OPINION}/opinion", CHANGE, {"outcome": "agree", "words": "It is right."}),
    Line(f"POST {OPINION}/withdrawal", CHANGE, {"reason": "We talked it over."}),
    Line(f"POST {OPINION}/revision", NOT_GIVEN, body.revision(), version='"1"'),
    # What plans begin with
    Line("GET /v1/plan-templates", TEMPLATES),
    Line("POST /v1/plan-templates", WRITE_TEMPLATES, body.template()),
    Line(f"GET {PLAN_TEMPLATE}", TEMPLATE),
    Line(f"PATCH {PLAN_TEMPLATE}", WRITE_TEMPLATE, {"status": "retired"}, version='"1"'),
    Line(f"GET {PLAN_TEMPLATE}/versions", TEMPLATE),
    Line(f"POST {PLAN_TEMPLATE}/versions", WRITE_TEMPLATE, body.template_revision(), version='"1"'),
    Line(f"GET {VERSION}", TEMPLATE),
    Line(f"GET {VERSION}/differences-from/<int(min=1, max=1000000):base>", TEMPLATE),
    Line(f"POST {VERSION}/approval", WRITE_TEMPLATE),
    # The directory of resources, and what came of one
    Line("GET /v1/resources", DIRECTORY, query="?near=PR8&words=walk"),
    Line("POST /v1/resources", KEEP_DIRECTORY, body.resource()),
    Line(f"GET {RESOURCE}", ENTRY_OF_DIRECTORY),
    Line(f"PUT {RESOURCE}", KEEP_ENTRY, body.resource(), version='"1"'),
    Line(f"GET {RESOURCE}/checks", ENTRY_OF_DIRECTORY),
    Line(f"POST {RESOURCE}/checks", KEEP_ENTRY, {"found": "correct"}),
    Line("GET /v1/resource-figures", FIGURES),
    Line(f"GET {RECORD}/resource-events", SEE),
    Line(f"POST {RECORD}/resource-events", CHANGE, _offer),
    # Texts, and what waits for a person
    Line(f"GET {RECORD}/messages", SEE),
    Line(f"POST {RECORD}/messages", CHANGE, {"body": "Hello"}),
    Line(f"GET {RECORD}/nudges", SEE),
    Line("GET /v1/inbox", INBOX),
    Line("POST /v1/inbox/<uuid:task_id>/completion", CHANGE, {"outcome": "Called them"}),
    # Words and figures
    Line("GET /v1/wordings", WORDS),
    Line("POST /v1/wordings/<uuid:wording_id>/approval", APPROVE),
    Line("GET /v1/engagement", FIGURES, query=ANY_DAYS),
    # Who was let in to one record
    Line("POST /v1/access-grants/break-glass", EMERGENCY, _emergency, names_somebody=True),
    Line(f"POST {RECORD}/partners", INVITE, {"email": "eve@example.nhs.uk", "reason": WHY}),
    Line("GET /v1/access-grants", ACCESSES),
    Line("GET /v1/access-grants/mine", ACCESSES),
    Line("POST /v1/access-grants/<uuid:grant_id>/end", END),
    # Patients' rights over their record
    Line(f"GET {RECORD}/export", RIGHTS),
    Line(f"GET {RECORD}/export.html", RIGHTS),
    Line(f"GET {RECORD}/export.fhir", RIGHTS),
    Line(f"GET {RECORD}/corrections", RIGHTS),
    Line(f"POST {RECORD}/corrections", CHANGE, {"words": "It is spelt otherwise."}),
    Line("POST /v1/corrections/<uuid:correction_id>/answer", CHANGE, {"status": "made"}),
    Line(f"GET {RECORD}/restrictions", RIGHTS),
    Line(f"POST {RECORD}/restrictions", CHANGE, {"ground": "objection"}),
    Line("GET /v1/restrictions", RESTING),
    Line("POST /v1/restrictions/<uuid:restriction_id>/lifting", CHANGE),
    Line(f"POST {RECORD}/leaving", CHANGE),
    Line(f"POST {RECORD}/erasures", CHANGE),
    Line("GET /v1/erasures", DECISIONS),
    Line("GET /v1/erasures/<uuid:erasure_id>", RIGHTS),
    Line("POST /v1/erasures/<uuid:erasure_id>/approval", DECIDE, {"ground": "wrongly-enrolled"}),
    Line("POST /v1/erasures/<uuid:erasure_id>/refusal", DECIDE, {"answer": "The law makes us keep it."}),
    Line("POST /v1/erasures/<uuid:erasure_id>/withdrawal", CHANGE),
    Line("GET /v1/erasures/<uuid:erasure_id>/letter", RIGHTS),
    Line("GET /v1/certificates/<uuid:certificate_id>", DECIDE),
    Line("GET /v1/certificates/<uuid:certificate_id>/page", DECIDE),
)

TABLE = (*WAYS_IN, *RECORDS, *OWN_LINES)
