"""What the codes in a person's record are called in the copy that they get of it. Each stands within a sentence."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from companion.domain.care_plan import CarePlanStatus
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.correction import CorrectionStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import NudgeStatus
from companion.domain.pathway import MoveReason, Step
from companion.domain.restriction import RestrictionGround
from companion.domain.second_opinion import OpinionOutcome
from companion.domain.suggestion import SuggestionStatus
from companion.domain.task import TaskKind, TaskPriority

# By the type first: codes of two types can be the same text.
WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = MappingProxyType(
    {
        ConsentStatus: {
            ConsentStatus.NOT_ASKED: "you had not been asked",
            ConsentStatus.GIVEN: "you agreed to texts",
            ConsentStatus.WITHDRAWN: "you stopped texts",
        },
        ConsentSource: {
            ConsentSource.STAFF: "you told our staff",
            ConsentSource.PATIENT_TEXT: "you sent us a text",
            ConsentSource.CARRIER: "your phone company told us",
            ConsentSource.IMPORT: "from your earlier record",
            ConsentSource.PATIENT_APP: "you told us in the app",
        },
        CarePlanStatus: {
            CarePlanStatus.DRAFT: "a draft",
            CarePlanStatus.ACTIVE: "in use",
            CarePlanStatus.ON_HOLD: "on hold",
            CarePlanStatus.REVOKED: "ended",
            CarePlanStatus.COMPLETED: "completed",
        },
        SuggestionStatus: {
            SuggestionStatus.REQUESTED: "waiting for an answer",
            SuggestionStatus.ACCEPTED: "put into your plan",
            SuggestionStatus.DECLINED: "not put into your plan",
        },
        CorrectionStatus: {
            CorrectionStatus.REQUESTED: "waiting for an answer",
            CorrectionStatus.MADE: "put right",
            CorrectionStatus.REFUSED: "refused",
        },
        OpinionOutcome: {
            OpinionOutcome.AGREE: "the plan is right",
            OpinionOutcome.CHANGE: "the plan should change",
            OpinionOutcome.OTHER: "neither agrees nor asks for a change",
        },
        MessageKind: {
            MessageKind.NUDGE: "a text from your plan",
            MessageKind.REPLY: "an answer",
            MessageKind.SAFETY: "our answer to an urgent message",
            MessageKind.SIGN_IN: "a text to sign in with",
            MessageKind.CHECK: "a test text",
            MessageKind.INBOUND: "a text from you",
        },
        MessageStatus: {
            MessageStatus.CREATED: "waiting to be sent",
            MessageStatus.SENDING: "being sent",
            MessageStatus.SENT: "sent",
            MessageStatus.DELIVERED: "delivered",
            MessageStatus.PERMANENT_FAILURE: "not delivered, as this number cannot get texts",
            MessageStatus.TEMPORARY_FAILURE: "not delivered, as the phone was off or out of reach",
            MessageStatus.TECHNICAL_FAILURE: "not delivered, as something went wrong on the way",
            MessageStatus.UNKNOWN: "we do not know if it was delivered",
            MessageStatus.CANCELLED: "not sent",
            MessageStatus.RECEIVED: "received",
        },
        NudgeStatus: {
            NudgeStatus.PLANNED: "It is planned",
            NudgeStatus.CLAIMED: "It is about to be sent",
            NudgeStatus.SENT: "It was sent",
            NudgeStatus.SKIPPED: "It was not sent",
            NudgeStatus.LAPSED: "It was not sent in time",
            NudgeStatus.CANCELLED: "It was cancelled",
        },
        TaskKind: {
            TaskKind.READ_MESSAGE: "read your message",
            TaskKind.UNKNOWN_NUMBER: "find out whose number it was",
            TaskKind.CONTACT_ANOTHER_WAY: "contact you another way",
            TaskKind.NUMBER_INVALID: "check your phone number",
            TaskKind.CHECK_SENDING: "check how texts are sent",
            TaskKind.EMERGENCY_ACCESS: "check why your record was opened in an emergency",
            TaskKind.CORRECTION: "answer what you asked us to put right",
            TaskKind.RESTRICTION: "answer your request to restrict the use of your record",
            TaskKind.ERASURE: "decide on erasing your record",
            TaskKind.REVIEW_DUE: "review your plan with you",
            TaskKind.SUGGESTION: "answer what you suggested",
            TaskKind.CHECK_DIRECTORY: "check the directory of local groups and services",
            TaskKind.SECOND_OPINION: "give a second opinion on your plan",
            TaskKind.OPINION_GIVEN: "read the second opinion on your plan",
        },
        TaskPriority: {
            TaskPriority.ROUTINE: "not urgent",
            TaskPriority.URGENT: "urgent",
        },
        Step: {
            Step.REFERRAL: "you were referred",
            Step.ASSESSMENT: "your assessment",
            Step.ACTIVE_PLAN: "you began to use your plan",
            Step.REVIEW: "a review of your plan",
            Step.OPEN_CONTACT: "you can contact us without a new referral",
            Step.CLOSED: "your care with us ended",
        },
        MoveReason: {
            MoveReason.NEW_FROM_GP: "your GP referred you",
            MoveReason.EXISTING_PATIENT: "you were a patient here already",
            MoveReason.ACCEPTED: "the referral was accepted",
            MoveReason.CAME_BACK: "you came back",
            MoveReason.PLAN_AGREED: "you agreed to your plan",
            MoveReason.REVIEW_DONE: "the review was done",
            MoveReason.REVIEW_DUE: "the review was due",
            MoveReason.NEEDS_CHANGED: "your needs changed",
            MoveReason.THEIR_WISH: "you asked for it",
            MoveReason.MANAGES_WELL: "you manage well",
            MoveReason.GOALS_REACHED: "you reached your goals",
            MoveReason.NOT_SUITABLE: "our service was not right for you",
            MoveReason.MOVED_AWAY: "you moved away",
            MoveReason.NO_CONTACT: "we could not reach you",
            MoveReason.DIED: "the person died",
            MoveReason.ENTERED_IN_ERROR: "it was written down by mistake",
        },
        RestrictionGround: {
            RestrictionGround.ACCURACY_CONTESTED: "you said that something in it is wrong",
            RestrictionGround.UNLAWFUL: "it was used unlawfully",
            RestrictionGround.NEEDED_FOR_A_CLAIM: "you need it for a legal claim",
            RestrictionGround.OBJECTION: "you objected to its use",
            RestrictionGround.THEIR_WISH: "you asked for it",
            RestrictionGround.ERASURE_DECIDED: "we decided to erase it",
        },
    }
)


def words(code: StrEnum) -> str:
    """Return what a code is called."""
    return WORDS[type(code)][code]
