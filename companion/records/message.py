"""In which order were texts said?"""

from typing import Any

from sqlalchemy import ColumnElement, case

from companion.domain.message import MessageKind
from companion.models import Message


def newest_first() -> tuple[ColumnElement[Any], ...]:
    """The newest text first; of a text and our answer to it, made at the same moment, the answer is the newer."""
    answers_first = case((Message.kind == MessageKind.INBOUND, 1), else_=0)
    return Message.created_at.desc(), answers_first, Message.id.expression
