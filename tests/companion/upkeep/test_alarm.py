"""Is an alarm raised once and loudly, by whoever sees it first, and is it gone when it is cleared?"""

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from companion.db import transaction
from companion.domain.alarm import ALARM_WORDS, AlarmKind
from companion.records import alarm as records
from companion.upkeep import alarm

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FAULT = AlarmKind.ACCOUNT_FAULT


def raise_(gateway: str = "twilio", now: datetime = NOW) -> bool:
    with transaction() as session:
        return records.raise_once(session, FAULT, gateway, "20003", now)


def clear(gateway: str = "twilio", now: datetime = NOW) -> bool:
    with transaction() as session:
        return records.clear(session, FAULT, gateway, now)


def test_an_alarm_is_raised_once_and_cleared_once(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert [raise_(), raise_(now=NOW + timedelta(hours=1))] == [True, False]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("CRITICAL", f"ALARM account-fault (twilio, code 20003): {ALARM_WORDS[FAULT]}")
    ]
    [found] = alarm.still_open()
    assert (found.kind, found.gateway, found.code, found.raised_at) == (FAULT, "twilio", "20003", NOW)
    caplog.clear()
    assert [clear(), clear()] == [True, False]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert alarm.still_open() == []
    assert raise_(now=NOW + timedelta(hours=2)), "what comes again is raised again"


def test_each_gateway_has_its_own(app: Flask) -> None:
    assert raise_("twilio")
    assert raise_("notify", NOW + timedelta(minutes=1))
    assert clear("notify")
    assert [found.gateway for found in alarm.still_open()] == ["twilio"]


def test_of_many_who_see_it_at_once_one_raises_it(app: Flask) -> None:
    found: list[bool] = []

    def see() -> None:
        with app.app_context():
            found.append(raise_())

    threads = [threading.Thread(target=see) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 5 + [True]
