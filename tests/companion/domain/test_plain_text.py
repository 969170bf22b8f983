"""Is a text read the same whatever the phone did to it?"""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.plain_text import fold, plain_words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("I can't", "i cant"),
        ("I can’t", "i cant"),
        ("I can‘t", "i cant"),
        ("I can`t", "i cant"),
        ("I can´t", "i cant"),
        ("I can?t", "i cant"),
        ("I can t", "i cant"),
        ("I?m not", "im not"),
        ("i m not", "im not"),
        ("they?re here", "theyre here"),
        ("Really? Maybe", "really maybe"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("𝐛𝐨𝐥𝐝", "bold"),
        ("S\u200bT\u200dO\u2060P", "stop"),
        ("\u202estop\u202c", "stop"),
        ("S̶T̶O̶P̶", "stop"),
        ("st\x00op\x07", "stop"),
        ("one\ttwo", "one two"),
        ("one\u2028two\r\nthree", "one two three"),
        ("snake_case", "snake case"),
        ("tŷ bach", "tŷ bach"),
        ("👍🏽 7️⃣", "7"),
        ("٧", "7"),
        ("", ""),
    ],
)
def test_the_words_are_what_was_meant(typed: str, words: str) -> None:
    assert plain_words(typed) == words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("7–8", "7-8"),
        ("−3", "-3"),
        ("-3\u00a0!", "-3 !"),
        ("A\r\nB", "a\n\nb"),
        ("👍🏻👍🏽👍🏿🐀", "👍👍👍🐀"),
        ("\x00a\tb\x7f", "a b"),
        ("7½", "71⁄2"),
        ("“Stop”", "“stop”"),
    ],
)
def test_what_separates_words_and_numbers_stays(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text(st.sampled_from(string.printable + "’‘–“”…é\u200b\u00a0👍🏽")))
def test_folding_twice_changes_nothing_more(typed: str) -> None:
    assert plain_words(plain_words(typed)) == plain_words(typed)


@given(st.text(st.characters(codec=None)))
def test_any_text_is_accepted(typed: str) -> None:
    words = plain_words(typed)
    assert words == " ".join(words.split())


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_ascii_is_folded_as_any_text_is(typed: str) -> None:
    assert fold(typed) + "é" == fold(typed + "é")
