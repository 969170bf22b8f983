"""What came of the fortnight: the manager's figures, each person's texts, what waits, and the promises recounted?"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from api.demo.recount import Broken
from api.demo.stage import ZONE
from api.web.wall_clock import moment
from companion.domain.consent import ConsentStatus
from companion.domain.engagement import Figures, Tally
from companion.domain.local_time import local
from companion.domain.message import MessageKind
from companion.domain.nudge import REASON_WORDS, NudgeStatus, Reason
from companion.domain.task import TaskPriority
from companion.use_cases.ledger import Ledger
from companion.use_cases.task import TaskView

COLUMNS = ("planned", "sent", "delivered", "answered", "failed", "unknown", "skipped", "lapsed", "waiting", "replaced")
CONSENT_WORDS = {
    ConsentStatus.GIVEN: "agreed to texts",
    ConsentStatus.NOT_ASKED: "has not agreed to texts, so none were planned",
    ConsentStatus.WITHDRAWN: "stopped texts",
}
HELD = frozenset({NudgeStatus.SKIPPED, NudgeStatus.LAPSED})


def by_behaviour(figures: Figures) -> Iterator[str]:
    """The manager's table, as the API has it, and why nudges were held back."""
    yield f"{'':8}" + "".join(f"  {column}" for column in COLUMNS)
    for name, tally in [*figures.behaviours.items(), ("all", figures.total)]:
        yield f"{name:8}" + "".join(f"  {_count(tally, column):{len(column)}}" for column in COLUMNS)
    yield f"{figures.people} people were texted."
    for reason, count in sorted(figures.total.held_back.items()):
        yield f"  {count:2} held back: {REASON_WORDS[Reason(reason)]}"


def _count(tally: Tally, column: str) -> int:
    return int(getattr(tally, column))


def by_person(ledger: Ledger) -> Iterator[str]:
    """How many nudges went to each person, how many were held back, and how often they texted."""
    for patient in sorted(ledger.patients.values(), key=lambda patient: patient.enrolled_at):
        mine = [row.nudge.status for row in ledger.nudges if row.nudge.patient_id == patient.id]
        sent, held = mine.count(NudgeStatus.SENT), sum(status in HELD for status in mine)
        wrote = sum(
            message.patient_id == patient.id and message.kind is MessageKind.INBOUND for message in ledger.messages
        )
        words = CONSENT_WORDS[patient.text_consent]
        if sent and not wrote:
            words = "quiet: nothing came back yet"
        yield f"{patient.given_name:8}  {sent:2} sent  {held:2} held back  {wrote:2} texts from them   {words}"


def inbox(waiting: Sequence[TaskView]) -> Iterator[str]:
    """What waits for a person, urgent first, then by promise."""
    for view in waiting:
        task, message = view.task, view.message
        who = view.patient.given_name if view.patient else "Somebody"
        urgent = "URGENT " if task.priority is TaskPriority.URGENT else ""
        text = f' "{message.body}"' if message else ""
        yield f"{urgent}by {moment(local(task.due_at, ZONE))}  {who}:{text}"
    if not waiting:
        yield "Nothing waits."


def promises(broken: Broken) -> str:
    """One line: how often each promise was broken."""
    return " · ".join(f"{name.replace('_', ' ')} {count}" for name, count in asdict(broken).items())
