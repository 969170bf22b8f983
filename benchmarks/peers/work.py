"""What do a peer's workers run, whichever process of it they run in?"""

import os
from functools import cache

from benchmarks.database import connect
from benchmarks.job import Job
from benchmarks.keys import RING
from companion.models import Patient

# A worker process is started by its own framework's command, so that what it must know comes by the environment.
DATABASE, STAND_IN, THREADS, KIND, BROKER = (
    f"BENCHMARK_{name}" for name in ("DATABASE", "STAND_IN", "THREADS", "KIND", "BROKER")
)
DECIDE, POST = "decide", "post"


@cache
def job() -> Job:
    """This process's own."""
    told = os.environ
    return Job(told[DATABASE], told[STAND_IN], int(told[THREADS]))


def send(nudge_id: str, number: str) -> None:
    """One nudge: the whole job, or the light one."""
    if os.environ[KIND] == DECIDE:
        job().send(nudge_id)
    else:
        job().send_decided(nudge_id, number)


def due() -> list[tuple[str, str]]:
    """Every nudge that is due, with its patient's number."""
    with connect(os.environ[DATABASE]) as connection:
        wanted = (
            "SELECT nudge.id, patient.id, mobile_sealed"
            " FROM nudge JOIN patient ON patient.id = patient_id ORDER BY nudge.due_at"
        )
        found = connection.execute(wanted).fetchall()
    return [(str(nudge_id), Patient.mobile.open(RING, sealed, patient_id)) for nudge_id, patient_id, sealed in found]
