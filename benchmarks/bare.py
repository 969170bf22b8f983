"""What the API is measured against: Flask with one query, and no sign-in, scope, audit trail or schema."""

import os
from uuid import UUID

from flask import Flask, Response, abort, jsonify
from sqlalchemy import create_engine, select

from benchmarks.keys import OPTIONS
from companion.models import Patient

engine = create_engine(os.environ["DATABASE_URL"], pool_size=16, execution_options=OPTIONS)
app = Flask(__name__)


@app.get("/health/live")
def live() -> str:
    """It answers."""
    return "live"


@app.get("/patients/<uuid:patient_id>")
def show(patient_id: UUID) -> Response:
    """One row by its key."""
    wanted = select(Patient.id, Patient.status, Patient.time_zone, Patient.version).where(Patient.id == patient_id)
    with engine.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None:
        abort(404)
    return jsonify(id=row.id, status=row.status, time_zone=row.time_zone, version=row.version)
