"""Does a stolen refresh token live beside its owner's?"""

from sqlalchemy import func, select

from companion.db import reading
from companion.models import DeviceToken
from tests.api.patient_entry.conftest import Entrance, app, entrance, moment

__all__ = ["app", "entrance", "moment"]


def living() -> int:
    """How many refresh tokens are there to be used."""
    with reading() as session:
        unused = (DeviceToken.kind == "refresh", DeviceToken.used_at.is_(None))
        return session.scalar(select(func.count()).select_from(DeviceToken).where(*unused)) or 0


def test_a_refresh_token_used_twice_within_seconds_makes_one_line(entrance: Entrance) -> None:
    first = entrance.enter()
    mine = entrance.refresh(first["refresh_token"]).json
    entrance.wait(seconds=5)
    thief_s = entrance.refresh(first["refresh_token"]).json
    assert living() == 1
    assert thief_s == mine, "whoever has a copy has the same line"
    entrance.wait(minutes=10)
    assert entrance.refresh(mine["refresh_token"]).status == 201
    entrance.wait(seconds=11)
    assert entrance.refresh(thief_s["refresh_token"]).status == 401
    assert living() == 0 or not entrance.is_in(mine["access_token"])
