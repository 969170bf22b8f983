"""How fast could anybody send? The same posts through the product's own gateway, with nothing decided or recorded.

python -m benchmarks.floor STAND_IN_URL FIRST TEXTS
"""

import asyncio
import sys
from datetime import timedelta
from uuid import uuid4

import uvloop

from benchmarks.child import ready_then_go, say
from benchmarks.ours import gateway
from nudges.providers.gateway import OutboundText
from nudges.providers.twilio_gateway import TwilioGateway
from nudges.sending.outbox import PLACES

BODY = "Hello Amina, your pain service here. Your plan says: a short walk after lunch. Reply YES if you did."


async def send_all(carrier: TwilioGateway, texts: list[OutboundText]) -> None:
    """Hand over every text, as many at once as the outbox does."""
    left = iter(texts)

    async def place() -> None:
        for text in left:
            await carrier.send(text)

    await asyncio.gather(*(place() for _ in range(PLACES)))
    await carrier.hang_up()


def main(stand_in_url: str, first: str, count: str) -> None:
    """One process, from ready to done."""
    numbers = range(int(first), int(first) + int(count))
    texts = [OutboundText(uuid4(), f"+4470000{number:06}", BODY, timedelta(hours=4)) for number in numbers]
    carrier = gateway(stand_in_url)
    ready_then_go()
    uvloop.run(send_all(carrier, texts))
    say({})


if __name__ == "__main__":
    main(*sys.argv[1:])
