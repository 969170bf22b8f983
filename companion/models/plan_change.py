"""For whom has something changed that nudges are planned from, and that the planner has not seen yet?"""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, Counter


class PlanChange(Base):
    """One such change. Triggers write it, in the transaction of whatever changed: of a plan's status, revision or
    agreement, of the preferences, of the patient's status or consent. No code can forget it.

    A row of its own and without a foreign key: a mark on the plan, or a key to the patient, would have to wait for
    whoever holds that row, and a STOP must wait for nobody, nor two people who edit wait for each other in a circle.
    The planner removes it in the transaction in which it has looked at all plans of that patient.
    """

    __tablename__ = "plan_change"

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    patient_id: Mapped[UUID]
