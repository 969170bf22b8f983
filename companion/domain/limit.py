"""Rate limits: how often something may be tried, and how long the caller must then wait."""

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
    # Of patients: codes and links asked for a number, by a client's address, by a person for themselves.
    CODE_NUMBER = "code-number"
    CODE_ADDRESS = "code-address"
    LINK_PATIENT = "link-patient"
    # Codes and second facts tried: by a client's address, about a person.
    PATIENT_ADDRESS = "patient-address"
    PATIENT_FACT = "patient-fact"
    # Sign-in texts of a pain service, and to numbers that begin alike.
    TEXTS_SERVICE = "texts-service"
    TEXTS_PREFIX = "texts-prefix"
    # Whole records that a member of staff took a copy of: each of them once an hour, and all of them.
    EXPORT_RECORD = "export-record"
    EXPORT_STAFF = "export-staff"


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
        LimitKind.CODE_NUMBER: (Allowance(3, 15 * MINUTE), Allowance(10, DAY)),
        # A phone network puts thousands of phones behind one address.
        LimitKind.CODE_ADDRESS: (Allowance(30, 15 * MINUTE), Allowance(300, DAY)),
        # Not shared with CODE_NUMBER: what strangers ask in somebody's name must not keep that person from a link.
        LimitKind.LINK_PATIENT: (Allowance(3, 15 * MINUTE), Allowance(10, DAY)),
        LimitKind.PATIENT_ADDRESS: (Allowance(50, 15 * MINUTE), Allowance(500, DAY)),
        # Of four digits, which is the least that is asked, 60 tries a month find one in 170 people's.
        LimitKind.PATIENT_FACT: (Allowance(5, 15 * MINUTE), Allowance(10, DAY), Allowance(60, 30 * DAY)),
        # Far more than a pain service has people who sign in at once, and far less than whoever is paid by the text
        # would need.
        LimitKind.TEXTS_SERVICE: (Allowance(60, 15 * MINUTE), Allowance(150, HOUR), Allowance(600, DAY)),
        # A handful is a clinic's morning of requests; more is looked into, and nothing is refused.
        LimitKind.EXPORT_RECORD: (Allowance(1, HOUR),),
        LimitKind.EXPORT_STAFF: (Allowance(5, HOUR),),
        LimitKind.TEXTS_PREFIX: (Allowance(20, 15 * MINUTE), Allowance(60, HOUR), Allowance(200, DAY)),
    }
)
