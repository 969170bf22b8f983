"""What does a sound row look like of care plans, and of what leads to them and comes of them?"""

from datetime import date
from uuid import uuid4

from tests.support.sound_rows import DAYTIME, LATER, NOW, SEALED, TABLES, SoundRows, Values


class PlanRows(SoundRows):
    """Plans, their lines, the pathway, suggestions, opinions, templates and resources."""

    def _plan_change(self) -> Values:
        return {"patient_id": self.amina}

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
