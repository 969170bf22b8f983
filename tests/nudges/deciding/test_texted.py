"""Which days make the week that a ceiling is held against?"""

from datetime import timedelta
from uuid import UUID

import pytest

from companion.db import reading
from nudges.deciding.texted import TextedDays
from tests.support import cast

SOMEBODY = UUID(int=1)
TODAY = cast.MONDAY.date()


@pytest.mark.usefixtures("app")
def test_a_week_is_today_and_the_six_days_before() -> None:
    with reading() as session:
        texted = TextedDays(session, [], cast.MONDAY)
    for back in range(-1, 9):
        texted.add(SOMEBODY, TODAY - timedelta(days=back), caught_up=False)
    assert texted.on(SOMEBODY, TODAY) == 1
    assert texted.in_week(SOMEBODY, TODAY) == 7
