"""Does an existing caseload come in whole or not at all, once and once only, with every bad line named?"""

import csv
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.preference import DEFAULT_HOURS, Ceilings
from companion.domain.working_hours import Hours, Weekday
from companion.models import Patient
from companion.use_cases import consent, pain_service, patient, preference
from tests.support import cast
from tests.support.world import World

SAMPLE = Path(__file__).parents[3] / "examples" / "caseload.csv"
NEEDED = "given_name,family_name,nhs_number,mobile,consent_to_texts"
BACKWARDS = ",".join(reversed(NEEDED.split(",")))
ALL = f"{NEEDED},time_zone,local_start,local_end,days_of_week,daily_ceiling,weekly_ceiling"
GWILYM = "Gwilym,Price,999 000 0034,07700 900103,yes"
JOAN = "Joan,Halsall,9990000050,+447700900105,no"
PAT = "Pat,Rimmer,999-000-0069,07700900106,yes"
WHOLE = "Europe/London,09:00,17:00,mon wed fri,1,3"
# The number that errors give as an example is nobody's.
EXAMPLE = "07700 900123"
PEOPLE = ("Gwilym", "Price", "999 000 0034", "9990000034", "07700", "Joan", "Halsall", "Pat", "Rimmer", "secret")

Import = Callable[..., Result]


@pytest.fixture
def people(world: World) -> cast.Cast:
    """Amina and Dee are enrolled in the first pain service, and there is a second one."""
    return world.people


@pytest.fixture
def bring(app: Flask, tmp_path: Path, people: cast.Cast) -> Import:
    """Import these lines, or this file, into the first pain service."""

    def run(*lines: str | bytes, options: tuple[str, ...] = (), file: Path | None = None) -> Result:
        if file is None:
            file = tmp_path / "caseload.csv"
            file.write_bytes(b"".join(line if isinstance(line, bytes) else f"{line}\r\n".encode() for line in lines))
        [name] = [service.name for service in pain_service.every() if service.id == people.service_id]
        arguments = ["patients", "import", str(file), "--pain-service", name, *options]
        result = app.test_cli_runner().invoke(args=arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        told = result.output.replace(EXAMPLE, "")
        assert not [word for word in PEOPLE if word in told], "an import tells nobody's data"
        return result

    return run


def everybody(people: cast.Cast) -> dict[str, Patient]:
    return {found.given_name: found for found in patient.listed(people.ben, 0, 1000, cast.MONDAY).items}


def refused(result: Result) -> list[str]:
    assert result.exit_code == 1, result.output
    return [line for line in result.output.splitlines() if line.startswith(("line", "Error"))]


def test_the_sample_comes_in_whole(bring: Import, people: cast.Cast) -> None:
    result = bring(file=SAMPLE)
    assert result.exit_code == 0, result.output
    assert "Enrolled: 10. Enrolled already: 0. Refused: 0." in result.output
    rows = list(csv.DictReader(SAMPLE.read_text(encoding="utf-8").splitlines()))
    found = everybody(people)
    assert {row["given_name"] for row in rows} < set(found)
    moira, idris = found["Moira"], found["Idris"]
    assert (moira.nhs_number, moira.mobile, moira.time_zone) == ("9990003009", "+447700900301", "Europe/London")
    assert moira.pain_service_id == people.service_id
    held = preference.read(people.ben, moira.id, cast.MONDAY)
    hours = Hours(time(9), time(17), frozenset({Weekday.MON, Weekday.WED, Weekday.FRI}))
    assert Hours(held.local_start, held.local_end, held.days_of_week, held.on_bank_holidays) == hours
    held = preference.read(people.ben, idris.id, cast.MONDAY)
    assert Hours(held.local_start, held.local_end, held.days_of_week, held.on_bank_holidays) == DEFAULT_HOURS
    assert Ceilings(held.daily_ceiling, held.weekly_ceiling) == Ceilings()
    assert found["Colm"].time_zone == "Europe/Dublin"
    assert found["Harold"].text_consent is ConsentStatus.NOT_ASKED
    [event] = consent.history(people.ben, moira.id, cast.MONDAY)
    assert (event.status, event.source, event.staff_id) == (ConsentStatus.GIVEN, ConsentSource.IMPORT, None)


def test_a_second_time_enrols_nobody_twice_and_changes_nobody(bring: Import, people: cast.Cast) -> None:
    bring(NEEDED, GWILYM, JOAN)
    gwilym = everybody(people)["Gwilym"]
    patient.amend(people.ben, gwilym.id, gwilym.version, {"mobile": "+447700900777"}, cast.MONDAY)
    before = {name: found.version for name, found in everybody(people).items()}
    # Gwilym's old number is Pat's now; his own line, with the number he had, is passed over.
    result = bring(NEEDED, GWILYM, JOAN, PAT.replace("07700900106", "07700 900103"))
    assert result.exit_code == 0, result.output
    assert "Enrolled: 1. Enrolled already: 2. Refused: 0." in result.output
    after = everybody(people)
    assert {name: found.version for name, found in after.items() if name != "Pat"} == before
    assert (after["Gwilym"].mobile, after["Pat"].mobile) == ("+447700900777", "+447700900103")


def test_somebody_of_another_pain_service_can_join_this_one(bring: Import, people: cast.Cast) -> None:
    patient.enrol(people.eve, cast.enrolment(given_name="Pat", nhs_number="9990000069"), cast.MONDAY)
    assert bring(NEEDED, PAT).exit_code == 0
    assert everybody(people)["Pat"].pain_service_id == people.service_id


BAD: list[tuple[str, str, list[str]]] = [
    (NEEDED, GWILYM.replace("Gwilym", ""), ["line 2, given_name: It is empty."]),
    (NEEDED, GWILYM.replace("Gwilym", "x" * 61), ["line 2, given_name: Length must be between 1 and 60."]),
    (NEEDED, GWILYM.replace("Price", "sec\x07ret"), ["line 2, family_name: Remove characters that are not text."]),
    (NEEDED, GWILYM.replace("0034", "0035"), ["line 2, nhs_number: Enter a valid NHS number"]),
    (NEEDED, GWILYM.replace("999 000 0034", "9.99E+09"), ["line 2, nhs_number: Enter a valid NHS number"]),
    (NEEDED, GWILYM.replace("07700", "01632"), ["line 2, mobile: "]),
    (NEEDED, GWILYM.replace("07700 900103", "secret"), ["line 2, mobile: Enter a phone number, like 07700 900123."]),
    (NEEDED, GWILYM.replace("yes", "maybe secret"), ["line 2, consent_to_texts: Say yes or no."]),
    (NEEDED, GWILYM.replace("yes", ""), ["line 2, consent_to_texts: It is empty."]),
    (NEEDED, f"{GWILYM},secret", ["line 2: It has 6 cells and the header 5"]),
    (NEEDED, GWILYM.removesuffix(",yes"), ["line 2: It has 4 cells and the header 5"]),
    (ALL, f"{GWILYM},Mars/Secret,,,,,", ["line 2, time_zone: Enter a time zone"]),
    (
        ALL,
        f"{GWILYM},,09:00,17:00,,,3",
        [
            "line 2, daily_ceiling: This is empty. Fill in all five preference columns, or none of them.",
            "line 2, days_of_week: This is empty. Fill in all five preference columns, or none of them.",
        ],
    ),
    (ALL, f"{GWILYM},{WHOLE}".replace("09:00", "9 o'clock"), ["line 2, local_start: Not a valid time."]),
    (ALL, f"{GWILYM},{WHOLE}".replace("09:00", "24:00"), ["line 2, local_start: Not a valid time."]),
    (ALL, f"{GWILYM},{WHOLE}".replace("17:00", "08:00"), ["line 2, local_end: The end time must be after"]),
    (ALL, f"{GWILYM},{WHOLE}".replace("mon wed", "mon mon"), ["line 2, days_of_week: Give a list of days"]),
    (ALL, f"{GWILYM},{WHOLE}".replace("mon wed", "lundi"), ["line 2, days_of_week: Give a list of days"]),
    (ALL, f"{GWILYM},{WHOLE}".replace(",1,", ",1.5,"), ["line 2, daily_ceiling: Not a valid integer."]),
    (ALL, f"{GWILYM},{WHOLE}".replace(",1,", ",٣,"), ["line 2, daily_ceiling: Not a valid integer."]),
    (ALL, f"{GWILYM},{WHOLE}".replace(",1,", f",{'9' * 5000},"), ["line 2, daily_ceiling: Not a valid integer."]),
    (ALL, f"{GWILYM},{WHOLE}".replace(",1,", ",4,"), ["line 2, daily_ceiling: Choose a number from 0 to 3."]),
    (NEEDED, f"Other,Person,{cast.DEE_NHS[:-1]}5,{cast.DEE_MOBILE},yes", ["line 2, nhs_number: Enter a val"]),
    (NEEDED, GWILYM.replace("07700 900103", cast.DEE_MOBILE), ["line 2, mobile: Another patient of this pain service"]),
    (BACKWARDS, "no,07700 900103,9990000034,,", ["line 2, family_name", "line 2, given_name"]),
]  # fmt: skip


def test_a_bad_line_is_named_and_nobody_comes_in(bring: Import, people: cast.Cast) -> None:
    for header, line, found in BAD:
        good = f"{JOAN}{',' * (header.count(',') - NEEDED.count(','))}" if header.startswith(NEEDED) else ""
        *listed, last = refused(bring(header, line, good))
        assert [named[: len(start)] for named, start in zip(listed, found, strict=True)] == found
        assert last == "Error: Nobody was enrolled. Correct the lines above and import the file again."
    assert set(everybody(people)) == {"Amina", "Dee"}


def test_every_fault_of_every_line_is_listed_in_the_files_order(bring: Import, people: cast.Cast) -> None:
    lines = (
        f"Amina,Yusuf,{cast.AMINA_NHS},{cast.AMINA_MOBILE},yes",  # enrolled already: no fault
        PAT.replace("07700900106", cast.AMINA_MOBILE),
        '"Joan\r\nMary",Halsall,9990000050,,no',
        "",
        ",,,,",
        GWILYM.replace("0034", "0035").replace("yes", "perhaps"),
    )
    *listed, _ = refused(bring(NEEDED, *lines))
    assert [named.partition(":")[0] for named in listed] == [
        "line 3, mobile",
        "line 4, given_name",
        "line 4, mobile",
        "line 8, consent_to_texts",
        "line 8, nhs_number",
    ]


def test_lines_that_name_the_same_person_or_phone_name_each_other(bring: Import, people: cast.Cast) -> None:
    same_phone = PAT.replace("07700900106", "07700 900105")
    lines = (NEEDED, GWILYM, JOAN, GWILYM.replace("900103", "900104"), same_phone, GWILYM)
    *listed, _ = refused(bring(*lines))
    assert listed == [
        "line 2, mobile: This is the same as on line 6.",
        "line 2, nhs_number: This is the same as on line 4, 6.",
        "line 3, mobile: This is the same as on line 5.",
        "line 4, nhs_number: This is the same as on line 2, 6.",
        "line 5, mobile: This is the same as on line 3.",
        "line 6, mobile: This is the same as on line 2.",
        "line 6, nhs_number: This is the same as on line 2, 4.",
    ]
    assert refused(bring(*lines, options=("--keep-going",)))[:-1] == listed[:-1]
    assert set(everybody(people)) == {"Amina", "Dee"}


def test_with_keep_going_the_good_lines_come_in(bring: Import, people: cast.Cast) -> None:
    lines = (NEEDED, GWILYM, JOAN.replace("+447700900105", cast.DEE_MOBILE), PAT.replace("yes", "y"))
    result = bring(*lines, options=("--keep-going",))
    assert [named.partition(":")[0] for named in refused(result)] == ["line 3, mobile", "line 4, consent_to_texts"]
    assert "Enrolled: 1. Enrolled already: 0. Refused: 2." in result.output
    assert set(everybody(people)) == {"Amina", "Dee", "Gwilym"}
    assert "Enrolled: 0. Enrolled already: 1. Refused: 2." in bring(*lines, options=("--keep-going",)).output


UNREADABLE: list[tuple[tuple[str | bytes, ...], str]] = [
    ((), "Error: The file is empty"),
    (("",), "Error: The file is empty"),
    ((",,",), "Error: The file is empty"),
    ((NEEDED,), "Error: The file has a header but no people."),
    ((NEEDED, "", ",,,,"), "Error: The file has a header but no people."),
    ((GWILYM, JOAN), "Error: The first line must name the columns."),
    ((NEEDED.replace(",", ";"), GWILYM), "Error: The columns are not separated with commas"),
    ((NEEDED.replace("mobile", "phone"), GWILYM), "Error: Unknown columns: phone.\nMissing columns: mobile.\n"),
    ((f"{NEEDED},mobile", GWILYM), "Error: Columns given twice: mobile."),
    ((f"{NEEDED},", f"{GWILYM},"), "Error: Unknown columns: (no name)."),
    ((f"{NEEDED},local_start", GWILYM), "Error: Missing columns: local_end, days_of_week, daily_ceiling, weekly_ceil"),
    ((NEEDED, GWILYM, b"Jo\xe3o,secret\r\n"), "Error: Line 3 is not UTF-8"),
    ((NEEDED.encode("utf-16"),), "Error: Line 1 is not UTF-8"),
    ((NEEDED, GWILYM, JOAN.replace("Joan", "Jo\0an")), "Error: Line 3 contains a NUL byte"),
    ((NEEDED, JOAN, GWILYM.replace("Gwilym", '"Gwilym')), "Error: Line 3 cannot be read: a quotation mark"),
    ((NEEDED, GWILYM.replace("Gwilym", '"Gwi"lym')), "Error: Line 2 cannot be read: a quotation mark"),
    ((NEEDED, GWILYM.replace("Gwilym", "x" * 140_000)), "Error: Line 2 cannot be read: a cell is far too long"),
]  # fmt: skip


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(bring: Import, people: cast.Cast, tmp_path: Path) -> None:
    for lines, said in UNREADABLE:
        result = bring(*lines)
        assert result.exit_code == 1
        assert result.output.startswith(said)
    assert bring(file=tmp_path).output == "Error: The file cannot be read: Is a directory.\n"
    assert bring(file=tmp_path / "none.csv").output == "Error: The file cannot be read: No such file or directory.\n"
    assert set(everybody(people)) == {"Amina", "Dee"}


def test_a_file_is_read_as_offices_save_it(bring: Import, people: cast.Cast) -> None:
    """With a mark at its start, an older Mac's line ends, capitals, hours and mobiles that lost their noughts."""
    zofia = '"Zofia","Wójcik, née ""Kot""",9990000034,7700900103,YES,,9:00,00:00,"Mon, Wed",1,3'
    lines = (f" {ALL.upper()} ", zofia, f"{JOAN},,,,,,", "", ",,,,,,,,,,")
    result = bring("\r".join(lines).encode("utf-8-sig"))
    assert result.exit_code == 0, result.output
    found = everybody(people)["Zofia"]
    assert (found.family_name, found.mobile) == ('Wójcik, née "Kot"', "+447700900103")
    held = preference.read(people.ben, found.id, cast.MONDAY)
    assert (held.local_start, held.local_end) == (time(9), time(0))
    assert held.days_of_week == {Weekday.MON, Weekday.WED}


def test_many_come_in_and_the_last_of_them_can_stop_all(bring: Import, people: cast.Cast) -> None:
    """More than any statement can carry: both databases limit that."""
    numbers = [written for base in range(999_100_000, 999_101_300) if (written := with_check_digit(base))]
    lines = [f"Given,Family,{written},0740{index:07},yes" for index, written in enumerate(numbers)]
    last = f"Last,Of All,{cast.DEE_NHS},{numbers[0]},yes"
    assert refused(bring(NEEDED, *lines, last))[0].startswith(f"line {len(lines) + 2}, mobile")
    assert patient.listed(people.ben, 0, 1, cast.MONDAY).total == 2
    assert f"Enrolled: {len(lines)}." in bring(NEEDED, *lines).output
    assert f"Enrolled: 0. Enrolled already: {len(lines)}." in bring(NEEDED, *lines).output
    assert patient.listed(people.ben, 0, 1, cast.MONDAY).total == 2 + len(lines)


def with_check_digit(base: int) -> str | None:
    """The NHS number that begins with these nine digits; for one base in eleven there is none."""
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(str(base))) % 11
    return None if check == 10 else f"{base}{check % 11}"


@pytest.mark.usefixtures("people")
def test_which_pain_service_must_be_said_where_there_are_several(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["patients", "import", str(SAMPLE)])
    assert result.exit_code == 1
    assert result.output.startswith("Error: Say which pain service. There are: ")
    assert all(f'"{service.name}"' in result.output for service in pain_service.every())
