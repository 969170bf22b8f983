"""Every column of every table with its verdict: sealed, or why it may be in clear.

A column that is sealed, or that sealed values are looked up by, is found by its name. Of every other somebody has said
here why it may stand in clear: because whoever reads the database alone learns nothing of a person by it, or because a
database must count, order or join by it, and it tells of somebody whom nothing in clear names.
"""

from collections.abc import Iterator

from companion.db import Base

SEALED, INDEX = "_sealed", "_index"

# By reason: 'table: columns'.
OF_STAFF = "of staff"
CLEAR: dict[str, tuple[str, ...]] = {
    "an id made by chance, which names nobody outside this database": (
        "access_grant: id pain_service_id patient_id holder_service_id holder_id granted_by ended_by",
        "agreement_request: id pain_service_id patient_id care_plan_id asked_by",
        "beginning: invitation_id staff_id",
        "code_request: id",
        "device: id pain_service_id patient_id",
        "device_token: device_id",
        "sign_in_code: pain_service_id patient_id",
        "sign_in_link: pain_service_id patient_id",
        "correction: id pain_service_id patient_id task_id answered_by",
        "second_opinion: id pain_service_id patient_id care_plan_id task_id access_grant_id asked_by closed_by",
        "suggestion: id pain_service_id patient_id care_plan_id task_id answered_by",
        "hospital_referral: id pain_service_id patient_id pathway_id recorded_by",
        "pathway: id pain_service_id patient_id",
        "pathway_move: pathway_id pain_service_id patient_id recorded_by",
        "erasure: id pain_service_id patient_id asked_staff_id decided_by",
        "invitation: id pain_service_id invited_by staff_id",
        "invited_role: invitation_id",
        "known_device: staff_id",
        "organisation_identity: staff_id",
        "passkey: id staff_id",
        "password_reset: staff_id",
        "past_count: id pain_service_id person",
        "recovery_code: staff_id",
        "redaction: id erasure_id",
        "plan_start: care_plan_id pain_service_id patient_id template_id approved_by",
        "plan_template: id pain_service_id",
        "plan_template_version: template_id pain_service_id author_id approved_by",
        "resource: id pain_service_id",
        "resource_check: id pain_service_id resource_id checked_by",
        "resource_event: id pain_service_id patient_id resource_id care_plan_id message_id recorded_by",
        "restriction: id pain_service_id patient_id began_by lifted_by",
        "retention_run: id",
        "second_factor: staff_id",
        "alarm: id",
        "answer: id pain_service_id patient_id nudge_id message_id",
        "agreement: id care_plan_id recorded_by",
        "activity: care_plan_id",
        "already_helps: care_plan_id",
        "attempt: message_id",
        "audit_entry: id pain_service_id actor_id patient_id entity_id",
        "audit_head: pain_service_id",
        "care_plan: id pain_service_id patient_id",
        "care_plan_revision: care_plan_id pain_service_id patient_id author_id reviewer_id",
        "consent_event: id pain_service_id patient_id staff_id message_id",
        "goal: care_plan_id",
        "need: care_plan_id",
        "medicine_to_review: care_plan_id",
        "plan_contact: care_plan_id",
        "loop_check: id message_id",
        "message: id pain_service_id patient_id nudge_id wording_id author_id in_reply_to",
        "nudge: id pain_service_id patient_id care_plan_id",
        "pain_service: id",
        "patient: id pain_service_id",
        "plan_change: id patient_id",
        "preference: patient_id pain_service_id",
        "receipt: id message_id",
        "sign_in: id pain_service_id staff_id",
        "staff: id pain_service_id",
        "staff_role: staff_id",
        "task: id pain_service_id patient_id message_id completed_by",
        "wording: id pain_service_id approved_by",
    ),
    "one of a few words of our own, or of a provider's": (
        "access_grant: kind",
        "correction: asked_by status",
        "second_opinion: status outcome",
        "suggestion: status",
        "pathway: step",
        "pathway_move: from_step to_step reason",
        "erasure: status asked_by ground",
        "invitation: mail_status",
        "invited_role: role",
        "device: kind",
        "device_token: kind",
        "limit_use: kind",
        "past_count: behaviour status reason message_status answered",
        "redaction: gateway",
        "resource_event: kind",
        "restriction: asked_by ground",
        "retention_run: kind dry",
        "sign_in: door factor",
        "activity: behaviour status done_by",
        "agreement: how",
        "alarm: kind gateway code",
        "answer: kind",
        "attempt: gateway outcome error_code",
        "audit_entry: actor_kind action fields",
        "care_plan: status",
        "consent_event: status source",
        "message: kind status opt_out gateway error_code",
        "need: kind",
        "plan_contact: kind",
        "nudge: behaviour status reason held_reason policy",
        "patient: status text_consent",
        "receipt: gateway status code",
        "staff_role: role",
        "task: kind priority status",
        "wording: purpose",
    ),
    "when something happened or is to happen, by which databases order and find": (
        "access_grant: from_at until_at ended_at",
        "beginning: expires_at",
        "code_request: asked_at",
        "device: created_at seen_at expires_at ended_at",
        "device_token: issued_at expires_at used_at",
        "nhs_login_errand: expires_at",
        "sign_in_code: created_at expires_at",
        "sign_in_link: created_at expires_at",
        "correction: asked_at due_on answered_at",
        "agreement_request: asked_at",
        "second_opinion: asked_at closed_at",
        "suggestion: asked_at answered_at",
        "hospital_referral: referred_at recorded_at",
        "pathway: since_at review_on asked_at",
        "pathway_move: effective_at recorded_at",
        "erasure: asked_at decided_at from_at erased_at completed_at",
        "invitation: created_at expires_at mailed_at accepted_at withdrawn_at",
        "known_device: created_at last_used_at",
        "limit_use: until_at",
        "organisation_identity: bound_at",
        "passkey: created_at last_used_at",
        "password_reset: created_at expires_at used_at",
        "past_count: month_on",
        "recovery_code: used_at",
        "redaction: due_at done_at",
        "plan_start: recorded_at",
        "resource_event: recorded_at",
        "restriction: began_at lifted_at",
        "retention_run: ran_at",
        "second_factor: created_at confirmed_at",
        "activity: days_of_week time_of_day recurrence starts_on due_on",
        "agreement: agreed_at recorded_at",
        "alarm: raised_at cleared_at",
        "answer: recorded_at",
        "attempt: started_at ended_at",
        "audit_entry: recorded_at",
        "care_plan: created_at planned_through_on look_on",
        "care_plan_revision: recorded_at review_on",
        "consent_event: effective_at recorded_at",
        "loop_check: slot_at started_at delivered_at replied_at passed_at failed_at",
        "message: created_at due_at expires_at lease_until_at sending_at sent_at settled_at handled_at absent_at"
        " recalled_at redacted_at",
        "nudge: slot_on due_at expires_at texted_on planned_at settled_at",
        "patient: enrolled_at restricted_at",
        "receipt: received_at due_at",
        "sign_in: created_at expires_at revoked_at last_used_at",
        "staff: created_at left_at",
        "task: created_at due_at completed_at",
        "wording: created_at approved_at",
    ),
    "a count, a version or a place in an order": (
        "erasure: removed",
        "limit_use: seconds tries",
        "sign_in_code: tries",
        "sign_in_link: tries",
        "passkey: sign_count",
        "past_count: count",
        "redaction: tries",
        "retention_run: found done",
        "second_factor: last_step",
        "activity: revision_number position",
        "agreement: revision_number",
        "agreement_request: revision_number",
        "second_opinion: revision_number became_revision",
        "suggestion: revision_number accepted_revision",
        "already_helps: revision_number position",
        "attempt: number",
        "audit_entry: seq",
        "care_plan: current_revision agreed_revision version next_line planned_revision planned_preference",
        "care_plan_revision: number version",
        "pathway: version",
        "pathway_move: number follows corrects",
        "goal: revision_number position",
        "need: revision_number position",
        "medicine_to_review: revision_number position",
        "plan_contact: revision_number position",
        "plan_start: template_number",
        "message: media_count priority attempts",
        "nudge: revision_number preference_version probability",
        "patient: version",
        "preference: version",
        "wording: version",
    ),
    "our own name for a line of a plan, which says nothing of what is in the line": (
        "activity: line goal_line already_helps_line",
        "already_helps: line",
        "goal: line",
        "need: line",
        "medicine_to_review: line",
        "plan_contact: line",
        "nudge: line",
        "suggestion: line",
        "resource_event: line",
        "plan_start: kept changed left_out",
    ),
    "when and how often somebody may be texted, which the database looks through for everybody at once": (
        "patient: time_zone",
        "preference: local_start local_end days_of_week on_bank_holidays daily_ceiling weekly_ceiling paused_until_at",
    ),
    "a number from 0 to 10 that figures are counted from; of whom, nothing in clear tells": (
        "answer: number",
        "goal: importance confidence",
    ),
    "an id that a provider gave, which names nobody outside that provider's account": (
        "organisation_identity: issuer subject",
        "redaction: provider_id",
        "message: provider_id",
        "receipt: provider_id",
    ),
    "a hash that cannot be turned back": (
        "audit_entry: hash",
        "beginning: mac",
        "device_token: hash",
        "nhs_login_errand: mac",
        "sign_in_code: number_mac code_mac",
        "sign_in_link: mac",
        "erasure: signature",
        "invitation: mac",
        "known_device: mac",
        "limit_use: mac",
        "password_reset: mac",
        "recovery_code: mac",
        "sign_in: token_hash",
        "staff: password_hash",
    ),
    "the public half of a key": ("passkey: credential_id public_key",),
    "from which door and network somebody came; whoever guards the trail must see it, also without the keys": (
        "audit_entry: origin",
    ),
    "of the organisation, and public": (
        "pain_service: name short_name phone time_zone bank_holiday_region sender text_start text_end text_days"
        " text_on_bank_holidays desk_start desk_end desk_days daily_ceiling weekly_ceiling created_at",
        "allowance: gateway sender tokens counted_at",
        "wording: body",
        "plan_template: status current_number approved_number version next_line created_at",
        "plan_template_version: number version name content reason recorded_at approved_at",
        "resource: name kind description status cost cost_words needs access_needs place outward area reach phone email"
        " web evidence evidence_source folded version created_at checked_at",
        "resource_check: found checked_at",
    ),
    "of our own machinery": (
        "audit_head: seq hash",
        "attempt: worker",
        "carrier: name stopped_at stopped_code ask_at held_until_at hold_seconds window_at asked failed failing_at",
        "heartbeat: beat worker beaten_at lag_seconds",
        "lease: name holder until_at",
        "loop_check: code",
    ),
}


def in_clear() -> Iterator[str]:
    """Each column of the verdicts above, as 'table.column'."""
    for told in CLEAR.values():
        for line in told:
            table, _, columns = line.partition(": ")
            yield from (f"{table}.{column}" for column in columns.split())


def sealed() -> set[str]:
    """Each column that is sealed."""
    return {name for name in every() if name.endswith(SEALED)}


def indexes() -> set[str]:
    """Each column that sealed values are looked up by."""
    return {name for name in every() if name.endswith(INDEX)}


def every() -> set[str]:
    """Every column of every table."""
    return {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}


# Sealed words that no deletion of a patient's rows takes, and what becomes of them when the patient is erased.
OUTLIVES: dict[str, str] = {
    "audit_entry.reason_sealed": "what staff typed is taken out of each entry (companion/records/audit_erasure.py)",
    "erasure.answer_sealed": "emptied as the record goes; of other requests the whole row goes",
    "erasure.certificate_sealed": "names staff and nobody else",
    "code_request.mobile_sealed": "an app's request, of whoever typed the number; the worker forgets it as it acts",
    "invitation.name_sealed": OF_STAFF,
    "invitation.email_sealed": OF_STAFF,
    "passkey.name_sealed": OF_STAFF,
    "second_factor.secret_sealed": OF_STAFF,
    "staff.name_sealed": OF_STAFF,
    "staff.email_sealed": OF_STAFF,
}
