"""What does the provider tell us of its own accord? Receipts come late, twice and out of order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from companion.db import transaction
from companion.domain.message import MessageStatus
from companion.models import Message
from nudges.outcomes import another_has, apply


def receive(message_id: UUID | None, provider_id: str, status: MessageStatus, code: str | None, now: datetime) -> bool:
    """A receipt came in. `message_id` is our own id from the receipt's address; without it the provider's counts.

    Returns whether it is of a text of ours. A repeated, late or reordered receipt changes nothing.
    """
    with transaction() as session:
        ours = Message.id == message_id if message_id else Message.provider_id == provider_id
        message = session.scalar(select(Message).where(ours).with_for_update())
        if message is None or message.gateway is None or message.provider_id not in (None, provider_id):
            return False
        if message.provider_id is None:
            if another_has(session, message, provider_id):
                return False
            message.provider_id = provider_id
        apply(session, message, status, code, now)
        return True
