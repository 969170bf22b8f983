"""The wordings of automatic texts, and which of them a clinician must approve."""

from enum import StrEnum

from companion.domain.behaviour import Behaviour
from companion.domain.urgent import UrgentTopic


class WordingPurpose(StrEnum):
    """What a wording is for."""

    NUDGE_CURIOUS = "nudge-curious"
    NUDGE_HEALTHY = "nudge-healthy"
    NUDGE_DEMAND = "nudge-demand"
    SAFETY_CRISIS = "safety-crisis"
    SAFETY_CAUDA_EQUINA = "safety-cauda-equina"
    SAFETY_EMERGENCY = "safety-emergency"
    WHY = "why"
    STARTED = "started"


NUDGE_PURPOSE = {
    Behaviour.CURIOUS: WordingPurpose.NUDGE_CURIOUS,
    Behaviour.HEALTHY: WordingPurpose.NUDGE_HEALTHY,
    Behaviour.DEMAND: WordingPurpose.NUDGE_DEMAND,
}
SAFETY_PURPOSE = {
    UrgentTopic.CRISIS: WordingPurpose.SAFETY_CRISIS,
    UrgentTopic.CAUDA_EQUINA: WordingPurpose.SAFETY_CAUDA_EQUINA,
    UrgentTopic.EMERGENCY: WordingPurpose.SAFETY_EMERGENCY,
}
# These say something clinical, so they do not go out until a named clinician of the pain service approved them.
NEEDS_APPROVAL = frozenset({*NUDGE_PURPOSE.values(), *SAFETY_PURPOSE.values()})

# Drafts, not approved by anybody. Every new pain service starts with these as version 1.
DRAFTS: dict[WordingPurpose, str] = {
    WordingPurpose.NUDGE_CURIOUS: (
        "{first_name}, a question from your plan: {line}\n"
        "Reply with a number from 0 to 10, or in your own words.\n{service}"
    ),
    WordingPurpose.NUDGE_HEALTHY: (
        "{first_name}, you told us this helps you: {line}\nDid you manage it this week? Reply Y or N.\n{service}"
    ),
    WordingPurpose.NUDGE_DEMAND: (
        "{first_name}, from your plan: {line}\n"
        "Is there anything you want to ask us for? Text it here and a person will read it.\n{service}"
    ),
    WordingPurpose.SAFETY_CRISIS: (
        "If you might hurt yourself or are not safe, call 999 or go to A&E now. For urgent mental health help "
        "call 111 and choose option 2. You can call Samaritans on 116 123 or text SHOUT to 85258 any time.\n{service}"
    ),
    WordingPurpose.SAFETY_CAUDA_EQUINA: (
        "New numbness around your bottom or genitals, problems peeing or pooing, or weakness in both legs can be "
        "an emergency. Go to A&E or call 999 now.\n{service}"
    ),
    WordingPurpose.SAFETY_EMERGENCY: (
        "If this is happening now, call 999. If you are not sure, call 111. Please do not wait for us to reply.\n"
        "{service}"
    ),
    WordingPurpose.WHY: (
        "{first_name}, you got that text because your plan, agreed on {agreed_on}, says: {line}\n"
        "Tell us here if it no longer fits. Text STOP to stop texts.\n{service}"
    ),
    WordingPurpose.STARTED: (
        "{first_name}, texts from your pain team are on again. Text STOP to stop texts at any time.\n{service}"
    ),
}
