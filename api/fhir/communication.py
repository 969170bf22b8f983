"""A text, as FHIR's Communication."""

from api.fhir.element import Element, instant, reference, without_nothing
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


def communications(export: Export) -> list[Element]:
    """Every text, both ways, with its words."""
    person = reference("Patient", export.patient.id)
    found = []
    for text in export.messages:
        theirs = text.kind is MessageKind.INBOUND
        answers = [reference("Communication", text.in_reply_to)] if text.in_reply_to else []
        found.append(
            without_nothing(
                {
                    "resourceType": "Communication",
                    "id": str(text.id),
                    "status": STATUSES[text.status],
                    "category": [{"text": text.kind.value}],
                    "medium": [{"text": "Text message"}],
                    "subject": person,
                    "sender": person if theirs else None,
                    "recipient": [] if theirs else [person],
                    "inResponseTo": answers,
                    "sent": None if theirs else instant(text.sent_at),
                    "received": instant(text.created_at) if theirs else None,
                    "payload": [{"contentString": text.body}] if text.body.strip() else [],
                }
            )
        )
    return found
