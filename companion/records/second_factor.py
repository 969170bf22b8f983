"""Is this somebody's code, and has nobody used it before?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from companion import keys, totp
from companion.domain.second_factor import normal_recovery, normal_totp
from companion.domain.sign_in import Factor
from companion.models import RecoveryCode, SecondFactor


@dataclass(frozen=True, slots=True)
class Look:
    """Whether somebody has a second factor, and what their code turned out to be: of which step, or which recovery
    code; neither, if it is none of theirs."""

    enrolled: bool
    step: int | None = None
    recovery: str | None = None

    @property
    def factor(self) -> Factor | None:
        """What the code proves besides the password."""
        if self.step is not None:
            return Factor.CODE
        return None if self.recovery is None else Factor.RECOVERY_CODE


def look(session: Session, staff_id: UUID | None, code: str, now: datetime) -> Look:
    """See what a code is, without using it. Asks and computes the same for nobody as for somebody."""
    row = session.scalar(select(SecondFactor).where(SecondFactor.staff_id == (staff_id or uuid4())))
    enrolled = row is not None and row.confirmed_at is not None
    secret = row.secret if row is not None and enrolled else totp.NOBODY
    step = totp.step_of(secret, normal_totp(code), now)
    mac = mac_of(session, code)
    mine = (RecoveryCode.staff_id == (staff_id or uuid4()), RecoveryCode.mac == mac, RecoveryCode.used_at.is_(None))
    recovery = session.scalar(select(RecoveryCode.mac).where(*mine))
    if row is None or not enrolled:
        return Look(enrolled=False)
    fresh = step is not None and step > row.last_step
    return Look(enrolled=True, step=step if fresh else None, recovery=recovery)


def spend(session: Session, staff_id: UUID, seen: Look, now: datetime) -> bool:
    """Use the code that was seen, in one statement: of two who do so at once, one is too late."""
    if seen.step is not None:
        row = update(SecondFactor).where(SecondFactor.staff_id == staff_id, SecondFactor.last_step < seen.step)
        used = row.where(SecondFactor.confirmed_at.is_not(None)).values(last_step=seen.step)
        return bool(session.scalars(used.returning(SecondFactor.staff_id)).all())
    if seen.recovery is not None:
        code = update(RecoveryCode).where(RecoveryCode.staff_id == staff_id, RecoveryCode.mac == seen.recovery)
        once = code.where(RecoveryCode.used_at.is_(None)).values(used_at=now)
        return bool(session.scalars(once.returning(RecoveryCode.mac)).all())
    return False


def mac_of(session: Session, code: str) -> str:
    """What is kept of a recovery code."""
    return keys.of(session).mac("recovery-code", normal_recovery(code).encode()).hex()
