"""The tables, imported here so that importing the package registers all of them."""

from companion.models.access_grant import AccessGrant
from companion.models.alarm import Alarm
from companion.models.answer import Answer
from companion.models.audit import AuditEntry, AuditHead
from companion.models.care_plan import (
    Activity,
    Agreement,
    AlreadyHelps,
    CarePlan,
    CarePlanRevision,
    Goal,
    MedicineToReview,
    Need,
    PlanContact,
)
from companion.models.carrier import Allowance, Carrier
from companion.models.code import CodeRequest, SignInCode, SignInLink
from companion.models.consent import ConsentEvent
from companion.models.correction import Correction
from companion.models.device import Device, DeviceToken
from companion.models.erasure import Erasure, PastCount, Redaction
from companion.models.heartbeat import Heartbeat
from companion.models.invitation import Invitation, InvitedRole, PasswordReset
from companion.models.lease import Lease
from companion.models.limit import LimitUse
from companion.models.loop_check import LoopCheck
from companion.models.message import Attempt, Message
from companion.models.nhs_login import NhsLoginErrand
from companion.models.nudge import Nudge
from companion.models.pain_service import PainService
from companion.models.pathway import HospitalReferral, Pathway, PathwayMove
from companion.models.patient import Patient
from companion.models.plan_change import PlanChange
from companion.models.plan_template import PlanStart, PlanTemplate, PlanTemplateVersion
from companion.models.preference import Preference
from companion.models.receipt import Receipt
from companion.models.resource import Resource, ResourceCheck, ResourceEvent
from companion.models.restriction import Restriction
from companion.models.retention import RetentionRun
from companion.models.second_factor import OrganisationIdentity, Passkey, RecoveryCode, SecondFactor
from companion.models.second_opinion import SecondOpinion
from companion.models.sign_in import Beginning, KnownDevice, SignIn
from companion.models.staff import Staff, StaffRole
from companion.models.suggestion import AgreementRequest, Suggestion
from companion.models.task import Task
from companion.models.wording import Wording

__all__ = [
    "AccessGrant",
    "Activity",
    "Agreement",
    "AgreementRequest",
    "Alarm",
    "Allowance",
    "AlreadyHelps",
    "Answer",
    "Attempt",
    "AuditEntry",
    "AuditHead",
    "Beginning",
    "CarePlan",
    "CarePlanRevision",
    "Carrier",
    "CodeRequest",
    "ConsentEvent",
    "Correction",
    "Device",
    "DeviceToken",
    "Erasure",
    "Goal",
    "Heartbeat",
    "HospitalReferral",
    "Invitation",
    "InvitedRole",
    "KnownDevice",
    "Lease",
    "LimitUse",
    "LoopCheck",
    "MedicineToReview",
    "Message",
    "Need",
    "NhsLoginErrand",
    "Nudge",
    "OrganisationIdentity",
    "PainService",
    "Passkey",
    "PasswordReset",
    "PastCount",
    "Pathway",
    "PathwayMove",
    "Patient",
    "PlanChange",
    "PlanContact",
    "PlanStart",
    "PlanTemplate",
    "PlanTemplateVersion",
    "Preference",
    "Receipt",
    "RecoveryCode",
    "Redaction",
    "Resource",
    "ResourceCheck",
    "ResourceEvent",
    "Restriction",
    "RetentionRun",
    "SecondFactor",
    "SecondOpinion",
    "SignIn",
    "SignInCode",
    "SignInLink",
    "Staff",
    "StaffRole",
    "Suggestion",
    "Task",
    "Wording",
]
