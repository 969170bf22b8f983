"""What does a sound row of each table look like, written past every use case straight into the database?"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Table

from companion.db import Base
from companion.domain.working_hours import WEEK

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=4)
DAYTIME = {"days": frozenset(WEEK[:5]), "start": time(9), "end": time(17)}

# Bytes as a seal begins with them, under the key with the id 1. The schema cannot tell more of it; nothing opens it.
SEALED = b"\x01" + bytes(28)

Values = dict[str, Any]
TABLES: dict[str, Table] = {table.name: table for table in Base.metadata.sorted_tables}


class Rows:
    """Two pain services, Amina of the first with an agreed plan, and a sound new row of any table on demand."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._count = count(2)
        self.has_head = False
        self.ours, self.theirs = (self.insert("pain_service")["id"] for _ in range(2))
        self.ben, self.eve = (self.insert("staff", pain_service_id=each)["id"] for each in (self.ours, self.theirs))
        self.amina = self.insert("patient")["id"]
        self.their_patient = self.insert("patient", pain_service_id=self.theirs)["id"]
        self.plan = self.insert("care_plan", patient_id=self.amina, status="active", agreed_revision=1)["id"]
        self.insert("care_plan_revision", number=1)
        self.insert("already_helps", line="lunch-walk")
        self.insert("goal", line="school")
        self.insert("activity", line="walk")
        self.insert("agreement", revision_number=1)
        self.heard = self.insert("message", **self.inbound())["id"]

    def insert(self, table: str, **changes: Any) -> Values:
        """Write a sound row with these changes; the values as they were given."""
        values = self.sound(table) | changes
        key = self.connection.execute(TABLES[table].insert().values(values)).inserted_primary_key
        return values | dict(zip(TABLES[table].primary_key.columns.keys(), key or (), strict=True))

    def sound(self, table: str) -> Values:
        """The values of a new row that the table would take, and that stands in no other row's way."""
        make: Callable[[], Values] = getattr(self, f"_{table}")
        return make()

    def inbound(self) -> Values:
        """What makes a message one that somebody texted to us."""
        return {"kind": "inbound", "status": "received", "nudge_id": None, "in_reply_to": None}

    def _next(self) -> int:
        return next(self._count)

    def _mine(self) -> Values:
        return {"pain_service_id": self.ours, "patient_id": self.amina}

    def _line(self, prefix: str) -> Values:
        number = self._next()
        return {"care_plan_id": self.plan, "revision_number": 1, "line": f"{prefix}-{number}", "position": number}

    def _heartbeat(self) -> Values:
        return {"beat": f"beat-{self._next()}", "worker": "somewhere/1", "beaten_at": NOW, "lag_seconds": 0.0}

    def _lease(self) -> Values:
        return {"name": f"work-{self._next()}", "holder": "somewhere/1", "until_at": LATER}

    def _loop_check(self) -> Values:
        text = self.insert("message", kind="check", nudge_id=None, patient_id=None)["id"]
        number = self._next()
        when = {"slot_at": NOW + timedelta(days=number), "started_at": NOW}
        return {"id": uuid4(), "code": f"CODE{number}", "message_id": text, **when}

    def _alarm(self) -> Values:
        # Open ones stand once for each gateway.
        return {"id": uuid4(), "kind": "account-fault", "gateway": f"carrier-{self._next()}", "raised_at": NOW}

    def _carrier(self) -> Values:
        counts = {"window_at": NOW, "asked": 20, "failed": 3, "hold_seconds": 1.0}
        return {"name": f"carrier-{self._next()}", **counts}

    def _allowance(self) -> Values:
        return {"gateway": f"carrier-{self._next()}", "sender": "", "tokens": 7.5, "counted_at": NOW}

    def _pain_service(self) -> Values:
        number = self._next()
        hours = {f"{what}_{part}": value for what in ("text", "desk") for part, value in DAYTIME.items()}
        named = {"name": f"Pain Service {number}", "short_name": "pain service", "phone": "01632 960123"}
        where = {"time_zone": "Europe/London", "bank_holiday_region": "ENG", "sender": f"6{number:04}"}
        most = {"text_on_bank_holidays": False, "daily_ceiling": 3, "weekly_ceiling": 10}
        return {"id": uuid4(), **named, **where, **hours, **most, "created_at": NOW}

    def _staff(self) -> Values:
        who = {"name_sealed": SEALED, "email_sealed": SEALED, "email_index": uuid4(), "password_hash": "x"}
        return {"id": uuid4(), "pain_service_id": self.ours, **who, "created_at": NOW}

    def _staff_role(self) -> Values:
        return {"staff_id": self.insert("staff")["id"], "role": "clinician"}

    def _sign_in(self) -> Values:
        when = {"created_at": NOW, "last_used_at": NOW, "expires_at": LATER, "token_hash": f"{self._next():064}"}
        how = {"door": "page", "factor": "code"}
        return {"id": uuid4(), "pain_service_id": self.ours, "staff_id": self.ben, **how, **when}

    def _limit_use(self) -> Values:
        return {"kind": "staff-account", "mac": f"{self._next():064}", "seconds": 300, "tries": 1, "until_at": LATER}

    def _known_device(self) -> Values:
        return {"staff_id": self.ben, "mac": f"{self._next():064}", "created_at": NOW, "last_used_at": NOW}

    def _second_factor(self) -> Values:
        return {"staff_id": self.insert("staff")["id"], "secret_sealed": SEALED, "last_step": 1, "created_at": NOW}

    def _recovery_code(self) -> Values:
        return {"staff_id": self.ben, "mac": f"{self._next():064}"}

    def _passkey(self) -> Values:
        key = {
            "credential_id": f"credential-{self._next()}",
            "public_key": b"key",
            "sign_count": 0,
            "name_sealed": SEALED,
        }
        return {"id": uuid4(), "staff_id": self.ben, **key, "created_at": NOW}

    def _organisation_identity(self) -> Values:
        who = {"issuer": "https://issuer.example", "subject": f"uuid-{self._next()}"}
        return {**who, "staff_id": self.insert("staff")["id"], "bound_at": NOW}

    def _invitation(self) -> Values:
        number = self._next()
        who = {"name_sealed": SEALED, "email_sealed": SEALED, "email_index": uuid4(), "mac": f"{number:064}"}
        when = {"created_at": NOW, "expires_at": LATER, "accepted_at": NOW, "mail_status": "sent"}
        came = {"invited_by": self.ben, "staff_id": self.ben}
        return {"id": uuid4(), "pain_service_id": self.ours, **who, **when, **came}

    def _invited_role(self) -> Values:
        return {"invitation_id": self.insert("invitation")["id"], "role": "clinician"}

    def _password_reset(self) -> Values:
        return {"mac": f"{self._next():064}", "staff_id": self.ben, "created_at": NOW, "expires_at": LATER}

    def _beginning(self) -> Values:
        of = {"staff_id": self.ben, "invitation_id": self.insert("invitation")["id"]}
        return {"mac": f"{self._next():064}", **of, "expires_at": LATER}

    def _code_request(self) -> Values:
        return {"id": uuid4(), "mobile_sealed": SEALED, "asked_at": NOW}

    def _for_a_while(self) -> Values:
        return {"pain_service_id": self.ours, "created_at": NOW, "expires_at": LATER}

    def _sign_in_code(self) -> Values:
        macs = {"number_mac": f"{self._next():064}", "code_mac": "0" * 64}
        return {**macs, "patient_id": self.amina, **self._for_a_while(), "tries": 0}

    def _sign_in_link(self) -> Values:
        patient_id = self.insert("patient")["id"]
        return {"mac": f"{self._next():064}", "patient_id": patient_id, **self._for_a_while(), "tries": 0}

    def _nhs_login_errand(self) -> Values:
        return {"mac": f"{self._next():064}", "expires_at": LATER}

    def _device(self) -> Values:
        what = {"id": uuid4(), "patient_id": self.amina, "kind": "app", "name_sealed": SEALED, "seen_at": NOW}
        return {**what, **self._for_a_while(), "ended_at": LATER}

    def _device_token(self) -> Values:
        when = {"issued_at": NOW, "expires_at": LATER, "used_at": NOW}
        return {"hash": f"{self._next():064}", "device_id": self.insert("device")["id"], "kind": "refresh", **when}

    def _access_grant(self) -> Values:
        """A partner's, of a third pain service."""
        elsewhere = self.insert("pain_service")["id"]
        holder = {"holder_service_id": elsewhere, "holder_id": self.insert("staff", pain_service_id=elsewhere)["id"]}
        why = {"kind": "partner", "granted_by": self.ben, "reason_sealed": SEALED}
        when = {"from_at": NOW, "until_at": LATER, "ended_at": LATER, "ended_by": self.ben}
        return {"id": uuid4(), **self._mine(), **holder, **why, **when}

    def _wording(self) -> Values:
        words = {"purpose": "why", "version": self._next(), "body": "…", "created_at": NOW}
        approved = {"approved_by": self.ben, "approved_at": NOW}
        return {"id": uuid4(), "pain_service_id": self.ours, **words, **approved}

    def _patient(self) -> Values:
        who = {"given_name_sealed": SEALED, "family_name_sealed": SEALED, "time_zone": "Europe/London"}
        reached = {"nhs_number_sealed": SEALED, "mobile_sealed": SEALED, "birth_date_sealed": SEALED}
        found = {"nhs_number_index": uuid4(), "mobile_index": uuid4()}
        stands = {"status": "active", "text_consent": "given", "version": 1, "enrolled_at": NOW}
        return {"id": uuid4(), "pain_service_id": self.ours, **who, **reached, **found, **stands}

    def _plan_change(self) -> Values:
        return {"patient_id": self.amina}

    def _preference(self) -> Values:
        hours = {"local_start": time(9), "local_end": time(17), "days_of_week": DAYTIME["days"]}
        most = {"on_bank_holidays": False, "daily_ceiling": 1, "weekly_ceiling": 3, "version": 1}
        return {"patient_id": self.insert("patient")["id"], "pain_service_id": self.ours, **hours, **most}

    def _consent_event(self) -> Values:
        how = {"status": "given", "source": "staff", "staff_id": self.ben, "message_id": getattr(self, "heard", None)}
        return {**self._mine(), **how, "effective_at": NOW, "recorded_at": NOW}

    def _care_plan(self) -> Values:
        stands = {"status": "draft", "current_revision": 1, "agreed_revision": None, "version": 1, "next_line": 2}
        patient = {"pain_service_id": self.ours, "patient_id": self.insert("patient")["id"]}
        return {"id": uuid4(), **patient, **stands, "created_at": NOW}

    def _care_plan_revision(self) -> Values:
        of_plan = {"care_plan_id": self.plan, "number": self._next(), **self._mine()}
        flare = {f"flare_{name}_sealed": SEALED for name in ("first_steps", "urgent_help")}
        says = {"what_matters_sealed": SEALED, "reason_sealed": SEALED, **flare, "version": 1_000}
        review = {"review_on": date(2026, 12, 24), "reviewer_id": self.ben}
        return {**of_plan, **says, **review, "author_id": self.ben, "recorded_at": NOW}

    def _already_helps(self) -> Values:
        return self._line("helps") | {"words_sealed": SEALED}

    def _goal(self) -> Values:
        return self._line("goal") | {"words_sealed": SEALED, "importance": 9, "confidence": 5}

    def _activity(self) -> Values:
        says = {"behaviour": "healthy", "words_sealed": SEALED, "days_of_week": DAYTIME["days"]}
        hangs_on = {"goal_line": "school", "already_helps_line": "lunch-walk", "status": "scheduled"}
        often = {"recurrence": "FREQ=DAILY", "starts_on": date(2026, 11, 23), "due_on": date(2026, 12, 24)}
        return self._line("activity") | says | hangs_on | often | {"done_by": "patient"}

    def _need(self) -> Values:
        return self._line("need") | {"kind": "physical", "words_sealed": SEALED, "condition_sealed": SEALED}

    def _medicine_to_review(self) -> Values:
        return self._line("medicine") | {"words_sealed": SEALED, "why_sealed": SEALED}

    def _plan_contact(self) -> Values:
        return self._line("contact") | {"kind": "carer", "words_sealed": SEALED, "phone_sealed": SEALED}

    def _agreement(self) -> Values:
        number = 1 if not hasattr(self, "heard") else self.insert("care_plan_revision")["number"]
        said = {"how": "in-person", "agreed_at": NOW, "recorded_by": self.ben, "recorded_at": NOW}
        return {"id": uuid4(), "care_plan_id": self.plan, "revision_number": number, **said}

    def _nudge(self) -> Values:
        of_line = {"care_plan_id": self.plan, "revision_number": 1, "line": "walk", "behaviour": "healthy"}
        of_line["preference_version"] = 1
        when = {"slot_on": date(2026, 11, 23) + timedelta(days=self._next()), "due_at": NOW, "expires_at": LATER}
        why = {"policy": "rotation/1", "probability": 1.0, "planned_at": NOW}
        return {"id": uuid4(), **self._mine(), **of_line, **when, "status": "planned", **why}

    def _message(self) -> Values:
        text = {"kind": "nudge", "status": "created", "number_index": uuid4(), "priority": 5}
        text |= {"number_sealed": SEALED, "body_sealed": SEALED}
        of = {"nudge_id": self.insert("nudge")["id"], "wording_id": self.insert("wording")["id"], "author_id": self.ben}
        when = {"created_at": NOW, "due_at": NOW, "expires_at": LATER}
        sent = {"gateway": "simulator", "provider_id": f"SM{self._next()}", "in_reply_to": getattr(self, "heard", None)}
        return {"id": uuid4(), **self._mine(), **text, "media_count": 0, "attempts": 0, **of, **when, **sent}

    def _attempt(self) -> Values:
        what = {"gateway": "simulator", "worker": "somewhere/1", "started_at": NOW, "outcome": "sent"}
        return {"message_id": self.insert("message")["id"], "number": 1, **what}

    def _receipt(self) -> Values:
        told = {
            "gateway": "simulator",
            "message_id": uuid4(),
            "provider_id": f"SM{self._next()}",
            "status": "delivered",
        }
        return {**told, "received_at": NOW, "due_at": NOW}

    def _answer(self) -> Values:
        text = self.insert("message", **self.inbound())["id"]
        said = {"nudge_id": self.insert("nudge")["id"], "message_id": text, "kind": "words", "recorded_at": NOW}
        return {"id": uuid4(), **self._mine(), **said}

    def _task(self) -> Values:
        what = {"message_id": self.heard, "kind": "read-message", "priority": "routine", "status": "completed"}
        text = self.insert("message", **self.inbound())["id"]
        done = {"completed_at": NOW, "completed_by": self.ben, "outcome_sealed": SEALED}
        return {
            "id": uuid4(),
            **self._mine(),
            **what,
            "message_id": text,
            "why_sealed": SEALED,
            "created_at": NOW,
            "due_at": LATER,
        } | done

    def _pathway(self) -> Values:
        patient = {"pain_service_id": self.ours, "patient_id": self.insert("patient")["id"]}
        stands = {"step": "active-plan", "since_at": NOW, "review_on": date(2027, 2, 22), "asked_at": None}
        return {"id": uuid4(), **patient, **stands, "version": 1}

    def _of_pathway(self) -> Values:
        pathway = self.insert("pathway", patient_id=self.amina, step="closed", review_on=None)["id"]
        return {**self._mine(), "pathway_id": pathway, "recorded_at": NOW, "recorded_by": self.ben}

    def _pathway_move(self) -> Values:
        """A later one, which puts the second right."""
        of = self._of_pathway()
        first = of | {"number": 1, "to_step": "referral", "reason": "new-from-gp", "effective_at": NOW}
        onward = {"from_step": "referral", "to_step": "assessment", "reason": "accepted", "follows": 1}
        second = of | {"number": 2, **onward, "effective_at": NOW}
        self.connection.execute(TABLES["pathway_move"].insert().values(first))
        self.connection.execute(TABLES["pathway_move"].insert().values(second))
        return second | {"number": self._next() + 1, "corrects": 2, "words_sealed": SEALED}

    def _hospital_referral(self) -> Values:
        says = {"to_sealed": SEALED, "reason_sealed": SEALED, "tried_first_sealed": SEALED}
        return {"id": uuid4(), **self._of_pathway(), **says, "referred_at": NOW}

    def _agreement_request(self) -> Values:
        of_plan = {"care_plan_id": self.plan, "revision_number": 1}
        return {"id": uuid4(), **self._mine(), **of_plan, "asked_at": NOW, "asked_by": self.ben}

    def _suggestion(self) -> Values:
        of = {"care_plan_id": self.plan, "revision_number": 1, "line": "walk", "task_id": self.insert("task")["id"]}
        done = {"status": "accepted", "answer_sealed": SEALED, "answered_at": LATER, "answered_by": self.ben}
        done["accepted_revision"] = self.insert("care_plan_revision")["number"]
        return {"id": uuid4(), **self._mine(), **of, "words_sealed": SEALED, "asked_at": NOW, **done}

    def _second_opinion(self) -> Values:
        of = {"care_plan_id": self.plan, "revision_number": 1, "task_id": self.insert("task")["id"]}
        asked = {"asked_by": self.ben, "question_sealed": SEALED, "asked_at": NOW}
        given = {"access_grant_id": self.insert("access_grant")["id"], "closed_by": self.eve, "closed_at": LATER}
        says = {"status": "given", "outcome": "change", "words_sealed": SEALED}
        became = {"became_revision": self.insert("care_plan_revision")["number"]}
        return {"id": uuid4(), **self._mine(), **of, **asked, **given, **says, **became}

    def _plan_template(self) -> Values:
        stands = {"status": "active", "current_number": 2, "approved_number": 1, "version": 3, "next_line": 1}
        return {"id": uuid4(), "pain_service_id": self.ours, **stands, "created_at": NOW}

    def _plan_template_version(self) -> Values:
        """Written by Ben, and approved by somebody else."""
        of = {
            "template_id": self.insert("plan_template")["id"],
            "number": 1,
            "pain_service_id": self.ours,
            "version": 1,
        }
        says = {"name": "Widespread pain", "content": {"suits": "…"}, "reason": "New", "author_id": self.ben}
        approved = {"approved_by": self.insert("staff", pain_service_id=self.ours)["id"], "approved_at": LATER}
        return {**of, **says, "recorded_at": NOW, **approved}

    def _plan_start(self) -> Values:
        plan, version = self.insert("care_plan", patient_id=self.amina)["id"], self.insert("plan_template_version")
        began = {"template_id": version["template_id"], "template_number": 1, "approved_by": version["approved_by"]}
        lines = {"kept": ["need-1"], "changed": [], "left_out": ["activity-2"]}
        return {"care_plan_id": plan, **self._mine(), **began, **lines, "recorded_at": NOW}

    def _resource(self) -> Values:
        says = {"name": "Walking group", "kind": "leisure", "description": "A slow walk", "folded": "walking group"}
        stands = {"status": "listed", "cost": "free", "needs": " physical ", "reach": " PR ", "version": 1}
        known = {"evidence": "nice-recommended", "evidence_source": "NG193", "web": "https://walks.example"}
        return {"id": uuid4(), "pain_service_id": self.ours, **says, **stands, **known, "created_at": NOW}

    def _of_resource(self) -> Values:
        return {"id": uuid4(), "pain_service_id": self.ours, "resource_id": self.insert("resource")["id"]}

    def _resource_check(self) -> Values:
        return self._of_resource() | {"found": "correct", "checked_by": self.ben, "checked_at": NOW}

    def _resource_event(self) -> Values:
        points_at = {"care_plan_id": self.plan, "line": "walk", "message_id": self.heard}
        return (
            self._of_resource()
            | self._mine()
            | points_at
            | {
                "kind": "offered",
                "recorded_by": self.ben,
                "recorded_at": NOW,
            }
        )

    def _restriction(self) -> Values:
        patient = {"pain_service_id": self.ours, "patient_id": self.insert("patient")["id"]}
        began = {"ground": "objection", "asked_by": "patient", "began_at": NOW, "began_by": self.ben}
        return {"id": uuid4(), **patient, **began, "lifted_at": LATER, "lifted_by": self.ben}

    def _correction(self) -> Values:
        asked = {"task_id": self.insert("task")["id"], "asked_by": "patient", "words_sealed": SEALED, "asked_at": NOW}
        done = {"status": "made", "answer_sealed": None, "answered_at": LATER, "answered_by": self.ben}
        return {"id": uuid4(), **self._mine(), **asked, "due_on": date(2026, 12, 23), **done}

    def _erasure(self) -> Values:
        who = {"pain_service_id": self.ours, "patient_id": uuid4()}
        asked = {"asked_by": "staff", "asked_staff_id": self.insert("staff")["id"], "asked_at": NOW}
        decided = {"status": "refused", "decided_at": NOW, "decided_by": self.ben, "answer_sealed": SEALED}
        return {"id": uuid4(), **who, **asked, **decided}

    def _redaction(self) -> Values:
        of = {"erasure_id": self.insert("erasure")["id"], "gateway": "simulator", "provider_id": f"SM{self._next()}"}
        return {"id": uuid4(), **of, "tries": 0, "due_at": NOW}

    def _past_count(self) -> Values:
        of = {"pain_service_id": self.ours, "person": uuid4(), "month_on": date(2026, 11, 1)}
        return {**of, "behaviour": "healthy", "status": "sent", "answered": False, "count": 3}

    def _retention_run(self) -> Values:
        return {"id": uuid4(), "kind": "alarm", "dry": False, "found": 3, "done": 2, "ran_at": NOW}

    def _audit_entry(self) -> Values:
        who = {"pain_service_id": self.ours, "actor_kind": "staff", "actor_id": self.ben, "patient_id": self.amina}
        return {
            **who,
            "action": "patient.amend",
            "entity_id": str(self.amina),
            "fields": ["mobile"],
            "reason_sealed": SEALED,
            "recorded_at": NOW,
            "seq": self._next(),
        }

    def _audit_head(self) -> Values:
        ours, self.has_head = not self.has_head, True
        return {
            "pain_service_id": self.ours if ours else self.insert("pain_service")["id"],
            "seq": 1,
            "hash": "0" * 64,
        }


def another(value: Any) -> Any:
    """A value of the same kind that no row has."""
    if isinstance(value, bytes):
        return value[:1] + bytes(27) + b"\x01"
    return uuid4() if isinstance(value, UUID) else 999_999 if isinstance(value, int) else "no-such-line"
