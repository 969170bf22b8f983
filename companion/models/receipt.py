"""What has a provider told us that nobody has acted on yet?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, Counter, one_of
from companion.domain.message import MessageStatus


class Receipt(Base):
    """One delivery receipt, written down as it came and removed by whoever applies it.

    message_id: our id as the provider gave it back. No foreign key: what is not of ours is taken too, and changes
    nothing. due_at: when it is to be applied; later than it came only if that failed.
    """

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[UUID | None]
    provider_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[MessageStatus] = mapped_column(one_of(MessageStatus))
    code: Mapped[str | None] = mapped_column(String(20))
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
