"""What does a sound row look like of whoever signs in, and of how?"""

from uuid import uuid4

from tests.support.sound_rows import LATER, NOW, SEALED, SoundRows, Values


class StaffRows(SoundRows):
    """Staff, patients' devices, and all that lets them in."""

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
