"""Which of the three behaviours does an activity or a nudge serve?"""

from enum import StrEnum


class Behaviour(StrEnum):
    """The three behaviours of Grant Harrison (integrated-care procurement report).

    curious: keep curious about your health and how it is changing.
    healthy: keep on doing the healthy stuff you already do; drawn from this patient's own list.
    demand: demand more from your clinical support, and see the service answer.
    """

    CURIOUS = "curious"
    HEALTHY = "healthy"
    DEMAND = "demand"
