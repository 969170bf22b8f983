"""Which rows does each check of the schema refuse, and which, lying next to those, does it take?"""

from datetime import date, timedelta
from uuid import uuid4

from tests.support.plan_checks import PLAN_CHECKS
from tests.support.sound_rows import LATER, NOW, Values

SOON = NOW + timedelta(minutes=30)
SAME = uuid4()
# By the check's name: changes of a sound row that are refused, and changes that are taken.
CHECKS: dict[str, tuple[list[Values], list[Values]]] = {
    **PLAN_CHECKS,
    "ck_access_grant_ended_after_from": ([{"ended_at": NOW - timedelta(seconds=1)}], [{"ended_at": NOW}]),
    "ck_access_grant_ended_by_somebody": (
        [{"ended_at": None}],
        [{"ended_at": None, "ended_by": None}, {"ended_by": None}],
    ),
    # More of it, with whoever holds it, in test_access_schema.py.
    "ck_access_grant_holder": ([{"kind": "break-glass", "until_at": SOON}], [{"until_at": SOON}]),
    "ck_access_grant_until_after_from": ([{"until_at": NOW}], [{"until_at": NOW + timedelta(seconds=1)}]),
    "ck_allowance_tokens": ([{"tokens": -0.5}], [{"tokens": 0.0}]),
    "ck_answer_number_has_number": (
        [{"kind": "number", "number": None}, {"kind": "words", "number": 3}, {"kind": "yes", "number": 0}],
        [{"kind": "number", "number": 3}, {"kind": "no", "number": None}],
    ),
    "ck_answer_number": (
        [{"kind": "number", "number": -1}, {"kind": "number", "number": 11}],
        [{"kind": "number", "number": 0}, {"kind": "number", "number": 10}],
    ),
    "ck_carrier_failed_of_asked": (
        [{"failed": -1}, {"failed": 21}],
        [{"failed": 0}, {"failed": 20}, {"asked": 0, "failed": 0}],
    ),
    "ck_device_expires_after_created": ([{"expires_at": NOW}], [{"expires_at": NOW + timedelta(seconds=1)}]),
    "ck_device_ended_after_created": ([{"ended_at": NOW - timedelta(seconds=1)}], [{"ended_at": NOW}]),
    "ck_device_token_expires_after_issued": ([{"expires_at": NOW}], [{"expires_at": NOW + timedelta(seconds=1)}]),
    "ck_device_token_only_refresh_is_used": (
        [{"kind": "access", "used_at": NOW}, {"kind": "page", "used_at": NOW}],
        [{"kind": "refresh", "used_at": NOW}, {"kind": "access", "used_at": None}],
    ),
    "ck_correction_answered_at_a_time": (
        [{"status": "requested"}, {"status": "made", "answered_at": None}],
        [{"status": "requested", "answered_at": None}, {"status": "made"}],
    ),
    "ck_correction_refused_with_why": (
        [{"status": "refused", "answer_sealed": None}],
        [{"status": "refused", "answer_sealed": b"\x01"}, {"answer_sealed": None}],
    ),
    "ck_erasure_decided_by_somebody": (
        [{"decided_at": None}, {"decided_by": None}],
        [{"status": "requested", "decided_at": None, "decided_by": None}],
    ),
    "ck_erasure_on_a_ground": (
        [
            {"status": "approved", "ground": None},
            {"status": "erased", "ground": None, "erased_at": LATER},
            {"status": "completed", "ground": None, "erased_at": LATER, "completed_at": LATER, "signature": "x"},
        ],
        [{"status": "approved", "ground": "retention-over"}, {"ground": None}],
    ),
    "ck_erasure_decided_by_another": (
        [{"asked_staff_id": SAME, "decided_by": SAME}],
        [{"asked_staff_id": None}],
    ),
    "ck_erasure_refused_with_why": ([{"answer_sealed": None}], [{"status": "withdrawn", "answer_sealed": None}]),
    "ck_erasure_erased_at_a_time": (
        [{"status": "erased", "ground": "retention-over"}, {"erased_at": LATER}],
        [{"status": "erased", "ground": "retention-over", "erased_at": LATER}],
    ),
    "ck_erasure_completed_and_signed": (
        [
            {"status": "completed", "ground": "retention-over", "erased_at": LATER, "completed_at": LATER},
            {"status": "completed", "ground": "retention-over", "erased_at": LATER, "signature": "x"},
            {"completed_at": LATER, "signature": "x"},
        ],
        [
            {
                "status": "completed",
                "ground": "retention-over",
                "erased_at": LATER,
                "completed_at": LATER,
                "signature": "x",
            }
        ],
    ),
    "ck_heartbeat_lag_seconds": ([{"lag_seconds": -0.5}], [{"lag_seconds": 0.0}, {"lag_seconds": 864000.0}]),
    "ck_invitation_accepted_by_somebody": (
        [{"accepted_at": None}, {"staff_id": None}],
        [{"accepted_at": None, "staff_id": None}],
    ),
    "ck_invitation_one_end": (
        [{"withdrawn_at": LATER}],
        [{"withdrawn_at": LATER, "accepted_at": None, "staff_id": None}, {"withdrawn_at": None}],
    ),
    "ck_limit_use_seconds": ([{"seconds": 0}], [{"seconds": 1}]),
    "ck_limit_use_tries": ([{"tries": 0}], [{"tries": 1}]),
    "ck_loop_check_passed": (
        [
            {"passed_at": LATER},
            {"passed_at": LATER, "delivered_at": LATER},
            {"passed_at": LATER, "replied_at": LATER},
        ],
        [{"passed_at": LATER, "delivered_at": LATER, "replied_at": LATER}, {"delivered_at": LATER}],
    ),
    "ck_loop_check_one_end": (
        [{"passed_at": LATER, "delivered_at": LATER, "replied_at": LATER, "failed_at": LATER}],
        [{"failed_at": LATER}, {"failed_at": LATER, "delivered_at": LATER, "replied_at": LATER}],
    ),
    "ck_message_inbound_is_received": (
        [
            {"kind": "inbound", "status": "created", "nudge_id": None},
            {"kind": "reply", "status": "received", "nudge_id": None},
        ],
        [{"kind": "inbound", "status": "received", "nudge_id": None}, {"kind": "reply", "nudge_id": None}],
    ),
    "ck_message_nudge_has_nudge": (
        [{"kind": "nudge", "nudge_id": None}, {"kind": "reply"}],
        [{"kind": "safety", "nudge_id": None}],
    ),
    "ck_message_outbound_expires": (
        [{"expires_at": None}, {"kind": "safety", "nudge_id": None, "expires_at": None}],
        [{"kind": "inbound", "status": "received", "nudge_id": None, "expires_at": None}],
    ),
    "ck_message_outbound_to_patient": (
        [{"patient_id": None}, {"kind": "reply", "nudge_id": None, "patient_id": None}],
        [
            {"kind": "safety", "nudge_id": None, "patient_id": None},
            {"kind": "check", "nudge_id": None, "patient_id": None},
            {"kind": "inbound", "status": "received", "nudge_id": None, "patient_id": None},
        ],
    ),
    "ck_message_not_too_late": (
        [{"sending_at": LATER}, {"sending_at": LATER + timedelta(days=1)}],
        [{"sending_at": LATER - timedelta(seconds=1)}, {"sending_at": None}],
    ),
    "ck_nudge_due_before_expiry": (
        [{"due_at": LATER}, {"due_at": LATER + timedelta(days=1)}],
        [{"due_at": LATER - timedelta(seconds=1)}],
    ),
    "ck_nudge_probability": (
        [{"probability": 0}, {"probability": 1.01}, {"probability": -0.5}],
        [{"probability": 0.01}, {"probability": 1}],
    ),
    "ck_nudge_held_back_with_reason": (
        [
            *({"status": status, "reason": None} for status in ("skipped", "lapsed", "cancelled")),
            {"status": "planned", "reason": "paused"},
            {"status": "sent", "reason": "paused", "texted_on": date(2026, 11, 23)},
        ],
        [{"status": status, "reason": "paused"} for status in ("skipped", "lapsed", "cancelled")],
    ),
    "ck_nudge_texted_on_a_day": (
        [{"status": "claimed", "texted_on": None}, {"status": "sent", "texted_on": None}],
        [{"status": "sent", "texted_on": date(2026, 11, 23)}, {"status": "planned", "texted_on": None}],
    ),
    "ck_pain_service_daily_ceiling": ([{"daily_ceiling": -1}, {"daily_ceiling": 11}], [{"daily_ceiling": 10}]),
    "ck_pain_service_weekly_ceiling": ([{"weekly_ceiling": -1}, {"weekly_ceiling": 51}], [{"weekly_ceiling": 0}]),
    "ck_past_count_count": ([{"count": 0}, {"count": -1}], [{"count": 1}]),
    "ck_redaction_named_until_done": (
        [{"done_at": LATER}, {"provider_id": None}],
        [{"done_at": LATER, "provider_id": None}],
    ),
    "ck_restriction_lifted_at_a_time": (
        [{"lifted_at": None}],
        [{"lifted_at": None, "lifted_by": None}, {"lifted_by": None}],
    ),
    "ck_retention_run_done_of_found": ([{"done": 4}, {"done": -1}], [{"done": 0}, {"done": 3}]),
    "ck_retention_run_dry_does_nothing": ([{"dry": True}], [{"dry": True, "done": 0}]),
    "ck_passkey_sign_count": ([{"sign_count": -1}], [{"sign_count": 0}, {"sign_count": 4_294_967_295}]),
    "ck_preference_daily_ceiling": ([{"daily_ceiling": -1}], [{"daily_ceiling": 0}]),
    "ck_preference_weekly_ceiling": ([{"weekly_ceiling": -1}], [{"weekly_ceiling": 0}]),
    "ck_sign_in_code_expires_after_created": ([{"expires_at": NOW}], [{"expires_at": SOON}]),
    "ck_sign_in_code_somebody_s_or_nobody_s": (
        [{"patient_id": None}, {"pain_service_id": None}],
        [{"patient_id": None, "pain_service_id": None}],
    ),
    "ck_sign_in_code_tries": ([{"tries": -1}, {"tries": 6}], [{"tries": 0}, {"tries": 5}]),
    "ck_sign_in_link_expires_after_created": ([{"expires_at": NOW}], [{"expires_at": SOON}]),
    "ck_sign_in_link_tries": ([{"tries": -1}, {"tries": 6}], [{"tries": 0}, {"tries": 5}]),
    "ck_task_completed_at_a_time": (
        [{"status": "completed", "completed_at": None}, {"status": "requested"}],
        [{"status": "requested", "completed_at": None}, {"status": "completed", "completed_at": NOW}],
    ),
    "ck_wording_approved_by_somebody": (
        [{"approved_by": None}, {"approved_at": None}],
        [{"approved_by": None, "approved_at": None}],
    ),
}
