"""What can somebody do with a refresh token or a sign-in text that was not theirs?"""

from sqlalchemy import func, select

from companion.db import reading, transaction
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.sign_in_text import HIDDEN
from companion.models import DeviceToken, Message
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


def test_whoever_has_the_phone_hears_of_a_sign_in_on_another(entrance: Entrance) -> None:
    entrance.enter()
    last = entrance.texts()[-1]
    assert last.startswith("You signed in on a new phone. Not you? Reply HELP.")
    assert entrance.use("000000").status == 401
    assert entrance.texts()[-1] == last, "who did not get in signed in nowhere"


def test_the_words_of_a_sign_in_text_are_gone_once_it_is_handed_over(entrance: Entrance) -> None:
    code = entrance.code()
    with transaction() as session:
        [text] = session.scalars(select(Message).where(Message.kind == MessageKind.SIGN_IN))
        text.status, text.sent_at, text.provider_id = MessageStatus.SENT, entrance.moment.now, "taken"
    entrance.wait(seconds=60)
    assert entrance.texts() == [HIDDEN]
    assert entrance.use(code).status == 201, "what was read off the phone still opens"
