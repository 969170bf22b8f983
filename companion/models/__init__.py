"""The tables, named here so that whoever imports the package knows them all."""

from companion.models.access_grant import AccessGrant
from companion.models.alarm import Alarm
from companion.models.answer import Answer
from companion.models.audit import AuditEntry, AuditHead
from companion.models.care_plan import Activity, Agreement, AlreadyHelps, CarePlan, CarePlanRevision, Goal
from companion.models.carrier import Allowance, Carrier
from companion.models.code import CodeRequest, SignInCode, SignInLink
from companion.models.consent import ConsentEvent
from companion.models.device import Device, DeviceToken
from companion.models.heartbeat import Heartbeat
from companion.models.lease import Lease
from companion.models.limit import LimitUse
from companion.models.loop_check import LoopCheck
from companion.models.message import Attempt, Message
from companion.models.nudge import Nudge
from companion.models.pain_service import PainService
from companion.models.patient import Patient
from companion.models.plan_change import PlanChange
from companion.models.preference import Preference
from companion.models.receipt import Receipt
from companion.models.sign_in import SignIn
from companion.models.staff import Staff, StaffRole
from companion.models.task import Task
from companion.models.wording import Wording

__all__ = [
    "AccessGrant",
    "Activity",
    "Agreement",
    "Alarm",
    "Allowance",
    "AlreadyHelps",
    "Answer",
    "Attempt",
    "AuditEntry",
    "AuditHead",
    "CarePlan",
    "CarePlanRevision",
    "Carrier",
    "CodeRequest",
    "ConsentEvent",
    "Device",
    "DeviceToken",
    "Goal",
    "Heartbeat",
    "Lease",
    "LimitUse",
    "LoopCheck",
    "Message",
    "Nudge",
    "PainService",
    "Patient",
    "PlanChange",
    "Preference",
    "Receipt",
    "SignIn",
    "SignInCode",
    "SignInLink",
    "Staff",
    "StaffRole",
    "Task",
    "Wording",
]
