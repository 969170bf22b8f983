"""What did each made-up patient agree with the pain service, in their own words?"""

from dataclasses import replace
from datetime import time
from typing import Any

from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, Content, Goal, Helps
from companion.domain.working_hours import WEEK, Weekday

# The first thing that helps is the one that the healthy activity is about.
HELPS, GOAL = "helps", "goal"
WORKING_DAYS = frozenset(WEEK[:5])


def days(text: str) -> frozenset[Weekday]:
    """'mon wed' as days of the week."""
    return frozenset(Weekday(word) for word in text.split())


def curious(words: str, asked: str, at: time, on: frozenset[Weekday] = WORKING_DAYS) -> Activity:
    """Something to keep an eye on, and the question that a text asks about it. A number from 0 to 10 answers it."""
    return Activity(Behaviour.CURIOUS, words, on, line="notice", goal_line=GOAL, nudge_words=asked, time_of_day=at)


def healthy(words: str, at: time, on: frozenset[Weekday] = WORKING_DAYS) -> Activity:
    """Something to keep on doing; the text says the person's own words for what already helps."""
    return Activity(Behaviour.HEALTHY, words, on, line="keep-on", already_helps_line=HELPS, time_of_day=at)


def demand(words: str, at: time, on: frozenset[Weekday] = WORKING_DAYS) -> Activity:
    """Something to ask the pain service for."""
    return Activity(Behaviour.DEMAND, words, on, line="ask", time_of_day=at)


def plan(matters: str, helps: tuple[str, ...], goal: str, *activities: Activity, **about_me: Any) -> Content:
    """A plan with one goal. `about_me`: communicate_how, please_do, please_dont."""
    first, *others = helps
    return Content(
        what_matters=matters,
        already_helps=(Helps(first, HELPS), *(Helps(words) for words in others)),
        goals=(Goal(goal, GOAL, importance=9, confidence=5),),
        activities=activities,
        **about_me,
    )


AMINA = plan(
    "Being at the school gate when Safiya comes out.",
    ("a short walk after lunch", "a warm bath before bed", "ringing my sister"),
    "To walk home from school with my granddaughter by Easter.",
    curious("Notice how my sleep changes", "how well did you sleep last night?", time(9, 10), days("mon wed fri")),
    healthy("Keep up the walk after lunch", time(11, 50), days("tue thu sat")),
    demand("Ask for a review if the walk gets harder.", time(17, 5), days("sun")),
    communicate_how="Texts, at any hour. I am often awake, and I like to find them there.",
    please_do="Ask me what I think is going on.",
)

DEE = plan(
    "My boys, and keeping my job at the café.",
    ("ten quiet minutes with music on", "a hot water bottle", "saying no to one thing a day"),
    "To go swimming with the boys on a Saturday.",
    curious("Notice how much energy is left", "how much energy do you have left today?", time(13, 25)),
    healthy("Keep the ten quiet minutes", time(11, 20)),
    demand("Ask for a talk about work and rest.", time(10, 35)),
    communicate_how="Texts in school hours only.",
    please_dont="Please do not ring when I am at work.",
)

GWILYM = plan(
    "Canu. Singing with the choir, and being Taid to the little ones.",
    ("canu gyda'r côr ar nos Fawrth", "paned with Mair in the garden"),
    "To stand for the whole Easter concert.",
    curious("Notice how my back is in the morning", "how well can you move this morning?", time(10, 15)),
    healthy("Keep singing on Tuesday nights", time(15, 40)),
    demand("Ask if there is a pain group in Welsh.", time(14, 25)),
    communicate_how="A bit of Welsh is always welcome. Diolch!",
)

TOMASZ = plan(
    "Doing a full shift, and football with Kuba on Sundays.",
    ("stretches after my shift", "a walk with the dog", "cooking for friends"),
    "To play ten minutes in goal again.",
    curious("Notice how my back is after work", "how easy was it to move after your last shift?", time(9, 40)),
    healthy("Keep up the stretches", time(14, 50)),
    demand("Ask for help to talk to my boss about lifting.", time(16, 15)),
    communicate_how="Texts. I sleep at odd times.",
)

PAT = plan(
    "My bridge four, and the winter sun in Alicante.",
    ("a swim before breakfast", "bridge on Thursdays"),
    "To sit through a whole evening of bridge.",
    curious("Notice what makes sitting easier", "how easy was it to sit for an hour yesterday?", time(10, 45)),
    healthy("Keep swimming", time(8, 20)),
    demand("Ask which exercises to do while I am away.", time(17, 20)),
)

JOAN = plan(
    "Staying in my own house, with Biscuit the cat.",
    ("walking to the corner shop for the paper", "a chat with Sheila next door"),
    "To get to the bingo on Fridays by myself.",
    curious(
        "Notice how the day starts", "how are you getting about this morning?", time(8, 30), days("mon wed fri sun")
    ),
    healthy("Keep walking to the shop", time(8, 30), days("tue thu")),
    demand("Ask about a grab rail for the step.", time(8, 30), days("sat")),
    communicate_how="A text each morning, please. It is nice to hear from somebody.",
)

# Agreed after a fright: the shop is too far for now.
JOAN_REVISED = replace(
    JOAN,
    already_helps=(Helps("armchair exercises to the radio", HELPS), *JOAN.already_helps[1:]),
    activities=(
        JOAN.activities[0],
        replace(JOAN.activities[1], words="Keep up the armchair exercises"),
        JOAN.activities[2],
    ),
)

MARLON = plan(
    "Driving the 375. I know everybody on it.",
    ("ten minutes on my feet at each end of the route", "gospel music, loud"),
    "To sit down to Sunday dinner with everybody.",
    curious("Notice which seat setting is best", "how comfortable was the drive yesterday?", time(12, 5)),
    healthy("Keep getting out of the cab", time(13, 35)),
    demand("Ask for a letter about my seat.", time(15, 5)),
    communicate_how="Ring me after four. I look at a screen all day, so no texts.",
)

BEV = plan(
    "Mum is safe, and I get one night's sleep in two.",
    ("half an hour with my sewing", "laughing with my sister"),
    "To finish the quilt.",
    curious("Notice what the nights are like", "how rested do you feel today?", time(12, 40)),
    healthy("Keep the half hour for sewing", time(15, 15)),
    demand("Ask what help there is for carers.", time(11, 35)),
)

FARIDA = plan(
    "Dancing at my sister's wedding.",
    ("dancing in the kitchen", "breathing slowly for two minutes"),
    "To dance to three songs in a row.",
    curious("Notice what my neck is like", "how easy is it to turn your head today?", time(10, 5)),
    healthy("Keep dancing in the kitchen", time(16, 45)),
    demand("Ask to be seen again after the wedding.", time(13, 10)),
)

NOREEN = plan(
    "My allotment, and the hens.",
    ("an hour on the allotment", "crown green bowls"),
    "To dig one bed before the frost.",
    curious("Notice how my hands are", "how easy was it to do up your buttons today?", time(9, 25)),
    healthy("Keep going to the allotment", time(14, 5)),
    demand("Ask for a splint that fits.", time(11, 10)),
)
