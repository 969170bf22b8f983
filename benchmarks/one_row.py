"""What is the intake measured against? The way most applications do it: one row through the ORM for each request.

The same signature check, the same web server; a receipt marks its message, a reply is stored, and each is committed
before the answer. Nothing is understood or acted upon: that is less than the product does, to its advantage.
"""

import os
from datetime import UTC, datetime
from uuid import UUID, uuid4

from flask import Flask, Response, abort, request
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from benchmarks.keys import OPTIONS, RING
from benchmarks.stand_in import AUTH_TOKEN
from companion.domain.message import MessageKind, MessageStatus
from companion.models import Message, Patient
from nudges.providers.twilio_gateway import signature_ok
from nudges.providers.twilio_words import delivery_status

engine = create_engine(os.environ["DATABASE_URL"], pool_size=8, execution_options=OPTIONS)
app = Flask(__name__)


@app.before_request
def require_signature() -> None:
    """Only Twilio may post here."""
    if request.method == "GET":
        return
    url = os.environ["PUBLIC_BASE_URL"] + request.full_path.rstrip("?")
    form = {name: request.form.getlist(name) for name in request.form}
    if not signature_ok(AUTH_TOKEN, url, form, dict(request.headers)):
        abort(403)


@app.get("/health/live")
def live() -> str:
    """It answers."""
    return "live"


@app.post("/webhooks/twilio/status")
def receive_receipt() -> Response:
    """Mark the message."""
    with Session(engine) as session:
        message = session.get_one(Message, UUID(request.args["message"]))
        message.status = delivery_status(request.form["MessageStatus"], None) or message.status
        message.settled_at = datetime.now(UTC)
        session.commit()
    return Response(status=204)


@app.post("/webhooks/twilio/inbound")
def receive_text() -> Response:
    """Store the text with its patient."""
    now, number = datetime.now(UTC), request.form["From"]
    with Session(engine) as session:
        of_number = select(Patient).where(Patient.mobile_index == Patient.mobile.find(RING, number))
        patient = session.scalars(of_number).one()
        session.add(
            Message(
                id=uuid4(),
                pain_service_id=patient.pain_service_id,
                patient_id=patient.id,
                kind=MessageKind.INBOUND,
                status=MessageStatus.RECEIVED,
                number=number,
                body=request.form["Body"],
                gateway="twilio",
                provider_id=request.form["MessageSid"],
                created_at=now,
                due_at=now,
            )
        )
        session.commit()
    return Response("<Response></Response>", mimetype="text/xml")
