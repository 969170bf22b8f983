"""Is the price of a text known before it is sent, to the part?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.segments import fold_to_gsm7, is_gsm7, segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 153 is odd: the 77th euro does not fit into what is left of the first part.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("a" + "€" * 152, 2),
        ("’" * 70, 1),
        ("’" * 71, 2),
        ("’" * 134, 2),
        ("’" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # 67 is odd as well: 33 emoji in a part and one unit to spare.
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("a" * 69 + "ŵ", 1),
        ("a" * 70 + "ŵ", 2),
        ("é" * 160, 1),
        ("\n" * 160, 1),
        ("[]" * 40, 1),
        ("\ud83d" * 70, 1),
    ],
)
def test_parts(text: str, parts: int) -> None:
    assert segments(text) == parts


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Amina, how was it? Reply 0-10 @ 5:30pm & more", True),
        ("àèéìòù ÄÖÑÜäöñü ÆØÅæøå ß Ç £¥¤§ ¿¡", True),
        ("^{}\\[]~|€", True),
        ("ΔΦΓΛΩΠΨΣΘΞ", True),
        ("", True),
        ("ç", False),
        ("á", False),
        ("ŵ", False),
        ("`", False),
        ("’", False),
        ("\t", False),
        ("\x1b", False),
        ("😀", False),
    ],
)
def test_which_characters_are_gsm7(text: str, fits: bool) -> None:
    assert is_gsm7(text) is fits


def test_the_alphabet_has_its_127_characters_and_9_more() -> None:
    """128 places, less the escape itself."""
    singles = [chr(code) for code in range(0x10000) if is_gsm7(chr(code))]
    assert len(singles) == 127 + 9


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("it’s ‘so’ `so´", "it's 'so' 'so'"),
        ("“yes” „no‟ «so»", '"yes" "no" "so"'),
        ("a–b—c‐d‑e−f", "a-b-c-d-e-f"),
        ("wait…", "wait..."),
        ("a\u00a0b\u202fc\u2009d\te", "a b c d e"),
        ("so\u00adft\u200b\ufeff", "soft"),
        ("e\u0301", "é"),
        ("Siân Ŵyn ŷ 😀 👩\u200d⚕️", "Siân Ŵyn ŷ 😀 👩\u200d⚕️"),
    ],
)
def test_only_typography_is_folded(typed: str, sent: str) -> None:
    assert fold_to_gsm7(typed) == sent


def slow_segments(text: str) -> int:
    """Another way to the same figure: the units on the air, cut by position, a cut moved back if it falls in a pair."""
    alphabet = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
    alphabet += "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if all(character in alphabet + "^{}\\[~]|€" for character in text):
        units = "".join(character if character in alphabet else "\x1b" + character for character in text)
        alone, joined, first_of_pair = 160, 153, "\x1b"
    else:
        encoded = text.encode("utf-16-be")
        units = "".join(chr(int.from_bytes(encoded[at : at + 2])) for at in range(0, len(encoded), 2))
        alone, joined, first_of_pair = 70, 67, "".join(map(chr, range(0xD800, 0xDC00)))
    if len(units) <= alone:
        return 1 if units else 0
    parts = 0
    while units:
        cut = joined - 1 if len(units) > joined and units[joined - 1] in first_of_pair else joined
        units, parts = units[cut:], parts + 1
    return parts


LONG_TEXTS = st.one_of(
    st.text(st.sampled_from("aé€[\n"), max_size=700),
    st.text(st.sampled_from("aé€[\n’ŵ😀👍"), max_size=400),
    st.text(max_size=300),
)


@given(LONG_TEXTS)
def test_the_same_as_the_slow_way(text: str) -> None:
    assert segments(text) == slow_segments(text)


@given(LONG_TEXTS, LONG_TEXTS)
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)


@given(LONG_TEXTS)
def test_folding_never_makes_a_plain_text_dearer(text: str) -> None:
    assert fold_to_gsm7(fold_to_gsm7(text)) == fold_to_gsm7(text)
    if is_gsm7(text):
        assert fold_to_gsm7(text) == text
