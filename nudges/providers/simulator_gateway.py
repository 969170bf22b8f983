"""What carries texts when there is no provider: development, the demonstration and tests?

The honest twin of the Twilio gateway: it takes, refuses and answers as a provider would, and can reach no
real person. The phones on the simulator's page are drawn from our own ledger, so a restart loses nothing
that is seen.
"""

import re
from collections import deque
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID, uuid4

from companion.domain.message import MessageStatus
from nudges.providers.gateway import OutboundText, RefusedError, Report

LONGEST_BODY = 1_600
"""Characters; Twilio's limit, so that what passes here passes there."""

_DRAMA_NUMBER = re.compile(r"\+447700900[0-9]{3}")
"""07700 900000 to 900999: Ofcom's range for drama, which no real phone has."""

_PROVIDER_ID = re.compile(r"SIM[0-9a-f]{32}")


class SimulatorGateway:
    """Takes every text to a drama number and calls it delivered. Keeps the last `keep` it was given."""

    name = "simulator"
    patience = timedelta(0)
    proof_after = timedelta(0)
    texts_per_second: float | None = None

    def __init__(self, keep: int = 10_000) -> None:
        self._kept: deque[tuple[str, OutboundText]] = deque(maxlen=keep)
        self._lock = Lock()

    @property
    def kept(self) -> tuple[OutboundText, ...]:
        """What it was given since it started, oldest first."""
        with self._lock:
            return tuple(text for _, text in self._kept)

    async def send(self, text: OutboundText) -> Report:
        """Raises RefusedError: with Twilio's codes for a bad body, and for every real number."""
        if not text.body.strip():
            raise RefusedError("21602", permanent=True)
        if len(text.body) > LONGEST_BODY:
            raise RefusedError("21617", permanent=True)
        if not _DRAMA_NUMBER.fullmatch(text.to):
            raise RefusedError("not-a-demo-number", permanent=True)
        provider_id = f"SIM{uuid4().hex}"
        with self._lock:
            self._kept.append((provider_id, text))
        return Report(provider_id, MessageStatus.SENT)

    async def hang_up(self) -> None:
        """Nothing is held open."""

    def fetch(self, provider_id: str) -> Report | None:
        """Delivered, for any id of its own form, also one given before a restart."""
        if not _PROVIDER_ID.fullmatch(provider_id):
            return None
        return Report(provider_id, MessageStatus.DELIVERED)

    def find(self, text: OutboundText, since: datetime) -> Report | None:
        """By our own id, which is surer than number, words and time: `since` is not needed."""
        with self._lock:
            taken = self._taken(text.message_id)
        return None if taken is None else Report(taken, MessageStatus.DELIVERED)

    def recall(self, provider_id: str) -> Report | None:
        """Too late: it is on the phone the moment it is taken."""
        return self.fetch(provider_id)

    def redact(self, provider_id: str) -> None:
        """Nothing to forget: what it keeps is gone when it ends."""

    def answers(self) -> bool:
        """Always."""
        return True

    def _taken(self, message_id: UUID) -> str | None:
        return next((found for found, text in self._kept if text.message_id == message_id), None)
