"""What does a template of a plan say and ask, and how does one person's plan begin with it, never blindly?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from companion.domain import care_plan as rules
from companion.domain import plan_fault
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import MOST_LINES, PARTS, Activity, Content, Medicine, Need
from companion.domain.plan_difference import Change, Difference, changed_fields, differences
from companion.domain.plan_section import FLARE, GIVEN_LINES
from companion.domain.refusal import Fault


class TemplateStatus(StrEnum):
    """FHIR R4 publication-status, as PlanDefinition has it."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


MOVES: Mapping[TemplateStatus, frozenset[TemplateStatus]] = MappingProxyType(
    {
        TemplateStatus.DRAFT: frozenset({TemplateStatus.ACTIVE, TemplateStatus.RETIRED}),
        TemplateStatus.ACTIVE: frozenset({TemplateStatus.RETIRED}),
        TemplateStatus.RETIRED: frozenset(),
    }
)


class Decision(StrEnum):
    """What became of a template's line in one person's plan."""

    KEPT = "kept"
    CHANGED = "changed"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Prompts:
    """What to ask the person, by the part of the plan that the answer goes into: only they can say these.

    What matters to them and what they hope for are always asked (NICE NG193 1.1; PRSB: goals in their own words).
    """

    what_matters: str
    goals: str
    already_helps: str | None = None
    important_people: str | None = None
    communicate_how: str | None = None
    please_do: str | None = None
    please_dont: str | None = None
    contacts: str | None = None
    review_on: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """All that one version says: for whom it is, what to ask, and lines to start from. No goals, no people, no days."""

    name: str
    suits: str
    prompts: Prompts
    needs: tuple[Need, ...] = ()
    activities: tuple[Activity, ...] = ()
    medicines_to_review: tuple[Medicine, ...] = ()
    flare_early_signs: str | None = None
    flare_first_steps: str | None = None
    flare_avoid: str | None = None
    flare_contact: str | None = None
    flare_urgent_help: str | None = None


# The parts of a plan that a template has lines for.
TEMPLATE_PARTS = GIVEN_LINES
# What is said of the flare-up plan has no line; it is decided upon by these names: 'flare-first-steps'.
FLARE_LINES: Mapping[str, str] = MappingProxyType({name.replace("_", "-"): name for name in FLARE})
_SAID = ("name", "suits")


@dataclass(frozen=True, slots=True)
class Decided:
    """That a line of the template is kept, changed or left out."""

    line: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Start:
    """With which version of which template a plan begins, and what was decided about each of its lines."""

    template_id: UUID
    number: int
    decisions: tuple[Decided, ...]


def as_plan(template: Template) -> Content:
    """Its lines as a plan has them; whatever only a person can say is empty."""
    lines: dict[str, Any] = {name: getattr(template, name) for name in (*TEMPLATE_PARTS, *FLARE)}
    return Content(what_matters="", **lines)


def with_lines(template: Template, next_line: int) -> tuple[Template, int]:
    """Name every line that has no name yet; returns the next free number too. A name means one line in all versions."""
    content, number = rules.with_lines(as_plan(template), next_line)
    parts: dict[str, Any] = {part: getattr(content, part) for part in TEMPLATE_PARTS}
    return replace(template, **parts), number


def lines(template: Template) -> dict[str, str]:
    """Everything that must be decided upon, by name, with where it stands in a plan. Every line must have its name."""
    found = {str(line.line): part for part in TEMPLATE_PARTS for line in getattr(template, part)}
    return found | {line: name for line, name in FLARE_LINES.items() if getattr(template, name)}


def faults(template: Template, today: date) -> list[Fault]:
    """Everything that keeps this from being a sound template. today: where its recurrences are tried from."""
    found = plan_fault.faults(rules.with_starts(as_plan(template), today))
    # The goals are the person's own, and so is what already helps them.
    found = [fault for fault in found if fault.field != "goals" and not fault.field.endswith("already_helps_line")]
    for index, activity in enumerate(template.activities):
        if activity.behaviour is Behaviour.HEALTHY:
            words = "A healthy activity is something that already helps one person: ask for it in already_helps."
            found.append(Fault(f"activities.{index}.behaviour", words))
        if "UNTIL" in (activity.recurrence or "").upper():
            words = "A template has no days of its own: say how often, or how many times with COUNT."
            found.append(Fault(f"activities.{index}.recurrence", words))
    for part in TEMPLATE_PARTS:
        for index, line in enumerate(getattr(template, part)):
            if line.line in FLARE_LINES:
                words = f"The line '{line.line}' is called like a part of the flare-up plan."
                found.append(Fault(f"{part}.{index}.line", words))
    return found


def template_differences(before: Template, after: Template) -> list[Difference]:
    """In what two versions differ: what they are called and for, what they ask, and line by line."""
    prompts = [field.name for field in fields(Prompts)]
    found = [
        Difference("template", None, Change.CHANGED, tuple(changed_fields(before, after, list(_SAID)))),
        Difference("prompts", None, Change.CHANGED, tuple(changed_fields(before.prompts, after.prompts, prompts))),
    ]
    return [each for each in found if each.fields] + differences(as_plan(before), as_plan(after))


def decision_faults(template: Template, own: Content, decisions: Sequence[Decided]) -> list[Fault]:
    """Why a plan cannot begin like this. own: what the person and the clinician say themselves, changed lines under
    the template's names among it. Nothing of a template is taken that nobody decided upon."""
    known, found, seen = lines(template), [], set()
    for index, decided in enumerate(decisions):
        at = f"template.decisions.{index}"
        if decided.line not in known:
            found.append(Fault(f"{at}.line", "This version of the template has no such line."))
        elif decided.line in seen:
            found.append(Fault(f"{at}.line", "This line was decided upon already: say once what becomes of it."))
        else:
            found += _against(own, decided, known[decided.line], at)
        seen.add(decided.line)
    if open_ := [line for line in known if line not in seen]:
        words = f"Say of every line whether it is kept, changed or left out: {', '.join(open_)}."
        found.append(Fault("template.decisions", words))
    for part in TEMPLATE_PARTS:
        kept = [each for each in decisions if each.decision is Decision.KEPT and known.get(each.line) == part]
        if len(getattr(own, part)) + len(kept) > MOST_LINES:
            found.append(Fault(part, f"With what is kept of the template there are more than {MOST_LINES}."))
    return found


def _against(own: Content, decided: Decided, part: str, at: str) -> Iterator[Fault]:
    """Whether the plan says a line itself if it is changed, in the same part, and nowhere if it is not."""
    if part in FLARE:
        places = [part] if getattr(own, part) else []
    else:
        places = [name for name in PARTS if any(line.line == decided.line for line in getattr(own, name))]
    if decided.decision is Decision.CHANGED:
        if places != [part]:
            yield Fault(f"{at}.decision", f"Say in {part}, under the same name, what it is changed to.")
    elif places:
        yield Fault(f"{at}.decision", "The plan says this line itself: then it is changed, not kept or left out.")


def begun(template: Template, own: Content, decisions: Sequence[Decided]) -> Content:
    """The plan: all that is their own, and after it in each part whatever is kept of the template. Decisions without
    faults."""
    kept = {each.line for each in decisions if each.decision is Decision.KEPT}
    parts: dict[str, Any] = {
        part: (*getattr(own, part), *(line for line in getattr(template, part) if line.line in kept))
        for part in TEMPLATE_PARTS
    }
    flare = {name: getattr(template, name) for line, name in FLARE_LINES.items() if line in kept}
    return replace(own, **parts, **flare)
