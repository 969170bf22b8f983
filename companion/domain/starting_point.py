"""The draft plan templates of a new pain service. A clinician must approve one before a plan starts from it."""

from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, DoneBy, Medicine, Need, NeedKind
from companion.domain.plan_template import Prompts, Template
from companion.domain.working_hours import WEEK

# NICE NG193: what an assessment and a care and support plan talk about (1.1), exercise, and what may help of talking
# therapies (1.2). Urgent signs as national cards for cauda equina have them. Approved by nobody.
WIDESPREAD_PAIN = Template(
    name="New referral, widespread pain (draft)",
    suits="People newly referred with pain in many places for more than three months, once it was looked at whether "
    "something else needs treating. Not for new or changed pain that nobody has looked at yet.",
    prompts=Prompts(
        what_matters="What matters most to you at the moment? What would you do on a good day?",
        goals="What would you like to be able to do again, or do more of? How important is it to you, and how sure are "
        "you, from 0 to 10?",
        already_helps="What do you do already that helps, even a little?",
        important_people="Who is important to you, and who helps you?",
        communicate_how="How shall we talk and write to you, so that it works for you?",
        please_do="What should people do who look after you?",
        please_dont="What should they not do?",
        contacts="Whom shall we ask if things go wrong, and do they know about it?",
        review_on="When shall we look at this plan again together?",
    ),
    needs=(
        Need(NeedKind.PHYSICAL, "What the pain keeps me from doing in the day, and how I sleep"),
        Need(NeedKind.PSYCHOLOGICAL, "How the pain and what I went through affect my mood and my worries"),
        Need(NeedKind.SOCIAL, "What the pain does to my work, my home, my money and seeing people"),
        Need(NeedKind.NUTRITIONAL, "Whether I eat well and regularly"),
    ),
    activities=(
        Activity(
            Behaviour.CURIOUS,
            "Notice once a week what was different about a better day",
            frozenset(WEEK[:5]),
            nudge_words="what was different about your best day this week?",
            recurrence="FREQ=WEEKLY;BYDAY=FR",
        ),
        Activity(
            Behaviour.DEMAND,
            "Ask about a supervised exercise group that suits me",
            frozenset(WEEK[:5]),
            nudge_words="shall we find you an exercise group?",
            recurrence="FREQ=WEEKLY;COUNT=4",
        ),
        Activity(
            Behaviour.DEMAND,
            "Ask what talking therapies for pain there are, and whether one would suit me",
            frozenset(WEEK[:5]),
            nudge_words="shall we talk about what talking therapies can do for pain?",
            recurrence="FREQ=MONTHLY;BYDAY=1TU;COUNT=3",
        ),
        Activity(
            Behaviour.DEMAND,
            "Look for groups and people nearby together with me",
            frozenset(WEEK[:5]),
            nudge_words="is there something nearby you would like to join?",
            recurrence="FREQ=MONTHLY;BYDAY=3TU;COUNT=3",
            done_by=DoneBy.SERVICE,
        ),
    ),
    medicines_to_review=(
        Medicine(
            "Medicines for pain that I take now",
            why="Whether they help and what else they do. Talked about together; nothing is stopped suddenly.",
        ),
    ),
    flare_early_signs="What I notice first when the pain is about to get worse",
    flare_first_steps="Flare-ups happen and they pass. Do less for a while, and not nothing; use what has helped "
    "before; get back to usual step by step.",
    flare_avoid="Staying in bed for days; doing everything at once on the first better day",
    flare_contact="The pain service, in its hours, by text or by phone",
    flare_urgent_help="Go to A&E or call 999 at once for new numbness around the bottom or genitals, new trouble "
    "with peeing or pooing, or weakness in both legs. If you might hurt yourself, call 999, or 111 and option 2.",
)

DRAFT_TEMPLATES = (WIDESPREAD_PAIN,)
