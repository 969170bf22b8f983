"""Has this person agreed to texts, and how do we know?"""

from enum import StrEnum


class ConsentStatus(StrEnum):
    """Where a person stands on texts. Not the legal basis for their care record, but their agreement (P1)."""

    NOT_ASKED = "not-asked"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class ConsentSource(StrEnum):
    """How a change of consent reached us."""

    STAFF = "staff"
    PATIENT_TEXT = "patient-text"
    CARRIER = "carrier"
    IMPORT = "import"
    PATIENT_APP = "patient-app"
