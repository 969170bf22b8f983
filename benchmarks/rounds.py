"""What is measured, in which order, how often? The contenders take turns, so that a noisy minute hits them alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks import choice, dispatch, growth, intake, memory
from benchmarks.child import FailedError
from benchmarks.choice import Choice
from benchmarks.dispatch import Contender, Ground, Run
from benchmarks.machine import Machine
from benchmarks.peers.work import DECIDE, POST

SECONDS_AT_PROVIDER = 0.05
OURS: Mapping[str, Contender] = {
    "ours_1": dispatch.ours(1),
    "ours_2": dispatch.ours(2),
    "floor_1": dispatch.floor(1),
    "floor": dispatch.floor(2),
}
# Ours as well, by way of procrastinate: beside the outbox, for whoever asks what that costs.
BY_QUEUE: Mapping[str, Contender] = {"ours_procrastinate": dispatch.by_queue(2)}


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything; none of what is 0. `slowly`: texts of a peer at 50 ms, where each takes long.

    `tried`: texts by which the set-up of each peer is chosen.
    """

    repeats: int = 3
    texts: int = 10_000
    tried: int = 1_000
    slowly: int = 2_000
    receipts_of: int = 2_000
    history: int = 1_000_000
    patients: int = 100_000
    grown: Sequence[int] = growth.SIZES
    peers: bool = True
    answering: bool = True


QUICK = Size(
    repeats=1, texts=1_000, tried=200, slowly=500, receipts_of=500, history=100_000, patients=10_000, grown=growth.QUICK
)
SMALLEST = Size(
    repeats=1, texts=50, slowly=0, receipts_of=0, history=0, patients=0, grown=(), peers=False, answering=False
)


@dataclass
class Results:
    """Every run, by what was measured and of whom; and who could not run, with the reason."""

    runs: dict[str, dict[str, list[Run]]] = field(default_factory=dict)
    requests: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)

    def rate(self, part: str, name: str) -> float | None:
        """The median, in texts a second; None where there is none."""
        runs = self.runs.get(part, {}).get(name)
        return median(run.texts_a_second for run in runs) if runs else None


Tell = Callable[[str], None]


def measure(ground: Ground, size: Size, machine: Machine, tell: Tell) -> Results:
    """All of it. `tell` hears of each run as it is done."""
    results = Results()
    slow = SECONDS_AT_PROVIDER
    machine.look()
    peers = _choose(results, "dispatch", choice.AT_ONCE, ground, size.tried if size.peers else 0, 0.0, tell)
    slowly = _choose(
        results, "dispatch_50ms", choice.SLOWLY, ground, size.tried if size.peers and size.slowly else 0, slow, tell
    )
    whole = {name: setup(DECIDE) for name, setup in peers.chosen.items()}
    light = {name: setup(POST) for name, setup in peers.chosen.items()}
    for _ in range(size.repeats):
        machine.look()
        _sending(results, "dispatch", {**OURS, **whole}, ground, size.texts, 0.0, tell)
        _sending(results, "dispatch_by_queue", BY_QUEUE, ground, size.texts, 0.0, tell)
        machine.look()
        _sending(results, "dispatch_without_deciding", light, ground, size.texts, 0.0, tell)
        machine.look()
        if size.slowly:
            _sending(results, "dispatch_50ms", OURS, ground, size.texts, slow, tell)
            _sending(results, "dispatch_by_queue_50ms", BY_QUEUE, ground, size.texts, slow, tell)
            some = {name: setup(DECIDE) for name, setup in slowly.chosen.items()}
            _sending(results, "dispatch_50ms", some, ground, size.slowly, slow, tell)
        machine.look()
        if size.receipts_of:
            _intake(results, ground, size.receipts_of, tell)
    for messages in (0, size.history) if size.history else ():
        name = f"{size.texts + messages}_rows"
        run = memory.with_history(ground, size.texts, messages)
        results.memory[name] = round(run.peak_mb, 1)
        tell(f"memory, {name}: {run.peak_mb:.0f} MB, {run.texts_a_second:,.0f} texts a second")
    machine.look()
    return results


def _choose(
    results: Results, part: str, setups: choice.Setups, ground: Ground, texts: int, delay: float, tell: Tell
) -> Choice:
    made = choice.choose(setups if texts else {}, DECIDE, ground, texts, delay, tell)
    results.choices[part] = made
    results.missing |= {f"{part}.{name}": reason for name, reason in made.missing.items()}
    return made


def _sending(
    results: Results,
    part: str,
    contenders: Mapping[str, Contender],
    ground: Ground,
    texts: int,
    delay: float,
    tell: Tell,
) -> None:
    for name, contender in contenders.items():
        try:
            run = contender(ground, texts, delay)
        except (FailedError, OSError) as error:
            results.missing[f"{part}.{name}"] = str(error)
            tell(f"{part}, {name}: MISSING: {error}")
            continue
        results.runs.setdefault(part, {}).setdefault(name, []).append(run)
        tell(f"{part}, {name}: {run.texts_a_second:,.0f} texts a second")


def _intake(results: Results, ground: Ground, texts: int, tell: Tell) -> None:
    servers: Sequence[tuple[str, str, int]] = (
        ("ours_1", intake.OURS, 1),
        ("one_row_1", intake.ONE_ROW, 1),
        ("ours_2", intake.OURS, 2),
        ("one_row_2", intake.ONE_ROW, 2),
    )
    for name, app, processes in servers:
        try:
            rate = intake.requests_a_second(app, processes)(ground, texts)
        except FailedError as error:
            results.missing[f"intake.{name}"] = str(error)
            tell(f"intake, {name}: MISSING: {error}")
            continue
        results.requests.setdefault(name, []).append(rate)
        tell(f"intake, {name}: {rate:,.0f} requests a second")
