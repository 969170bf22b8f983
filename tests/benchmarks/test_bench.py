"""Does the benchmark measure what it says? The smallest honest round, on the real database over real sockets."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks import __main__ as bench
from benchmarks import carrier, growth, ours, report, rounds
from benchmarks.carrier import Carrier
from benchmarks.child import FailedError
from nudges.providers.gateway import OutboundText
from tests.support import postgres
from tests.support.calls import send

PROMISED = {"dispatch", "planning_seconds_100k", "memory_mb", "repeats", "machine"}


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[Carrier]:
    with carrier.running(tmp_path / "log") as running:
        yield running


@pytest.mark.skipif(bool(postgres.why_not()), reason=f"NOT TESTED ON POSTGRESQL: {postgres.why_not()}")
def test_a_small_round_hands_over_every_text_once(tmp_path: Path) -> None:
    said: list[str] = []
    file = tmp_path / "bench.json"

    told = bench.run(rounds.SMALLEST, file, said.append)

    assert json.loads(file.read_text()) == told
    assert set(told) >= PROMISED
    assert tuple(told["dispatch"]) == report.DISPATCH
    assert told["arrived"]["dispatch"] == {"ours_1": [50], "ours_2": [50], "floor_1": [50], "floor": [50]}, said
    assert min(told["dispatch"][name] for name in ("ours_1", "ours_2", "floor")) > 0
    assert told["ratios"]["ours_2_to_floor"] > 0
    # By way of a queue too, beside the figures that are promised and not among them.
    assert told["arrived"]["dispatch_by_queue"] == {"ours_procrastinate": [50]}, said
    assert told["dispatch_by_queue"]["ours_procrastinate"] > 0
    assert told["machine"]["cores"] >= 1
    # Who was not measured is named, and has no figure.
    for peer in report.PEERS:
        assert told["dispatch"][peer] is None
        assert told["missing"][f"dispatch.{peer}"]
    assert all(isinstance(line, str) for line in report.as_text(told))
    assert told["growth"] == {}


@pytest.mark.skipif(bool(postgres.why_not()), reason=f"NOT TESTED ON POSTGRESQL: {postgres.why_not()}")
def test_growth_measures_every_job_at_every_size() -> None:
    told = growth.as_json(growth.measure((20, 60)))

    assert list(told) == ["plan", "send", "receipts", "export", "erasure"]
    for name, job in told.items():
        assert [cost["patients"] for cost in job["costs"]] == [20, 60]
        assert all(cost["done"] > 0 and cost["rows_read"] > 0 for cost in job["costs"]), name
        assert job["apart"] >= 1
    assert [cost["done"] for cost in told["send"]["costs"]] == [20, 60]
    assert len(list(growth.as_text(told))) == 1 + 5 * 3


def test_a_run_with_a_text_too_few_or_too_many_is_void(stand_in: Carrier) -> None:
    gateway = ours.gateway(stand_in.url)
    texts = [OutboundText(uuid4(), f"+447700900{number}", "Hello", timedelta(hours=1)) for number in (101, 102)]
    for text in texts:
        send(gateway, text)

    assert stand_in.require(2)["distinct"] == 2
    with pytest.raises(FailedError, match="void"):
        stand_in.require(3)
    send(gateway, texts[0])
    with pytest.raises(FailedError, match="void"):
        stand_in.require(2)
    with pytest.raises(FailedError, match="void"):
        stand_in.require(3)
    stand_in.reset(0.0)
    assert stand_in.require(0)["texts"] == 0
