"""Does what is sealed open where it belongs, and nowhere else?"""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.keys import DoesNotOpenError, KeyRing

ONE, TWO, INDEX = b"1" * 32, b"2" * 32, b"i" * 32
RING = KeyRing("secret", {1: ONE}, INDEX)
HERE = b"patient.mobile\x00row"
WORDS = "It hurts more in the mornings 🙂"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.binary())
def test_what_is_sealed_opens(words: str, context: bytes) -> None:
    assert RING.open(context, RING.seal(context, words)) == words


def test_nothing_is_sealed_to_the_same_twice() -> None:
    assert len({RING.seal(HERE, WORDS) for _ in range(1_000)}) == 1_000


def test_nothing_of_it_can_be_seen() -> None:
    sealed = RING.seal(HERE, WORDS)
    assert WORDS.encode() not in sealed
    assert sealed[0] == 1
    assert len(sealed) == 1 + 12 + len(WORDS.encode()) + 16


@pytest.mark.parametrize("context", [b"patient.mobile\x00other", b"patient.given_name\x00row", b""])
def test_it_opens_in_no_other_place(context: bytes) -> None:
    with pytest.raises(DoesNotOpenError):
        RING.open(context, RING.seal(HERE, WORDS))


def test_no_byte_of_it_can_be_changed_left_out_or_put_in() -> None:
    sealed = RING.seal(HERE, WORDS)
    broken = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    broken += [sealed[:length] for length in range(len(sealed))] + [sealed + b"\x00"]
    for each in broken:
        with pytest.raises(DoesNotOpenError) as refused:
            RING.open(HERE, each)
        assert refused.value.__cause__ is None
        assert "mornings" not in str(refused.value)


def test_the_first_key_seals_and_all_open() -> None:
    old, both, late = RING, KeyRing("secret", {2: TWO, 1: ONE}, INDEX), KeyRing("secret", {2: TWO}, INDEX)
    before, after = old.seal(HERE, WORDS), both.seal(HERE, WORDS)
    assert (before[0], after[0]) == (1, 2)
    assert [both.open(HERE, each) for each in (before, after)] == [WORDS] * 2
    assert late.open(HERE, after) == WORDS
    for ring, sealed in ((late, before), (old, after), (KeyRing("secret", {1: TWO}, INDEX), before)):
        with pytest.raises(DoesNotOpenError):
            ring.open(HERE, sealed)


def test_equal_words_are_found_and_nobody_can_tell_which_without_the_key() -> None:
    number = "+447700900101"
    assert RING.blind("number", number) == KeyRing("other", {9: TWO}, INDEX).blind("number", number)
    others = {
        RING.blind("number", "+447700900102"),
        RING.blind("nhs-number", number),
        KeyRing("secret", {1: ONE}, ONE).blind("number", number),
    }
    assert len(others) == 3
    assert RING.blind("number", number) not in others
    assert isinstance(RING.blind("number", number), UUID)


def test_without_keys_nothing_is_sealed_in_silence() -> None:
    bare = KeyRing("secret")
    assert len(bare.mac("audit", b"x")) == 32
    with pytest.raises(RuntimeError, match="FIELD_KEYS"):
        bare.seal(HERE, WORDS)
    with pytest.raises(RuntimeError, match="INDEX_KEY"):
        bare.blind("number", WORDS)


def test_a_ring_shows_none_of_its_keys() -> None:
    shown = repr(RING) + str(RING)
    assert not any(key.decode() in shown for key in (ONE, INDEX))
