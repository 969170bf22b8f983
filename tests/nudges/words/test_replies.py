"""Is an inbound text understood as the patient meant it, and left to a person where that is not certain?"""

import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.urgent import UrgentTopic
from nudges.words.replies import AnswerKind, Command, Reading, read

YES, NO, NUMBER = AnswerKind.YES, AnswerKind.NO, AnswerKind.NUMBER


def reading(
    command: Command | None = None,
    answer: AnswerKind | None = None,
    number: int | None = None,
    *,
    words: bool = False,
    reserved: bool = False,
    topics: frozenset[UrgentTopic] = frozenset(),
) -> Reading:
    return Reading(command, answer, number, words, reserved, topics)


@pytest.mark.parametrize("body", ["STOP", "stop", "Stop", " sToP \n", "ｓｔｏｐ", "S\u200bTOP", "S̶T̶O̶P̶"])
def test_the_bare_word_stops_and_leaves_nothing_to_read(body: str) -> None:
    assert read(body) == reading(Command.STOP)


@pytest.mark.parametrize("body", ["CANCEL", "end", "Quit", "UNSUBSCRIBE", "stopall", "Revoke", "optout"])
def test_the_carriers_other_stop_words_stop_and_are_asked_about(body: str) -> None:
    assert read(body) == reading(Command.STOP, reserved=True)


STOP_IN_OTHER_WORDS = [
    "stop.",
    "stop!!",
    "Stop?",
    "STOP stop",
    "stop stop STOP",
    "S T O P",
    "s.t.o.p",
    "STOP 🛑",
    '"STOP"',
    "STOOOOP",
    "stopp",
    "opt out",
    "OPT-OUT please",
    "stop all",
    "un-subscribe",
    "unsuscribe me",
    "please stop, thank you",
    "Stop please x",
    "ok stop now",
    "I said stop",
    "stop it",
    "stop this now please",
    "stop, texts please",
    "Stop texting me",
    "stop txting",
    "can you stop these messages",
    "Please could you stop sending me these text messages thanks",
    "I want to stop the texts",
    "I’d like to stop getting your messages",
    "I want you to stop",
    "How do I stop these texts?",
    "Can I stop the texts?",
    "CANCEL the texts",
    "please end these messages",
    "please end: all these messages",
    "stop all texts",
    "Text STOP",
    "STOP to stop texts",
    "STOP wrong number",
    "No. Stop texting me",
    "No stop texting me",
    "no, stop",
    "Please stop. My husband died in May.",
    "Stop\nI have moved",
    "Stop texting me, I have moved to Leeds",
    "Sorry, wrong person. Please stop texting me",
    "I can't sleep. Stop texting me",
    "no more texts please",
    "I don't want these texts any more",
    "I dont want to get any more messages",
    "please don't text me again",
    "Do not contact me",
    "don't send me any more texts",
    "take me off this list",
    "remove me",
    "leave me alone",
]


@pytest.mark.parametrize("body", STOP_IN_OTHER_WORDS)
def test_a_stop_in_other_words_stops_and_a_person_looks(body: str) -> None:
    assert read(body) == reading(Command.STOP, words=True)


@pytest.mark.parametrize("body", ["cancel.", "Revoke!", " QUIT!!", "end…"])
def test_a_reserved_word_with_punctuation_is_still_asked_about(body: str) -> None:
    assert read(body) == reading(Command.STOP, words=True, reserved=True)


NOT_STOP = [
    "don't stop",
    "dont stop",
    "don’t stop the texts",
    "can?t stop",
    "please do not stop",
    "do not stop texting me",
    "never stop",
    "Please don't, stop texting me",
    "you wouldn't stop texts would you",
    "non-stop",
    "stop the pain",
    "should I stop",
    "should I stop taking my tablets",
    "can I stop",
    "how do I stop",
    "I need to stop",
    "I can't stop crying",
    "I want it to stop",
    "make it stop",
    "when will it stop",
    "bus stop",
    "stop by on Tuesday",
    "I want to stop smoking",
    "I will stop",
    "stopped",
    "I stopped after 10 minutes",
    "if I stop texting will you ring",
    "he won't stop texting me",
    "tell him to stop texting me",
    "You said you would stop texting me",
    "he says don't text me any more",
    "I want to stop messages from my ex",
    "someone stop me",
    "stop start",
    "cancel please",
    "cancel my appointment",
    "end it",
    "the end",
    "I quit smoking",
    "quit smoking",
    "🛑",
    "Stopping soon",
    "stoop",
    "no more pain",
    "Liked “Amina, did you manage it this week? Reply Y or N. Text STOP to stop texts.”",
    "Text STOP to stop texts.\nyou wrote that",
]


@pytest.mark.parametrize("body", NOT_STOP)
def test_what_is_no_stop_is_words_for_a_person(body: str) -> None:
    assert read(body) == reading(words=True)


@pytest.mark.parametrize("body", ["START", "start", "Unstop", " Start\n"])
def test_the_bare_word_starts(body: str) -> None:
    assert read(body) == reading(Command.START)


@pytest.mark.parametrize(
    "body",
    [
        "start.",
        "START!!",
        "S T A R T",
        "un-stop",
        "start again please",
        "please start",
        "Yes, start again",
        "please start the texts again",
        "I want to start the texts again",
        "can you start texting me again",
        "restart the messages",
        "resume texts",
        "opt in",
    ],
)
def test_a_start_in_other_words_starts_and_a_person_looks(body: str) -> None:
    assert read(body) == reading(Command.START, words=True)


@pytest.mark.parametrize(
    "body",
    [
        "don't start",
        "no start",
        "when do I start",
        "I want to start",
        "I want to start again",
        "start today",
        "restart",
        "I started swimming",
        "start it",
        "START. My pain is bad",
    ],
)
def test_only_an_explicit_start_is_one(body: str) -> None:
    assert read(body) == reading(words=True)


@pytest.mark.parametrize("body", ["WHY", "why?", "Why ??", "why.", " why"])
def test_the_bare_why(body: str) -> None:
    assert read(body) == reading(Command.WHY)


@pytest.mark.parametrize(
    "body",
    [
        "why!",
        "why did I get this",
        "Why did I get this text?",
        "Please why am I getting these messages",
        "why are you texting me",
        "Why have you sent me this?",
        "why this text",
        "what is this for",
        "What's this text about?",
    ],
)
def test_why_in_other_words(body: str) -> None:
    assert read(body) == reading(Command.WHY, words=True)


@pytest.mark.parametrize("body", ["why me", "why bother", "why does it hurt", "why did you stop texting me", "y?"])
def test_other_whys_are_for_a_person(body: str) -> None:
    assert read(body) == reading(words=True)


@pytest.mark.parametrize(
    "body", ["HELP", "help!", "Info", "help me", "Please help", "I need help", "can you help me please", "SOS"]
)
def test_help_is_always_for_a_person(body: str) -> None:
    assert read(body) == reading(Command.HELP, words=True)


@pytest.mark.parametrize(
    "body", ["I need help with my shoes", "can't help", "help yourself", "what helps me is walking"]
)
def test_other_help_is_words(body: str) -> None:
    assert read(body) == reading(words=True)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        *[(body, YES) for body in ("Y", "y.", "Y!", "yep", "Yeah", "yup", "Y x", "Y :)", "(y)", "“Y”", "Ｙ")],
        *[(body, YES) for body in ("Yes I did", "yes, I did!", "y did it", "I did", "Yes I have", "yes\nI did")],
        *[(body, YES) for body in ("👍", "👍🏽", "👍👍", "👍\ufe0f", "Y 👍", "👍 x")],
        *[(body, NO) for body in ("N", "n.", "no", "No!", "nope", "Nah", "No xx", "no no")],
        *[
            (body, NO)
            for body in ("No I didn't", "no i didn’t", "no, i did not", "I havent", "No not yet", "no i can't")
        ],
        *[(body, NO) for body in ("👎", "👎🏿", "no 👎")],
    ],
)
def test_a_bare_yes_or_no_leaves_nothing_to_read(body: str, answer: AnswerKind) -> None:
    assert read(body) == reading(answer=answer)


@pytest.mark.parametrize("body", ["YES", "yes", "Yes!", " yes. "])
def test_a_bare_yes_is_an_answer_and_a_word_of_the_carrier(body: str) -> None:
    assert read(body) == reading(answer=YES, reserved=True)


def test_a_questioning_yes_is_no_answer() -> None:
    assert read("yes?") == reading(words=True, reserved=True)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("Y but my knee hurts", YES),
        ("yes my knee hurts", YES),
        ("Yes. My knee hurts", YES),
        ("Y, went swimming", YES),
        ("yes please", YES),
        ("Yes can someone ring me", YES),
        ("Yes I can't believe it", YES),
        ("Yes I no longer hurt", YES),
        ("👍 but sore", YES),
        ("👍😢", YES),
        ("No, could you ring me", NO),
        ("no sorry", NO),
        ("No not today", NO),
        ("N - too sore", NO),
        ("N because of the rain", NO),
        ("no :(", NO),
        ("No\nbad night", NO),
        ("nope too sore", NO),
        ("👎 sore", NO),
    ],
)
def test_an_answer_with_more_words_is_both(body: str, answer: AnswerKind) -> None:
    assert read(body) == reading(answer=answer, words=True)


@pytest.mark.parametrize(
    "body",
    [
        "No pain today",
        "No one rang me",
        "no idea",
        "no problem",
        "no-one",
        "No. 7",
        "No. 7a",
        "yep@home",
        "yes but no",
        "👍?",
        "sore knee 👍",
        "No 7 bus",
        "None",
        "N/A",
        "n.a.",
        "not yet",
        "y do I get these",
        "y cant you ring me",
        "y'all",
        "Y/N",
        "yes/no",
        "yes or no",
        "yes and no",
        "yes no",
        "yes, no",
        "yeah right",
        "yep?",
        "No?!",
        "No!?",
        "Yesterday",
        "maybe",
        "ok",
        "👍👎",
        "N 👍",
        "Y 👎",
        "👍 to “Did you manage it this week?”",
        "Disliked “Did you manage it this week? Reply Y or N”",
        "y2k",
    ],
)
def test_what_may_not_be_a_yes_or_no_is_words(body: str) -> None:
    assert read(body) == reading(words=True)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("7", 7),
        ("0", 0),
        ("10", 10),
        (" 7 \n", 7),
        ("7.", 7),
        ("7!", 7),
        ("5!!!", 5),
        ("(7)", 7),
        ('"7"', 7),
        ("7/10", 7),
        ("7 / 10.", 7),
        ("10/10", 10),
        ("0/10", 0),
        ("7 out of 10", 7),
        ("7outof10", 7),
        ("7 out of ten", 7),
        ("seven", 7),
        ("Seven.", 7),
        ("ten out of ten", 10),
        ("zero", 0),
        ("nought", 0),
        ("7 x", 7),
        ("7 :)", 7),
        ("7 👍", 7),
        ("7️⃣", 7),
        ("７", 7),
        ("٧", 7),
        ("⑦", 7),
        ("7\u200b", 7),
    ],
)
def test_a_bare_number_leaves_nothing_to_read(body: str, number: int) -> None:
    assert read(body) == reading(answer=NUMBER, number=number)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("7, bad night", 7),
        ("7. Bad night", 7),
        ("7... bad night", 7),
        ("7 - bad night", 7),
        ("7 – bad night", 7),
        ("7: bad", 7),
        ("7; bad", 7),
        ("7 (worse)", 7),
        ("7\nbad night", 7),
        ("7 😢", 7),
        ("7😢", 7),
        ("7 :(", 7),
        ("7 👎", 7),
        ("7 👍 but sore", 7),
        ("1, good night", 1),
        ("7, slept until 2. Bad night", 7),
        ("7 outta 10 my back is bad", 7),
        ("7/10 today", 7),
        ("7/10, was 5 last week", 7),
        ("7 out of 10 my back is bad", 7),
        ("five, thanks", 5),
        ("10, took 2 tablets at 7pm", 10),
    ],
)
def test_a_number_with_more_words_is_both(body: str, number: int) -> None:
    assert read(body) == reading(answer=NUMBER, number=number, words=True)


@pytest.mark.parametrize(
    "body",
    [
        "11",
        "100",
        "07",
        "007",
        "8.5",
        "8,5",
        "-3",
        "−3",
        "+3",
        ".5",
        ",5",
        "7-8",
        "7–8",
        "7 - 8",
        "7 or 8",
        "7, 8",
        "7/8",
        "7 8",
        "seven, eight",
        "7?",
        "7+",
        "7ish",
        "7%",
        "7°",
        "£7",
        "7€",
        "½",
        "7½",
        "7 ½",
        "7'",
        "7x",
        "7kg",
        "7k",
        "1st",
        "3 x 10",
        "11/10",
        "7/100",
        "7/10/2026",
        "7/10/now",
        "7/10 is my appointment",
        "7 out of 100",
        "7 out of 10 days I walked",
        "07700 900123",
        "+447700900123",
        "7 December",
        "7 December is my review",
        "7, December",
        "7 Dec",
        "7pm",
        "7 pm",
        "7:30",
        "7.30",
        "2 tablets",
        "2 tablets, morning",
        "7 bad night",
        "10,000 steps",
        "5-a-side",
        "one of my tablets",
        "One, two, three",
        "sixteen",
        "seventy",
        "1. yes 2. no",
        "1. Walked 2. Swam",
        "1, yes\n2, no",
        "Y, 7",
        "7, yes",
        "No.7",
        "about 7",
        "a 7",
        "pain 7",
        "#7",
        "<7",
        "seven and a half",
    ],
)
def test_what_may_not_be_a_score_is_words(body: str) -> None:
    assert read(body) == reading(words=True)


@pytest.mark.parametrize(
    ("body", "opt_out", "expected"),
    [
        ("STOP", "STOP", reading(Command.STOP)),
        ("Arrête", "STOP", reading(Command.STOP, words=True)),
        ("START", "STOP", reading(Command.STOP, words=True)),
        ("YES", "STOP", reading(Command.STOP, words=True, reserved=True)),
        ("START", "START", reading(Command.START)),
        ("Dechrau", "START", reading(Command.START, words=True)),
        ("YES", "START", reading(answer=YES, reserved=True)),
        ("yes!", "start", reading(answer=YES, reserved=True)),
        ("Y", "START", reading(answer=YES)),
        ("Yes please", "START", reading(answer=YES, words=True)),
        ("please stop", "START", reading(Command.STOP, words=True)),
        ("HELP", "HELP", reading(Command.HELP, words=True)),
        ("Cymorth", "HELP", reading(Command.HELP, words=True)),
        ("stop texting me", "HELP", reading(Command.STOP, words=True)),
        ("7", "", reading(answer=NUMBER, number=7)),
        ("7", "SOMETHING NEW", reading(answer=NUMBER, number=7)),
    ],
)
def test_what_the_carrier_did_by_itself_is_honoured(body: str, opt_out: str, expected: Reading) -> None:
    assert read(body, opt_out=opt_out) == expected


@pytest.mark.parametrize(("body", "media_count"), [("", 0), ("", 1), (" \n", 0), ("\u200b", 0), ("?", 0), ("😢", 0)])
def test_a_text_without_words_is_looked_at(body: str, media_count: int) -> None:
    assert read(body, media_count=media_count) == reading(words=True)


def test_a_picture_with_an_answer_is_looked_at() -> None:
    assert read("7", media_count=1) == reading(answer=NUMBER, number=7, words=True)
    assert read("STOP", media_count=1) == reading(Command.STOP, words=True)


CRISIS, EMERGENCY = frozenset({UrgentTopic.CRISIS}), frozenset({UrgentTopic.EMERGENCY})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("I want to end it all", reading(words=True, topics=CRISIS)),
        ("I want it all to stop", reading(words=True, topics=CRISIS)),
        ("stop the chest pain", reading(words=True, topics=EMERGENCY)),
        ("Stop texting me. I want to die", reading(Command.STOP, words=True, topics=CRISIS)),
        ("Y but I can't go on", reading(answer=YES, words=True, topics=CRISIS)),
        ("10, chest pain", reading(answer=NUMBER, number=10, words=True, topics=EMERGENCY)),
        ("help me I can't breathe", reading(words=True, topics=EMERGENCY)),
    ],
)
def test_urgent_words_are_seen_beside_the_rest(body: str, expected: Reading) -> None:
    assert read(body) == expected


CARRIER_STOP = ("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL")
punctuation = st.text(st.sampled_from(string.punctuation + string.whitespace + "…‘’“”–🙏\u200b"), max_size=6)


@given(word=st.sampled_from(CARRIER_STOP), capitals=st.lists(st.booleans(), min_size=11), data=st.data())
def test_a_carriers_stop_word_stops_in_any_capitals_and_punctuation(
    word: str, capitals: list[bool], data: st.DataObject
) -> None:
    body = "".join(letter if capital else letter.lower() for letter, capital in zip(word, capitals, strict=False))
    assert read(data.draw(punctuation) + body + data.draw(punctuation)).command is Command.STOP


SMALL_WORDS = "please texts me the it can you i want to yes no stop start thank messages and now why help 7 . , !"
SMALL_TALK = st.lists(
    st.sampled_from([*SMALL_WORDS.split(), "\n"]),
    max_size=8,
).map(" ".join)
NEGATIONS = (
    "don't",
    "don’t",
    "dont",
    "do not",
    "never",
    "can't",
    "can?t",
    "cannot",
    "won't",
    "not",
    "without",
    "wouldn't",
)


@given(SMALL_TALK, st.sampled_from(NEGATIONS), st.sampled_from([" ", "  ", ", ", "\n"]), SMALL_TALK)
def test_a_negation_directly_before_stop_is_never_a_stop(before: str, negation: str, space: str, after: str) -> None:
    assert read(f"{before} {negation}{space}stop {after}").command is not Command.STOP


@given(
    st.one_of(st.text(st.characters(codec=None)), SMALL_TALK),
    st.integers(0, 3),
    st.sampled_from([None, "START", "STOP"]),
)
def test_any_text_is_read_and_no_reading_contradicts_itself(body: str, media_count: int, opt_out: str | None) -> None:
    found = read(body, media_count=media_count, opt_out=opt_out)
    assert (found.number is not None) == (found.answer is NUMBER)
    assert found.number is None or 0 <= found.number <= 10
    assert found.command is None or found.answer is None
    assert found.words or found.command or found.answer
    assert found.words or not (found.topics or media_count or found.command is Command.HELP)
    assert opt_out != "STOP" or found.command is Command.STOP


@given(st.sampled_from(STOP_IN_OTHER_WORDS + NOT_STOP), st.sampled_from([str.upper, str.lower]))
def test_capitals_change_no_meaning(body: str, change: Callable[[str], str]) -> None:
    assert read(change(body)) == read(body)


@given(st.integers(-10_000, 10_000))
def test_a_bare_whole_number_is_an_answer_from_0_to_10_only(number: int) -> None:
    assert read(str(number)).number == (number if 0 <= number <= 10 else None)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "words", ["the ", "stop, ", "please ", "yes, ", "7 ", "why did you send me texts ", "numb x x "]
)
def test_a_flood_of_words_is_read_at_once(words: str) -> None:
    """Patterns that try every word from every word would take minutes here."""
    assert read(words * (100_000 // len(words))).words
