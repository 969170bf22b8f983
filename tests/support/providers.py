"""Who carries texts in these tests? Simulators with names, in a mood that lasts."""

from datetime import timedelta

from nudges.providers.gateway import Fault, GatewayError, OutboundText, RefusedError, Report
from tests.support.weather import Weather

HOUR = timedelta(hours=1)


class Provider(Weather):
    """Every call fails with `mood` while there is one. `proves`: how long after a call its listing is a proof."""

    def __init__(self, name: str = "simulator", rate: float | None = None, proves: timedelta = HOUR) -> None:
        super().__init__()
        self.name = name
        self.texts_per_second = rate
        self.proof_after = proves
        self.mood: GatewayError | None = None
        self.is_reachable = True

    async def send(self, text: OutboundText) -> Report:
        if self.mood is not None:
            self.heard.append(text)
            raise self.mood
        return await super().send(text)

    def answers(self) -> bool:
        return self.is_reachable


def too_many() -> RefusedError:
    """429."""
    return RefusedError("20429", permanent=False, fault=Fault.PACE)


def account() -> RefusedError:
    """The account is suspended."""
    return RefusedError("30002", permanent=False, fault=Fault.ACCOUNT)


def down() -> RefusedError:
    """Nobody listens there."""
    return RefusedError("not-connected", permanent=False, fault=Fault.PROVIDER)
