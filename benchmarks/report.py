"""What do the figures say: as JSON for whoever reads by program, as a table for whoever reads?"""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from benchmarks.machine import Machine
from benchmarks.rounds import SECONDS_AT_PROVIDER, Results, Size

DISPATCH = ("ours_1", "ours_2", "apscheduler", "celery", "procrastinate", "floor")
PEERS = DISPATCH[2:5]
BY_QUEUE = "ours_procrastinate"
NOT_ASKED = "not measured in this run"

# What we mean to reach, by the name of a ratio below.
GOALS = {
    "ours_2_to_best_peer": 15.0,
    "ours_2_to_floor": 0.5,
    "latency_ceiling_share": 0.9,
    "intake_ours_2_to_one_row_2": 4.0,
}
MOST_PLANNING_SECONDS = 60.0


def as_json(results: Results, size: Size, planning: Mapping[str, Any], machine: Machine) -> dict[str, Any]:
    """The first five keys are promised to others; what stands beside them may grow."""
    missing = dict(results.missing)
    for name in DISPATCH:
        if results.rate("dispatch", name) is None:
            missing.setdefault(f"dispatch.{name}", NOT_ASKED)
    if "missing" in planning:
        missing["planning"] = str(planning["missing"])
    intake = {name: round(median(rates), 1) for name, rates in results.requests.items()}
    return {
        "dispatch": {name: _rounded(results.rate("dispatch", name)) for name in DISPATCH},
        "planning_seconds_100k": planning.get("seconds") if planning.get("patients") == 100_000 else None,
        "memory_mb": {**results.memory, **({"planning": planning["memory_mb"]} if "memory_mb" in planning else {})},
        "repeats": size.repeats,
        "machine": machine.as_json(),
        "texts": size.texts,
        "floor_1": _rounded(results.rate("dispatch", "floor_1")),
        "dispatch_by_queue": {BY_QUEUE: _rounded(results.rate("dispatch_by_queue", BY_QUEUE))},
        "dispatch_50ms": _medians(results, "dispatch_50ms"),
        "dispatch_by_queue_50ms": _medians(results, "dispatch_by_queue_50ms"),
        "dispatch_without_deciding": _medians(results, "dispatch_without_deciding"),
        "scheduled_a_second": {
            name: round(median(run.scheduled_a_second for run in runs), 1)
            for name, runs in results.runs.get("dispatch", {}).items()
            if name in PEERS
        },
        "spread": {
            part: {name: _spread([run.texts_a_second for run in runs]) for name, runs in of.items()}
            for part, of in results.runs.items()
        },
        "arrived": {
            part: {name: [run.arrived for run in runs] for name, runs in of.items()}
            for part, of in results.runs.items()
        },
        "set_up": {
            part: {name: {"chosen": made.best(name), "tried": tried} for name, tried in made.tried.items()}
            for part, made in results.choices.items()
        },
        "intake": intake,
        "latency_ceiling": _ceiling(results),
        "ratios": _ratios(results, intake),
        "planning": dict(planning),
        "missing": missing,
    }


def _ratios(results: Results, intake: Mapping[str, float]) -> dict[str, float | None]:
    ours, floor = results.rate("dispatch", "ours_2"), results.rate("dispatch", "floor")
    ceiling = _ceiling(results)
    return {
        "ours_2_to_best_peer": _ratio(ours, _best(results, "dispatch")),
        "ours_2_to_best_peer_without_deciding": _ratio(ours, _best(results, "dispatch_without_deciding")),
        "ours_2_to_floor": _ratio(ours, floor),
        "ours_procrastinate_to_ours_2": _ratio(results.rate("dispatch_by_queue", BY_QUEUE), ours),
        "ours_1_to_floor_1": _ratio(results.rate("dispatch", "ours_1"), results.rate("dispatch", "floor_1")),
        "latency_ceiling_share": _ratio(results.rate("dispatch_50ms", "ours_2"), ceiling),
        "ours_2_to_best_peer_50ms": _ratio(results.rate("dispatch_50ms", "ours_2"), _best(results, "dispatch_50ms")),
        "intake_ours_1_to_one_row_1": _ratio(intake.get("ours_1"), intake.get("one_row_1")),
        "intake_ours_2_to_one_row_2": _ratio(intake.get("ours_2"), intake.get("one_row_2")),
    }


def _best(results: Results, part: str) -> float | None:
    return max((rate for name in PEERS if (rate := results.rate(part, name)) is not None), default=None)


def _ceiling(results: Results) -> float | None:
    """What nobody could exceed who has as many texts under way at the provider as ours had at most."""
    runs = results.runs.get("dispatch_50ms", {}).get("ours_2")
    return median(run.most_open for run in runs) / SECONDS_AT_PROVIDER if runs else None


def _medians(results: Results, part: str) -> dict[str, float | None]:
    return {name: _rounded(results.rate(part, name)) for name in results.runs.get(part, {})}


def _spread(rates: list[float]) -> float:
    """By what share of the median the best and the worst repeat lie apart."""
    return round((max(rates) - min(rates)) / median(rates), 3)


def _ratio(one: float | None, other: float | None) -> float | None:
    return round(one / other, 3) if one is not None and other else None


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)


def as_text(found: Mapping[str, Any]) -> Iterator[str]:
    """The same, line by line."""
    machine, ratios = found["machine"], found["ratios"]
    yield f"{found['texts']:,} nudges due → decided → sent → recorded, texts a second (median of {found['repeats']})"
    yield f"  {'':<20}{'0 ms':>10}{'50 ms':>10}{'0 ms, peers decide nothing':>30}"
    rows = {**found["dispatch"], "floor_1": found["floor_1"], **found["dispatch_by_queue"]}
    slowly = {**found["dispatch_50ms"], **found["dispatch_by_queue_50ms"]}
    for name in ("ours_1", "ours_2", BY_QUEUE, *PEERS, "floor_1", "floor"):
        light = found["dispatch_without_deciding"].get(name)
        yield f"  {name:<20}{_figure(rows[name]):>10}{_figure(slowly.get(name)):>10}{_figure(light):>30}"
    for name, tried in found["set_up"].get("dispatch", {}).items():
        yield f"  {name}: {tried['chosen']}; tried: {tried['tried']}"
    yield "Receipts and replies, requests a second"
    for name, rate in found["intake"].items():
        yield f"  {name:<16}{_figure(rate):>10}"
    yield f"Planning {found['planning'].get('patients', 0):,} patients: {found['planning'].get('seconds', '–')} s"
    yield f"Memory of a sending process (MB): {found['memory_mb']}"
    yield "Ratios"
    for name, ratio in ratios.items():
        goal = f"   (goal {GOALS[name]:g})" if name in GOALS else ""
        yield f"  {name:<40}{'–' if ratio is None else format(ratio, '.2f'):>8}{goal}"
    yield (
        f"Machine: {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['processor']};"
        f" a fixed loop varied by {machine['noise']:.0%}, load average {machine['load_average']['least']}"
        f" to {machine['load_average']['most']}; repeats by {_widest(found['spread']):.0%} at most"
    )
    for name, reason in found["missing"].items():
        yield f"MISSING {name}: {reason}"


def _widest(spread: Mapping[str, Mapping[str, float]]) -> float:
    return max((share for of in spread.values() for share in of.values()), default=0.0)


def _figure(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:,.0f}"
