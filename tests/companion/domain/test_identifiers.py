"""Is every usual way of writing a number understood, every wrong one refused, and none ever repeated in an error?"""

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from companion.domain.identifiers import IdentifierError, mobile, nhs_number, sender


def tried(read: Callable[[str], str], written: str) -> tuple[str | None, str]:
    """What was understood, or else what was said about it."""
    try:
        return read(written), ""
    except IdentifierError as error:
        return None, str(error)


drama = st.integers(0, 999).map(lambda last: f"07700900{last:03}")


@pytest.mark.parametrize(
    "written", ["9990000018", "999 000 0018", "999-000-0018", " 9990000018 ", "943 476 5919", "9434765919"]
)
def test_an_nhs_number_in_any_usual_way(written: str) -> None:
    assert nhs_number(written) in ("9990000018", "9434765919")


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "999 000 0019",  # the check digit
        "999 123 4567",  # the service manual's example, which does not pass either
        "999 000 001",
        "99900000180",
        "9990000018x",
        "９９９００００００１８",
        "٩٩٩٠٠٠٠٠١٨",
        "999 000 0018, 999 000 0026",
        "None",
    ],
)
def test_what_is_no_nhs_number(written: str) -> None:
    with pytest.raises(IdentifierError):
        nhs_number(written)


@given(nine=st.integers(400_000_000, 499_999_999) | st.integers(999_000_000, 999_999_999))
@settings(max_examples=50, deadline=None)
def test_exactly_one_check_digit_fits_or_none(nine: int) -> None:
    first = f"{nine:09}"
    remainder = 11 - sum(int(digit) * weight for digit, weight in zip(first, range(10, 1, -1), strict=True)) % 11
    for check in range(10):
        if check == remainder % 11:
            assert nhs_number(first + str(check)) == first + str(check)
            continue
        with pytest.raises(IdentifierError):
            nhs_number(first + str(check))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("07700 900101", "+447700900101"),
        ("07700900101", "+447700900101"),
        ("+44 7700 900101", "+447700900101"),
        ("+44 (0)7700 900101", "+447700900101"),
        ("0044 7700 900101", "+447700900101"),
        ("447700900101", "+447700900101"),
        (" 07700-900-101 ", "+447700900101"),
        ("07911 123456", "+447911123456"),
        ("07624 412345", "+447624412345"),  # Isle of Man
        ("07797 712345", "+447797712345"),  # Jersey
        ("07781 123456", "+447781123456"),  # Guernsey
    ],
)
def test_a_mobile_in_any_usual_way(written: str, expected: str) -> None:
    assert mobile(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "none",
        "0770090010",
        "077009001012",
        "020 7946 0018",  # a landline
        "01695 422000",
        "070 1234 5678",  # a personal number
        "076 6012 3456",  # a pager
        "0800 123 4567",
        "999",
        "60006",
        "+1 415 555 2671",
        "+33 6 12 34 56 78",
        "07700 900101 ext 3",
        "07700 900101 07700 900102",
        "+44" + "7" * 300,
    ],
)
def test_what_is_no_mobile_that_may_be_texted(written: str) -> None:
    with pytest.raises(IdentifierError):
        mobile(written)


@given(written=drama)
@settings(max_examples=60, deadline=None)
def test_every_number_kept_for_drama_may_be_used(written: str) -> None:
    assert mobile(written) == "+44" + written[1:]
    assert mobile(mobile(written)) == mobile(written) == sender(written) == sender(mobile(written))


@given(written=st.text(max_size=40) | st.from_regex(r"\+?[0-9 ()#*-]{0,20}", fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_an_error_is_the_only_other_answer_and_repeats_nothing(written: str) -> None:
    digits = "".join(character for character in written if character.isdigit())
    for read in (nhs_number, mobile):
        understood, complaint = tried(read, written)
        assert understood is None or read(understood) == understood
        assert len(digits) < 4 or digits not in complaint


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+447700900101", "+447700900101"),
        ("07700 900101", "+447700900101"),
        ("+14155552671", "+14155552671"),
        ("60006", "60006"),  # a short code has no E.164 form
        ("85258", "85258"),
        (" NHS ", "NHS"),
        ("NHS-NoReply", "NHS-NoReply"),
        ("", ""),
    ],
)
def test_a_sender_is_written_as_the_provider_would(written: str, expected: str) -> None:
    assert sender(written) == expected


@given(written=st.text(max_size=40) | st.from_regex(r"\+?[0-9 ]{0,18}", fullmatch=True))
@example("+4460006")
@example("+44000000000")
@example("+440000000000")
@settings(max_examples=200, deadline=None)
def test_no_sender_is_refused_and_twice_written_is_the_same(written: str) -> None:
    assert sender(sender(written)) == sender(written)
