"""How often may something be tried, and how long must whoever tried too often wait?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class LimitKind(StrEnum):
    """What is counted, and by what."""

    STAFF_ACCOUNT = "staff-account"
    STAFF_ADDRESS = "staff-address"
    STAFF_DEVICE = "staff-device"
    STAFF_CODE = "staff-code"
    RESET_ACCOUNT = "reset-account"
    RESET_ADDRESS = "reset-address"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many tries within so long, counted from the first of them."""

    tries: int
    within: timedelta


# Several for each, so that the wait grows with the tries: minutes, then an hour, then a day.
ALLOWED: Mapping[LimitKind, tuple[Allowance, ...]] = MappingProxyType(
    {
        # Of a million codes three are right at any time: by 30 guesses a day one is found in thirty years.
        LimitKind.STAFF_ACCOUNT: (Allowance(5, 5 * MINUTE), Allowance(10, HOUR), Allowance(30, DAY)),
        # A whole hospital may come from one address.
        LimitKind.STAFF_ADDRESS: (Allowance(50, 5 * MINUTE), Allowance(200, HOUR), Allowance(1_000, DAY)),
        LimitKind.STAFF_DEVICE: (Allowance(10, 5 * MINUTE), Allowance(20, HOUR), Allowance(50, DAY)),
        LimitKind.STAFF_CODE: (Allowance(10, 5 * MINUTE), Allowance(20, HOUR), Allowance(50, DAY)),
        LimitKind.RESET_ACCOUNT: (Allowance(3, HOUR), Allowance(6, DAY)),
        LimitKind.RESET_ADDRESS: (Allowance(20, HOUR), Allowance(60, DAY)),
    }
)
