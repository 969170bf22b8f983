"""Which passwords are too easily guessed, and by whom?"""

import pytest

from companion import password

KNOWN = ("Ben Okafor", "ben.okafor@example.nhs.uk")


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "elevenchars",
        "password1234",
        "qwertyuiop12",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "123456789012345",
        "letmeinletmeinletmein",
        "Ben Okafor Ben Okafor",
        "ben.okafor@example.nhs.uk",
        "OKAFOR-okafor-OKAFOR!1",
        "ihelp companion 2026",
        "pain service companion",
        "abcabcabcabcabc",
        "Password12345!",
    ],
)
def test_what_is_guessed_first_is_refused(weak: str) -> None:
    assert password.weakness(weak, KNOWN)


@pytest.mark.parametrize(
    "good",
    [
        "correct horse battery staple",
        "a lamp, a river and some cheese",
        "drei Lampen und ein Käse",
        "κάτι που θυμάμαι εγώ",
        "🦊🌧️ kettle mountain 🧦🧦",
        "x" + "kV9!qL" * 30,
        "ben keeps eleven turnips",
    ],
)
def test_what_somebody_made_up_is_taken(good: str) -> None:
    assert password.weakness(good, KNOWN) is None


def test_length_is_said_by_itself() -> None:
    assert password.weakness("short", KNOWN) == "A password has at least 12 characters."


def test_the_longest_takes_no_longer() -> None:
    """Only its beginning is looked at: the rest cannot make it easier to guess."""
    good = "a lamp, a river and some cheese " * 3
    assert password.weakness(good[: password.LOOKED_AT] + "a" * 100_000, KNOWN) is None


def test_nobody_s_hash_is_never_right() -> None:
    stored = password.hashed("a lamp, a river")
    assert password.matches(stored, "a lamp, a river")
    for wrong in ("A lamp, a river", "a lamp, a river ", ""):
        assert not password.matches(stored, wrong)
    for nobody in (None, "", "x", stored[:-1]):
        assert not password.matches(nobody, "nobody has this password")
