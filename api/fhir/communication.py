"""A text, as FHIR's Communication."""

from collections.abc import Iterator

from api.fhir.element import Address, Element, instant, meta, reference, without_nothing
from companion.domain.message import MessageKind, MessageStatus
from companion.use_cases.export import Export

# FHIR R4 event-status.
STATUSES: dict[MessageStatus, str] = {
    MessageStatus.CREATED: "preparation",
    MessageStatus.SENDING: "in-progress",
    MessageStatus.SENT: "in-progress",
    MessageStatus.DELIVERED: "completed",
    MessageStatus.PERMANENT_FAILURE: "stopped",
    MessageStatus.TEMPORARY_FAILURE: "stopped",
    MessageStatus.TECHNICAL_FAILURE: "stopped",
    MessageStatus.UNKNOWN: "unknown",
    MessageStatus.CANCELLED: "not-done",
    MessageStatus.RECEIVED: "completed",
}


def communications(export: Export, at: Address) -> Iterator[Element]:
    """Every text, both ways, with its words."""
    person = reference(at, "Patient", export.patient.id)
    theirs_too = {text.id for text in export.messages}
    for text in export.messages:
        theirs = text.kind is MessageKind.INBOUND
        answers = [reference(at, "Communication", text.in_reply_to)] if text.in_reply_to in theirs_too else []
        changed = (text.created_at, text.sending_at, text.sent_at, text.settled_at, text.absent_at, text.recalled_at)
        yield without_nothing(
            {
                "resourceType": "Communication",
                "id": str(text.id),
                "meta": meta(*changed),
                "status": STATUSES[text.status],
                "category": [{"text": text.kind.value}],
                "medium": [{"text": "Text message"}],
                "subject": person,
                "sender": person if theirs else None,
                "recipient": [] if theirs else [person],
                "inResponseTo": answers,
                "sent": None if theirs else instant(text.sent_at),
                "received": instant(text.created_at) if theirs else None,
                "payload": [{"contentString": text.shown}] if text.shown.strip() else [],
            }
        )
