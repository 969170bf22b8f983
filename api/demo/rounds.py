"""How does a clinician of the demonstration work through the inbox? What was promised for today is done today."""

from datetime import datetime

from api.demo.stage import ZONE, Opened
from api.demo.story import READ, RESPONSES, STOPPED, Response
from companion.domain.access import Actor
from companion.domain.consent import ConsentStatus
from companion.domain.local_time import end_of_day, local
from companion.domain.task import TaskPriority, TaskStatus
from companion.use_cases import message, task
from companion.use_cases.task import TaskView

MOST = 100


def work_through(opened: Opened, now: datetime) -> None:
    """Do what is urgent, and what is due by the end of today; leave the rest for its day."""
    tonight = end_of_day(local(now, ZONE).date(), ZONE)
    for view in task.inbox(opened.clinician, TaskStatus.REQUESTED, 0, MOST, now).items:
        if view.task.priority is TaskPriority.URGENT or view.task.due_at < tonight:
            _respond(opened, opened.clinician, view, now)


def _respond(opened: Opened, clinician: Actor, view: TaskView, now: datetime) -> None:
    response, patient = _response(view), view.patient
    if response.reply is not None and patient is not None:
        if patient.text_consent is ConsentStatus.GIVEN:
            message.write(clinician, patient.id, response.reply, now)
        else:
            response = STOPPED
    if response.then is not None:
        response.then(opened, now)
    task.complete(clinician, view.task.id, response.outcome, now)


def _response(view: TaskView) -> Response:
    name = view.patient.given_name if view.patient else ""
    return RESPONSES.get((name, view.message.body if view.message else ""), READ)
