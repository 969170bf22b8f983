"""Which marker stands in which personal field, and is it found in what somebody says?

Where the markers go follows from the verdicts of tests/support/personal.py, so that a new personal column fails the
build until somebody plants a marker in it.
"""

# Each its own, so that what is found says where it came from. Numbers are found however they are written.
MARKS = {
    "patient.given_name_sealed": "Zqgiven",
    "patient.family_name_sealed": "Zqfamily",
    "patient.nhs_number_sealed": "9990000034",
    "patient.mobile_sealed": "7700900777",
    "patient.birth_date_sealed": "1937-11-29",
    "staff.name_sealed": "Zqstaff",
    "staff.email_sealed": "zqmail@example",
    "message.number_sealed": "7700900888",
    "message.body_sealed": "Zqbody",
    "task.why_sealed": "Zqwhy",
    "task.outcome_sealed": "Zqoutcome",
    "audit_entry.reason_sealed": "Zqaccessreason",
    "care_plan_revision.what_matters_sealed": "Zqmatters",
    "care_plan_revision.communicate_how_sealed": "Zqhow",
    "care_plan_revision.please_do_sealed": "Zqplease",
    "care_plan_revision.please_dont_sealed": "Zqdont",
    "care_plan_revision.reason_sealed": "Zqrevised",
    "care_plan_revision.important_people_sealed": "Zqpeople",
    "care_plan_revision.flare_early_signs_sealed": "Zqsigns",
    "care_plan_revision.flare_first_steps_sealed": "Zqsteps",
    "care_plan_revision.flare_avoid_sealed": "Zqavoid",
    "care_plan_revision.flare_contact_sealed": "Zqcontact",
    "care_plan_revision.flare_urgent_help_sealed": "Zqurgent",
    "need.words_sealed": "Zqneed",
    "need.condition_sealed": "Zqcondition",
    "medicine_to_review.words_sealed": "Zqmedicine",
    "medicine_to_review.why_sealed": "Zqdrowsy",
    "plan_contact.words_sealed": "Zqbrother",
    "plan_contact.phone_sealed": "7700900444",
    "pathway_move.words_sealed": "Zqmove",
    "hospital_referral.to_sealed": "Zqhospital",
    "hospital_referral.reason_sealed": "Zqreferred",
    "hospital_referral.tried_first_sealed": "Zqtried",
    "already_helps.words_sealed": "Zqhelps",
    "goal.words_sealed": "Zqgoal",
    "activity.words_sealed": "Zqactivity",
    "activity.nudge_words_sealed": "Zqnudge",
    "access_grant.reason_sealed": "Zqopened",
    "correction.words_sealed": "Zqwish",
    "correction.answer_sealed": "Zqputright",
    "suggestion.words_sealed": "Zqsuggested",
    "suggestion.answer_sealed": "Zqnotnow",
    "second_opinion.question_sealed": "Zqquestion",
    "second_opinion.words_sealed": "Zqopinion",
    "erasure.answer_sealed": "Zqkept",
    "erasure.certificate_sealed": "Zqdecider",
    "invitation.name_sealed": "Zqinvited",
    "invitation.email_sealed": "zqcome@example",
    "passkey.name_sealed": "Zqkey",
    "device.name_sealed": "Zqdevice",
    "code_request.mobile_sealed": "7700900666",
    # As an authenticator app has it: in the letters of base32.
    "second_factor.secret_sealed": 4 * "ZQSECRET",
}
NHS_WRITTEN, MOBILE_WRITTEN = "999 000 0034", "07700 900777"
BORN = MARKS["patient.birth_date_sealed"]
MOBILE, STRANGER = "+447700900777", "+447700900888"


def leaks(said: str | bytes) -> set[str]:
    """Which fields' markers stand in it: plain, with the gaps that numbers are written with, or as a dump's hex."""
    raw = said.encode() if isinstance(said, str) else said
    low, bare = raw.lower(), raw.lower().replace(b" ", b"").replace(b"%20", b"").replace(b"-", b"")
    return {
        name
        for name, mark in MARKS.items()
        if mark.lower().encode() in low or mark.lower().encode() in bare or mark.encode().hex().encode() in low
    }
