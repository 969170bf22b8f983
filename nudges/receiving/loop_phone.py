"""Who answers the nightly check where there is no provider? The simulator's own phone, by every text's way in.

The twin of the second number that a deployment has at its provider.
"""

from datetime import datetime

from sqlalchemy import select

from companion.db import reading
from companion.domain.message import MessageKind, MessageStatus
from companion.models import LoopCheck, Message
from nudges.providers.simulator_gateway import SimulatorGateway
from nudges.receiving import inbound, loop_check
from nudges.receiving.arrivals import InboundText


def answer(now: datetime) -> int:
    """Answer each check that the simulator delivered and that is still waited for. Returns how many there were."""
    waited_for = (
        select(Message)
        .join(LoopCheck, LoopCheck.message_id == Message.id)
        .where(
            Message.kind == MessageKind.CHECK,
            Message.gateway == SimulatorGateway.name,
            Message.status.in_((MessageStatus.SENT, MessageStatus.DELIVERED)),
            LoopCheck.replied_at.is_(None),
            LoopCheck.passed_at.is_(None),
            LoopCheck.failed_at.is_(None),
        )
    )
    with reading() as session:
        arrived = session.scalars(waited_for).all()
    answered = 0
    for text in arrived:
        words = loop_check.echo(text.number, text.body)
        if words is not None:
            came_in = InboundText(SimulatorGateway.name, f"SIMLOOP{text.id.hex}", text.number, "", words)
            answered += inbound.receive(came_in, now)
    return answered
