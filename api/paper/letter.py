"""How does a care and support plan look on paper? The same words on a page to print and in a PDF, in large print."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Response

from companion.domain.care_plan import CarePlanStatus
from companion.domain.local_words import day_at
from companion.domain.plan_section import Part
from companion.domain.plan_words import Reader, agreed_how
from companion.lazy import lazy
from companion.use_cases.plan_letter import PlanLetter

typst = lazy("typst")

PDF = "application/pdf"
HERE = Path(__file__).parent
ENDED = {
    CarePlanStatus.ON_HOLD: "This plan is on hold.",
    CarePlanStatus.REVOKED: "This plan has ended.",
    CarePlanStatus.COMPLETED: "This plan has been completed.",
}
NOT_ALL = (
    "This letter cannot show every character in the plan. If something is missing, ask to see the plan on a screen."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper, from the top to the bottom."""

    title: str
    head: Sequence[str]
    draft: str | None
    ended: str | None
    parts: Sequence[Part]
    foot: Sequence[str]


def sheet(letter: PlanLetter) -> Sheet:
    """The words of a letter, to its reader."""
    to_gp = letter.reader is Reader.GP
    patient, revision, yes = letter.patient, letter.revision, letter.agreement
    zone = patient.time_zone
    whose = "The patient has" if to_gp else "You have"
    said = "The patient" if to_gp else "You"
    head = [f"{patient.given_name} {patient.family_name}"]
    if to_gp:
        head.append(f"NHS number {patient.nhs_number}")
    foot = [f"This is version {revision.number}, written on {day_at(revision.recorded_at, zone)}."]
    if yes:
        foot.append(f"{said} agreed to it on {day_at(yes.agreed_at, zone)}, {agreed_how(yes.how)}.")
    ask = "Questions" if to_gp else "If something is wrong or out of date"
    return Sheet(
        "Care and support plan" if to_gp else "Your care and support plan",
        [*head, f"{letter.service.name}, {day_at(letter.made_at, zone)}"],
        None if yes else f"{whose} not agreed to these words yet.",
        ENDED.get(letter.plan.status),
        letter.parts,
        [*foot, f"{ask}: ring {letter.service.phone}."],
    )


def pdf(page: Sheet) -> bytes:
    """The sheet as a tagged PDF. Where our fonts have no sign for a letter, the paper says so and leaves it out,
    rather than that there is no paper; such a one cannot claim to be accessible."""
    content = asdict(page) | {"parts": [_part(part) for part in page.parts], "warning": None}
    try:
        return _typeset(content, accessible=True)
    except typst.TypstError:
        return _typeset(content | {"warning": NOT_ALL}, accessible=False)


def sent(letter: PlanLetter) -> Response:
    """The letter as a PDF to keep. Its name in a folder tells nobody whose it is."""
    headers = {"Content-Disposition": 'attachment; filename="care-plan.pdf"'}
    return Response(pdf(sheet(letter)), headers=headers, mimetype=PDF)


def _part(part: Part) -> dict[str, object]:
    return {"heading": part.heading, "said": [{"words": words, "rtl": _is_rtl(words)} for words in part.words]}


def _is_rtl(words: str) -> bool:
    """Whether the first letter that has a direction is written from right to left (Unicode's rule P2)."""
    strong = (unicodedata.bidirectional(char) for char in words)
    return next((way for way in strong if way in ("L", "R", "AL")), "L") != "L"


def _typeset(content: dict[str, object], *, accessible: bool) -> bytes:
    # The words go in as data: nothing in them is read as markup, and no file but this folder's can be read.
    made: bytes = typst.compile(
        str(HERE / "templates" / "plan_letter.typ"),
        root=str(HERE / "templates"),
        font_paths=[str(HERE / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(content)},
        format="pdf",
        # Whatever reads it aloud is told by its tags what is a heading and what is a list (ISO 14289-1).
        pdf_standards="ua-1" if accessible else None,
    )
    return made
