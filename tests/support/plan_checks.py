"""Which rows of plans, and of what leads to them and comes of them, does each check of the schema refuse?"""

from datetime import date, timedelta
from uuid import uuid4

from tests.support.sound_rows import LATER, NOW, Values

SOON = NOW + timedelta(minutes=30)
SAME = uuid4()
# A second opinion that nobody gave yet, and one that nobody wants any more.
UNANSWERED: Values = {
    "status": "requested",
    "outcome": None,
    "words_sealed": None,
    "closed_at": None,
    "closed_by": None,
    "became_revision": None,
}
WITHDRAWN: Values = {"status": "withdrawn", "outcome": None, "became_revision": None}
# As in support/checks.py.
PLAN_CHECKS: dict[str, tuple[list[Values], list[Values]]] = {
    "ck_activity_healthy_already_helps": (
        [{"behaviour": "healthy", "already_helps_line": None}],
        [{"behaviour": "curious", "already_helps_line": None}, {"behaviour": "curious"}],
    ),
    "ck_activity_recurrence_starts": (
        [{"starts_on": None}],
        [{"recurrence": None, "starts_on": None}],
    ),
    "ck_activity_due_after_start": (
        [{"due_on": date(2026, 11, 22)}],
        [{"due_on": date(2026, 11, 23)}, {"due_on": None}],
    ),
    "ck_care_plan_active_is_agreed": (
        [{"status": "active", "agreed_revision": None}],
        [{"status": "active", "agreed_revision": 1}, {"status": "on-hold", "agreed_revision": None}],
    ),
    "ck_care_plan_revision_version_counts_it": ([{"version": 0}], [{"version": 999}, {"version": None}]),
    "ck_care_plan_revision_flare_whole": (
        [{"flare_first_steps_sealed": None}, {"flare_urgent_help_sealed": None}],
        [{"flare_first_steps_sealed": None, "flare_urgent_help_sealed": None}],
    ),
    "ck_care_plan_revision_reviewer_has_day": ([{"review_on": None}], [{"review_on": None, "reviewer_id": None}]),
    "ck_care_plan_agreed_exists": (
        [{"agreed_revision": 2}],
        [{"agreed_revision": 1}, {"agreed_revision": 2, "current_revision": 3}],
    ),
    "ck_suggestion_answered_at_a_time": (
        [{"answered_at": None}, {"status": "requested", "accepted_revision": None}],
        [{"status": "requested", "accepted_revision": None, "answered_at": None}],
    ),
    "ck_suggestion_accepted_into_a_revision": (
        [{"accepted_revision": None}, {"status": "declined"}],
        [{"status": "declined", "accepted_revision": None}],
    ),
    "ck_suggestion_accepted_into_another": ([{"accepted_revision": 1}], [{"answer_sealed": None}]),
    "ck_suggestion_declined_with_why": (
        [{"status": "declined", "accepted_revision": None, "answer_sealed": None}],
        [{"status": "declined", "accepted_revision": None}],
    ),
    "ck_second_opinion_closed_at_a_time": (
        [{"closed_at": None}, UNANSWERED | {"closed_at": LATER}],
        [UNANSWERED],
    ),
    "ck_second_opinion_closed_in_words": (
        [{"words_sealed": None}, UNANSWERED | {"words_sealed": b"\x01"}],
        [UNANSWERED],
    ),
    "ck_second_opinion_given_with_an_outcome": (
        [{"outcome": None, "became_revision": None}, WITHDRAWN | {"outcome": "agree"}],
        [WITHDRAWN, {"outcome": "agree", "became_revision": None}],
    ),
    "ck_second_opinion_given_by_somebody": ([{"closed_by": None}], [WITHDRAWN | {"closed_by": None}]),
    "ck_second_opinion_becomes_another_revision": (
        [{"outcome": "agree"}, {"became_revision": 1}, WITHDRAWN | {"became_revision": 2}],
        [{"outcome": "other"}, {"became_revision": None}],
    ),
    "ck_pathway_asked_for_a_review": (
        [{"step": "review", "review_on": None, "asked_at": NOW}],
        [{"asked_at": NOW}, {"step": "review", "review_on": None}],
    ),
    "ck_pathway_plan_is_reviewed": ([{"review_on": None}], [{"step": "open-contact", "review_on": None}]),
    "ck_pathway_review_of_a_step": (
        [{"step": step} for step in ("referral", "assessment", "review", "closed")],
        [{"step": "open-contact"}, {"step": "referral", "review_on": None}],
    ),
    "ck_pathway_move_begins_once": (
        [{"follows": None, "from_step": None, "corrects": None, "to_step": "referral", "reason": "new-from-gp"}],
        [{"follows": None, "from_step": None, "corrects": 1, "to_step": "referral", "reason": "new-from-gp"}],
    ),
    "ck_pathway_move_corrected_with_why": ([{"words_sealed": None}], [{"words_sealed": b"\x01"}]),
    "ck_pathway_move_corrects_another": ([{"number": 3, "corrects": 3}], [{"corrects": 2}, {"corrects": 1}]),
    "ck_pathway_move_follows_a_step": ([{"follows": None}], [{"follows": 1}]),
    "ck_pathway_move_follows_another": (
        [{"number": 3, "follows": 3, "from_step": "assessment", "to_step": "closed", "reason": "died"}],
        [{"follows": 2, "from_step": "assessment", "to_step": "closed", "reason": "died"}],
    ),
    "ck_pathway_move_reason_of_step": (
        [{"reason": "died"}, {"reason": "entered-in-error"}, {"to_step": "referral", "reason": "accepted"}],
        [{"reason": "came-back"}, {"to_step": "referral", "reason": "entered-in-error"}],
    ),
    "ck_pathway_move_way": (
        [
            {"to_step": "active-plan", "reason": "plan-agreed"},
            {"to_step": "review", "reason": "review-due"},
            {"to_step": "referral", "reason": "new-from-gp", "corrects": None},
            {"follows": None, "from_step": None, "reason": "accepted"},
        ],
        [{"to_step": "closed", "reason": "not-suitable"}],
    ),
    "ck_goal_importance": ([{"importance": -1}, {"importance": 11}], [{"importance": 0}, {"importance": None}]),
    "ck_goal_confidence": ([{"confidence": -1}, {"confidence": 11}], [{"confidence": 10}, {"confidence": None}]),
    "ck_resource_nice_says_where": (
        [{"evidence_source": None}],
        [{"evidence": "patient-reported", "evidence_source": None}],
    ),
    "ck_resource_web_is_of_the_web": (
        [{"web": "ftp://walks.example"}, {"web": "javascript:alert(1)"}, {"web": "https://"}],
        [{"web": "http://walks.example"}, {"web": None, "phone": "01632 960123"}],
    ),
    "ck_resource_listed_is_reached": (
        [{"web": None}],
        [{"web": None, "email": "walks@example.org"}, {"web": None, "status": "draft"}],
    ),
    "ck_resource_event_line_of_a_plan": (
        [{"line": None}, {"care_plan_id": None}],
        [{"care_plan_id": None, "line": None}],
    ),
    "ck_plan_template_active_is_approved": (
        [{"approved_number": None}],
        [{"status": "draft", "approved_number": None}, {"status": "retired", "approved_number": None}],
    ),
    "ck_plan_template_approved_exists": ([{"approved_number": 3}], [{"approved_number": 2}]),
    "ck_plan_template_version_version_counts_it": ([{"number": 2}], [{"number": 2, "version": 2}]),
    "ck_plan_template_version_approved_at_a_time": (
        [{"approved_by": None}, {"approved_at": None}],
        [{"approved_by": None, "approved_at": None}],
    ),
    # Who else may, and that one's own may not: by hand in test_append_only.py, as it takes somebody who is there.
    "ck_plan_template_version_approved_by_another": ([], []),
}
