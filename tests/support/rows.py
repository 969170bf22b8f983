"""What does a sound row of each table look like, written past every use case straight into the database?"""

from datetime import date, time, timedelta
from uuid import uuid4

from tests.support.plan_rows import PlanRows
from tests.support.sound_rows import DAYTIME, LATER, NOW, SEALED, Values
from tests.support.staff_rows import StaffRows


class Rows(StaffRows, PlanRows):
    """Of any table there is: people, texts, tasks, rights and the product's own besides."""

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

    def _preference(self) -> Values:
        hours = {"local_start": time(9), "local_end": time(17), "days_of_week": DAYTIME["days"]}
        most = {"on_bank_holidays": False, "daily_ceiling": 1, "weekly_ceiling": 3, "version": 1}
        return {"patient_id": self.insert("patient")["id"], "pain_service_id": self.ours, **hours, **most}

    def _consent_event(self) -> Values:
        how = {"status": "given", "source": "staff", "staff_id": self.ben, "message_id": getattr(self, "heard", None)}
        return {**self._mine(), **how, "effective_at": NOW, "recorded_at": NOW}

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
