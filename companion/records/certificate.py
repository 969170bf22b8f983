"""What does the certificate of an erasure say, and whose hand is under it?"""

import hmac
import json
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion import keys
from companion.db import scoped
from companion.domain.access import system
from companion.domain.erasure import GROUND_WORDS, REMAINS
from companion.models import Erasure, PainService, Redaction, Staff

Certificate = dict[str, Any]
PURPOSE = "erasure-certificate"


def draw_up(session: Session, erasure: Erasure, now: datetime) -> Certificate:
    """All that is certified, in the words of the person who reads it. It names staff, and nobody else."""
    service = session.get_one(PainService, erasure.pain_service_id)
    decided_by = session.scalar(scoped(Staff, system(service.id)).where(Staff.id == erasure.decided_by))
    forgotten = Counter(session.scalars(select(Redaction.gateway).where(Redaction.erasure_id == erasure.id)))
    return {
        "certificate": str(erasure.id),
        "pain_service": service.name,
        "record": str(erasure.patient_id),
        "asked_by": erasure.asked_by,
        "asked_at": _said(erasure.asked_at),
        "decided_by": decided_by.name if decided_by else "",
        "decided_at": _said(erasure.decided_at),
        "ground": GROUND_WORDS[erasure.ground] if erasure.ground else "",
        "erased_at": _said(erasure.erased_at),
        "completed_at": _said(now),
        "removed": erasure.removed or {},
        "forgotten_by_provider": dict(sorted(forgotten.items())),
        "remains": [{"what": each.what, "why": each.why} for each in REMAINS],
    }


def as_text(certificate: Certificate) -> str:
    """The one way of writing it down that a signature is for (RFC 8785 for what stands in it)."""
    return json.dumps(certificate, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read(text: str) -> Certificate:
    """A certificate that was written down."""
    found: Certificate = json.loads(text)
    return found


def _said(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def signed(session: Session, certificate: Certificate) -> str:
    """The signature under it: only this deployment can have made it."""
    return keys.of(session).mac(PURPOSE, as_text(certificate).encode()).hex()


def is_genuine(session: Session, certificate: Certificate, signature: str) -> bool:
    """Whether this deployment signed exactly this."""
    return hmac.compare_digest(signed(session, certificate), signature)
