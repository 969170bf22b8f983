"""At which moments, in which zones and with which hours are the rules about time tried? Mostly where clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from companion.domain.working_hours import WEEK, Hours

MINUTE = timedelta(minutes=1)

# A zone, and local days on which its clock is changed. What is odd about each stands beside it.
CLOCK_CHANGES: dict[str, tuple[date, ...]] = {
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),  # not on London's days
    "Pacific/Auckland": (date(2026, 4, 5), date(2026, 9, 27)),  # back in April, on in September
    "Asia/Kathmandu": (date(2026, 3, 29),),  # 5 h 45 min from UTC; never changes
    "Atlantic/Azores": (date(2026, 3, 29), date(2026, 10, 25)),  # on at midnight; midnight comes twice
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 29)),  # on at midnight; the last hour of the day comes twice
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # by half an hour
    "Pacific/Apia": (date(2011, 12, 30), date(2026, 9, 27)),  # one day that never was; no changes nowadays
}

# Gregorian dates that are far enough from any change, so that an ordinary day is tried too.
_ORDINARY = date(2026, 6, 10)

zones = st.sampled_from(sorted(CLOCK_CHANGES))
walls = st.integers(0, 24 * 60 - 1).map(lambda minute: time(*divmod(minute, 60)))


@st.composite
def days(draw: st.DrawFn, zone_name: str) -> date:
    """A local day on which the zone's clock is changed, or one near it, or any day of the year around."""
    day = draw(st.sampled_from([*CLOCK_CHANGES[zone_name], _ORDINARY]))
    return day + timedelta(days=draw(st.sampled_from([0, 0, 0, 1, -1]) | st.integers(-180, 180)))


@st.composite
def instants(draw: st.DrawFn, zone_name: str) -> datetime:
    """An aware instant in UTC, at any second, most often on a day on which the zone's clock is changed."""
    midnight = datetime.combine(draw(days(zone_name)), time(0), tzinfo=ZoneInfo(zone_name)).astimezone(UTC)
    return midnight + timedelta(seconds=draw(st.integers(-3600, 26 * 3600)))


@st.composite
def hours(draw: st.DrawFn, longest: int = 24 * 60) -> Hours:
    """Hours that begin before they end, to the minute, on one weekday or more; often of the night."""
    length = draw(st.integers(1, longest))
    start = draw(st.integers(0, min(4 * 60, 24 * 60 - length)) | st.integers(0, 24 * 60 - length))
    end = (start + length) % (24 * 60)
    chosen = draw(st.sets(st.sampled_from(WEEK), min_size=1))
    return Hours(time(*divmod(start, 60)), time(*divmod(end, 60)), frozenset(chosen), draw(st.booleans()))


def holidays_near(moment: datetime) -> st.SearchStrategy[frozenset[date]]:
    """A few days around a moment on which the country is closed."""
    near = st.integers(-1, 9).map(lambda ahead: moment.date() + timedelta(days=ahead))
    return st.frozensets(near, max_size=3)


class WallClock:
    """What a person who watches the clock on the wall would say, minute after minute. The oracle: slow and plain."""

    def __init__(self, hours: Hours, zone_name: str, bank_holidays: frozenset[date], since: datetime) -> None:
        self._hours, self._zone, self._holidays = hours, ZoneInfo(zone_name), bank_holidays
        self._ended: set[date] = set()
        # Begin before the local day does, so that hours that have ended once are known to have ended.
        day_so_far = timedelta(hours=since.astimezone(self._zone).hour + 2)
        self._next = since.replace(second=0, microsecond=0) - day_so_far

    def is_open(self, minute: datetime) -> bool:
        """Whether the hours are open in that minute. Ask for later and later minutes only."""
        while self._next < minute:
            self._look(self._next)
            self._next += MINUTE
        return self._look(minute)

    def _look(self, minute: datetime) -> bool:
        shown = minute.astimezone(self._zone)
        if self._hours.local_end != time(0) and shown.time() >= self._hours.local_end:
            self._ended.add(shown.date())
        return (
            shown.time() >= self._hours.local_start
            and shown.date() not in self._ended
            and WEEK[shown.weekday()] in self._hours.days_of_week
            and (self._hours.on_bank_holidays or shown.date() not in self._holidays)
        )
