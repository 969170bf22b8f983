"""What can go wrong on the way to a phone? Gateways of the tests' own that refuse, do not answer, or die."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from threading import Lock

from companion.domain.message import MessageStatus
from nudges.providers.gateway import OutboundText, RefusedError, Report, UnansweredError
from nudges.providers.simulator_gateway import SimulatorGateway

Surprise = Callable[[OutboundText], Awaitable[None] | None]


class PowerCutError(BaseException):
    """The process is gone: nothing after the call runs. Not an Exception, as no handler may catch it."""


class Weather(SimulatorGateway):
    """A simulator whose next calls end as the test says: each entry of `ahead` is for one call of send.

    An entry is called with the text; what it raises is raised. `taken` decides whether the text went all the
    same. `heard` keeps every call, whether it went or not. Like a real provider it lists what it took after a while.
    """

    proof_after = timedelta(days=1)

    def __init__(self) -> None:
        super().__init__()
        self.ahead: list[Surprise] = []
        self.heard: list[OutboundText] = []
        self._order = Lock()

    async def send(self, text: OutboundText) -> Report:
        with self._order:
            self.heard.append(text)
            surprise = self.ahead.pop(0) if self.ahead else None
        if surprise is not None:
            happening = surprise(text)
            if isinstance(happening, Awaitable):
                await happening
        return await super().send(text)

    def deliver_then(self, error: BaseException) -> Surprise:
        """The text goes, and then the call fails: the worst case there is."""

        async def surprise(text: OutboundText) -> None:
            await SimulatorGateway.send(self, text)
            raise error

        return surprise


def fail(error: BaseException) -> Surprise:
    """The call fails and the text does not go."""

    def surprise(_text: OutboundText) -> None:
        raise error

    return surprise


def passing() -> RefusedError:
    """Busy just now."""
    return RefusedError("20429", permanent=False)


def for_good(code: str = "21211") -> RefusedError:
    """Never, with this code."""
    return RefusedError(code, permanent=True, status=MessageStatus.PERMANENT_FAILURE)


def silence() -> UnansweredError:
    """No answer."""
    return UnansweredError("timed out")


class Blind(Weather):
    """A provider that cannot be asked what became of a text."""

    def find(self, text: OutboundText, since: datetime) -> Report | None:
        raise UnansweredError("the listing does not answer")
