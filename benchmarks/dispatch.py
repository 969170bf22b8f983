"""How many texts a second: from due, by way of the decision and the provider, to recorded?

Ours is timed from the word `go` until the last process says that nothing is due any more; a peer from its first text's
arrival at the stand-in until its last row is marked, so that neither its start nor its scheduling counts against it.
A run in which not exactly the texts that were due arrived, each once, is void.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import database
from benchmarks.carrier import Carrier
from benchmarks.child import Child, FailedError, started
from benchmarks.database import Databases
from benchmarks.peers import work
from benchmarks.redis import Redis

LONGEST = 900.0
SENT = "SELECT count(*) FROM message WHERE status = 'sent'"
MARKED = "SELECT count(*) FROM nudge WHERE status = 'sent'"
BY_QUEUE = "benchmarks.ours_by_queue"
PROCRASTINATE, CELERY = "benchmarks.peers.on_procrastinate", "benchmarks.peers.on_celery"
PLAINLY = ("--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass(frozen=True, slots=True)
class Ground:
    """What every contender stands on."""

    databases: Databases
    carrier: Carrier
    redis: Redis
    log: Path


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run. `arrived`: distinct texts at the provider; `most_open`: how many at once, at most."""

    texts_a_second: float
    arrived: int
    most_open: int
    peak_mb: float = 0.0
    scheduled_a_second: float = 0.0


Contender = Callable[[Ground, int, float], Run]


def ours(processes: int) -> Contender:
    """The product, with so many sending processes."""

    def run(ground: Ground, texts: int, delay: float) -> Run:
        with ground.databases.fresh(texts) as url:
            return send_with(ground, processes, url, texts, delay)

    return run


def send_with(ground: Ground, processes: int, url: str, texts: int, delay: float) -> Run:
    """One run of the product on a database in which so many nudges are due."""
    ground.carrier.reset(delay)
    before = database.number(url, SENT)
    commands = [["benchmarks.ours", url, ground.carrier.url, f"bench/{index}"] for index in range(processes)]
    seconds, peak = _together(commands, ground.log)
    counts = ground.carrier.require(texts)
    if (recorded := database.number(url, SENT) - before) != texts:
        raise FailedError(f"void: {texts} texts were handed over, {recorded} are recorded")
    return Run(texts / seconds, counts["distinct"], counts["most_open"], peak)


def by_queue(processes: int) -> Contender:
    """The product where its worker hands on to so many queue workers (SEND_THROUGH=procrastinate): a process more."""

    def run(ground: Ground, texts: int, delay: float) -> Run:
        ground.carrier.reset(delay)
        with ground.databases.fresh(texts) as url:
            already = database.number(url, SENT)
            ends = [url, ground.carrier.url]
            commands = [[BY_QUEUE, "hand-on", *ends, "bench/clock"]]
            commands += [[BY_QUEUE, "work", *ends, f"bench/{index}"] for index in range(processes)]
            with started(commands, {}, ground.log) as children:
                for child in children:
                    child.wait_until_ready()
                began = time.monotonic()
                for child in children:
                    child.go()
                ended = _wait_until(SENT, already + texts, url, children)
            counts = ground.carrier.require(texts)  # also of whatever a worker did before it stopped
            return Run(texts / (ended - began), counts["distinct"], counts["most_open"])

    return run


def floor(processes: int) -> Contender:
    """The same posts through the product's gateway, from so many processes."""

    def run(ground: Ground, texts: int, delay: float) -> Run:
        ground.carrier.reset(delay)
        shares = [texts // processes + (index < texts % processes) for index in range(processes)]
        commands = [
            ["benchmarks.floor", ground.carrier.url, str(sum(shares[:index])), str(share)]
            for index, share in enumerate(shares)
        ]
        seconds, _ = _together(commands, ground.log)
        counts = ground.carrier.require(texts)
        return Run(texts / seconds, counts["distinct"], counts["most_open"])

    return run


def _together(commands: Sequence[Sequence[str]], log: Path) -> tuple[float, float]:
    """The seconds from `go` until all are done, and the largest one's memory."""
    with started(commands, {}, log) as children:
        for child in children:
            child.wait_until_ready()
        began = time.monotonic()
        for child in children:
            child.go()
        said = [child.result(LONGEST) for child in children]
        return time.monotonic() - began, max(one.get("peak_mb", 0.0) for one in said)


def apscheduler(threads: int, kind: str = work.DECIDE) -> Contender:
    """APScheduler 3 in its one process."""

    def run(ground: Ground, texts: int, delay: float) -> Run:
        def peer(settings: Mapping[str, str], measured: Callable[[float, list[Child]], Run]) -> Run:
            with started([["benchmarks.peers.on_apscheduler"]], settings, ground.log) as [child]:
                scheduling = child.result(LONGEST)["scheduling_seconds"]
                child.wait_until_ready()
                child.go()
                return measured(scheduling, [child])

        return _peer(ground, texts, delay, kind, threads, peer)

    return run


def celery(pool: str, size: int, prefetch: int, kind: str = work.DECIDE) -> Contender:
    """Celery's worker with a pool of so many processes or threads, each of which asks for `prefetch` tasks ahead."""

    def run(ground: Ground, texts: int, delay: float) -> Run:
        def peer(settings: Mapping[str, str], measured: Callable[[float, list[Child]], Run]) -> Run:
            with ground.redis.running() as broker:
                both = {**settings, work.BROKER: broker}
                with started([[CELERY]], both, ground.log) as [producer]:
                    scheduling = producer.result(LONGEST)["scheduling_seconds"]
                options = ["--pool", pool, "--concurrency", str(size), "--prefetch-multiplier", str(prefetch)]
                worker = ["celery", "--app", CELERY, "worker", *options, *PLAINLY]
                with started([worker], both, ground.log) as children:
                    return measured(scheduling, children)

        return _peer(ground, texts, delay, kind, size if pool == "threads" else 1, peer)

    return run


def procrastinate(processes: int, concurrency: int, kind: str = work.DECIDE) -> Contender:
    """procrastinate's worker in so many processes, each with so many jobs at once."""

    def run(ground: Ground, texts: int, delay: float) -> Run:
        def peer(settings: Mapping[str, str], measured: Callable[[float, list[Child]], Run]) -> Run:
            with started([[PROCRASTINATE, "enqueue"]], settings, ground.log) as [producer]:
                scheduling = producer.result(LONGEST)["scheduling_seconds"]
            workers = [[PROCRASTINATE, str(concurrency)]] * processes
            with started(workers, settings, ground.log) as children:
                for child in children:
                    child.wait_until_ready()
                for child in children:
                    child.go()
                return measured(scheduling, children)

        return _peer(ground, texts, delay, kind, concurrency, peer)

    return run


def _peer(
    ground: Ground,
    texts: int,
    delay: float,
    kind: str,
    threads: int,
    peer: Callable[[Mapping[str, str], Callable[[float, list[Child]], Run]], Run],
) -> Run:
    ground.carrier.reset(delay)
    with ground.databases.fresh(texts) as url:
        settings = {
            work.DATABASE: url,
            work.STAND_IN: ground.carrier.url,
            work.THREADS: str(threads),
            work.KIND: kind,
        }

        def measured(scheduling_seconds: float, children: list[Child]) -> Run:
            ended = _wait_until(MARKED, texts, url, children)
            counts = ground.carrier.require(texts)
            rate = texts / (ended - counts["first"])
            return Run(rate, counts["distinct"], counts["most_open"], 0.0, texts / scheduling_seconds)

        return peer(settings, measured)


def _wait_until(question: str, texts: int, url: str, children: list[Child]) -> float:
    """The moment at which the last row was marked. Looked for five times a second: those who work need the machine."""
    give_up = time.monotonic() + LONGEST
    with database.connect(url) as connection:
        while time.monotonic() < give_up:
            row = connection.execute(question.encode()).fetchone()
            if row and row[0] >= texts:
                return time.monotonic()
            for child in children:
                child.require_alive()
            time.sleep(0.2)
    raise FailedError(f"{texts} texts were not done within {LONGEST:.0f} s: {children[0].last_words()}")
