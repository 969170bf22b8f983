"""For whom has something changed that nudges are planned from, and that the planner has not seen yet?"""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, Counter
from companion.models.patient import owned_by_patient


class PlanChange(Base):
    """One such change. Triggers write it, in the transaction of whatever changed: of a plan's status, revision or
    agreement, of the preferences, of the patient's status or consent. No code can forget it.

    A row of its own, as a mark on the plan would have to wait for whoever holds the plan, and a STOP must not. The
    planner removes it in the transaction in which it has looked at all plans of that patient.
    """

    __tablename__ = "plan_change"
    __table_args__ = (owned_by_patient(),)

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
