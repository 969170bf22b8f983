"""Does a text say what its template and the plan say, and are unfit templates told apart?"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.segments import segments
from companion.domain.wording import DRAFTS
from companion.domain.wording_lint import PLACEHOLDERS, LintFault, Rule, WordingError, lint, merge

VALUES = {"first_name": "Amina", "line": "a short walk after lunch", "service": "iHELP pain service"}


@pytest.mark.parametrize(
    ("template", "sent"),
    [
        ("{first_name}, {line}?\n{service}", "Amina, a short walk after lunch?\niHELP pain service"),
        ("{first_name} {first_name}", "Amina Amina"),
        ("no placeholder", "no placeholder"),
        ("  {first_name},   {line}  ", "Amina, a short walk after lunch"),
        ("{first_name} \n  {line}\r\n\n{service}\n", "Amina\na short walk after lunch\n\niHELP pain service"),
        ("{first_name}…\u00a0it’s “so”", 'Amina... it\'s "so"'),
    ],
)
def test_merging(template: str, sent: str) -> None:
    assert merge(template, VALUES) == sent


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("say {service}", "Amina: say {service}"),
        ("{", "Amina: {"),
        ("walk\nand  swim\t", "Amina: walk and swim"),
        ("don’t rush – rest…", "Amina: don't rush - rest..."),
        (r"\1 \g<0>", r"Amina: \1 \g<0>"),
        ("Tŷ Ŵyn 😀", "Amina: Tŷ Ŵyn 😀"),
    ],
)
def test_a_value_is_text_and_nothing_else(line: str, sent: str) -> None:
    assert merge("{first_name}: {line}", VALUES | {"line": line}) == sent


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("{surname}", VALUES),
        ("{}", VALUES),
        ("{ first_name }", VALUES),
        ("{first_name", VALUES),
        ("first_name}", VALUES),
        ("{{first_name}}", VALUES),
        ("{line}", {"first_name": "Amina"}),
        ("{line}", {"line": ""}),
        ("{line}", {"line": " \n\u200b"}),
    ],
)
def test_what_cannot_be_merged_is_refused(template: str, values: dict[str, str]) -> None:
    with pytest.raises(WordingError) as refusal:
        merge(template, values)
    assert "Amina" not in str(refusal.value)


@given(st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text(max_size=60)), st.text("{}abc _\n’", max_size=40))
def test_merging_gives_a_clean_text_or_refuses(values: dict[str, str], template: str) -> None:
    try:
        sent = merge(template + "{line}", values)
    except WordingError:
        return
    assert sent == sent.strip()
    assert not re.search(r"[ \t]{2}|[\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0\r]", sent)


GOOD = "{first_name}, your plan says: {line}\nDid you manage it? Reply Y or N.\n{service}"


@pytest.mark.parametrize("template", [*DRAFTS.values(), GOOD])
def test_what_we_ship_has_no_fault(template: str) -> None:
    assert lint(template, longest={"agreed_on": "Wednesday 23 September 2026"}) == []


@pytest.mark.parametrize(
    "words",
    [
        "Reply with a number from 0 to 10.",
        "Reply BETTER, SAME or WORSE.",
        "Reply Y or N. Text STOP to stop texts.",
        "STOP to stop.",
        "Text STOP to stop these texts at any time.",
        "What helps you at the end of the day?",
        "Take your time.",
        "Text us and we will help.",
        "Text us, or get help from a friend.",
        "What would you like to start with?",
        "We’ll stop by on Tuesday. It is 2pm. See you then",
    ],
)
def test_what_is_allowed(words: str) -> None:
    assert lint(f"{{first_name}}: {words}\n{{service}}") == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Hello {surname}", LintFault(Rule.UNKNOWN_PLACEHOLDER, "{surname}")),
        ("Hello {agreed_on}", LintFault(Rule.UNKNOWN_PLACEHOLDER, "{agreed_on}")),
        ("Hello {", LintFault(Rule.UNKNOWN_PLACEHOLDER, "{")),
        ("Reply YES or NO", LintFault(Rule.RESERVED_REPLY, "YES")),
        ("Reply yes if you did", LintFault(Rule.RESERVED_REPLY, "YES")),
        ("Did you? Answer no or yes.", LintFault(Rule.RESERVED_REPLY, "YES")),
        ("Reply better, same or cancel.", LintFault(Rule.RESERVED_REPLY, "CANCEL")),
        ("Text ‘help’ if you want a call", LintFault(Rule.RESERVED_REPLY, "HELP")),
        ("Text back: info", LintFault(Rule.RESERVED_REPLY, "INFO")),
        ("Send us the word END", LintFault(Rule.RESERVED_REPLY, "END")),
        ("Reply START for more", LintFault(Rule.RESERVED_REPLY, "START")),
        ("Reply UNSTOP", LintFault(Rule.RESERVED_REPLY, "UNSTOP")),
        ("Reply Y/QUIT", LintFault(Rule.RESERVED_REPLY, "QUIT")),
        ("Reply STOP", LintFault(Rule.RESERVED_REPLY, "STOP")),
        ("STOP to stop pain.", LintFault(Rule.RESERVED_REPLY, "STOP")),
        ("Reply Y, STOP to stop texts or STOP", LintFault(Rule.RESERVED_REPLY, "STOP")),
        ("CANCEL your walk?", LintFault(Rule.RESERVED_REPLY, "CANCEL")),
        ("Remember to take your morning walk", LintFault(Rule.MEDICINE, "take your")),
        ("Skip a dose", LintFault(Rule.MEDICINE, "dose")),
        ("Any Tablets left?", LintFault(Rule.MEDICINE, "Tablets")),
        ("your pain killers", LintFault(Rule.MEDICINE, "pain killers")),
        ("10mg", LintFault(Rule.MEDICINE, "10mg")),
        ("about your medication", LintFault(Rule.MEDICINE, "medication")),
        ("about medicine", LintFault(Rule.MEDICINE, "medicine")),
        ("See https://example.nhs.uk/x", LintFault(Rule.LINK, "https://example.nhs.uk/x")),
        ("See www.example", LintFault(Rule.LINK, "www.example")),
        ("See pain.example.nhs.uk today", LintFault(Rule.LINK, "pain.example.nhs.uk")),
        ("Mail us at a@example.org", LintFault(Rule.LINK, "example.org")),
        ("You failed", LintFault(Rule.SHAME, "failed")),
        ("Missed again", LintFault(Rule.SHAME, "Missed again")),
        ("We are disappointed", LintFault(Rule.SHAME, "disappointed")),
        ("Keep your streak", LintFault(Rule.SHAME, "streak")),
        ("You should walk", LintFault(Rule.SHAME, "should")),
        ("You shouldn’t stop", LintFault(Rule.SHAME, "shouldn't")),
        ("You must rest", LintFault(Rule.SHAME, "must")),
        ("a" * 300, LintFault(Rule.TOO_LONG, "3 parts")),
        ("😀" + "a" * 120, LintFault(Rule.TOO_LONG, "3 parts")),
        ("{line} {line} {line}", LintFault(Rule.TOO_LONG, "3 parts")),
    ],
)
def test_every_fault_is_told(words: str, fault: LintFault) -> None:
    assert fault in lint(f"{{first_name}}: {words}\n{{service}}")


def test_a_text_that_does_not_name_the_service() -> None:
    assert lint("{first_name}, how are you?") == [LintFault(Rule.SERVICE_NOT_NAMED, "{service}")]


def test_the_length_is_that_of_the_longest_values() -> None:
    template = "{first_name}, {line}\n{service}"
    assert lint(template) == []
    assert lint(template, longest={"line": "m" * 300}) == [LintFault(Rule.TOO_LONG, "3 parts")]
    # One Welsh letter in a name, and the same text has room for 134 characters instead of 306.
    assert lint(template, longest={"first_name": "Ŵyn"}) == []
    assert lint(template, longest={"first_name": "Ŵyn" * 6}) == [LintFault(Rule.TOO_LONG, "3 parts")]


@given(st.text(st.sampled_from("{}abYES STOP Reply or ,.’\n"), max_size=80))
def test_a_template_without_fault_can_be_merged(template: str) -> None:
    if not lint(template):
        assert 0 < segments(merge(template, VALUES)) <= 2
