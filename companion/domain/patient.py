"""Where does a person stand with the pain service?"""

from enum import StrEnum


class PatientStatus(StrEnum):
    """FHIR's EpisodeOfCare statuses, the two that are used here."""

    ACTIVE = "active"
    FINISHED = "finished"
