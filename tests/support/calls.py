"""How does a test that is no coroutine hand a text to a gateway?"""

import asyncio

from nudges.providers.gateway import Gateway, OutboundText, Report


def send(gateway: Gateway, text: OutboundText) -> Report:
    """One call, on an event loop of its own that leaves nothing open."""

    async def once() -> Report:
        try:
            return await gateway.send(text)
        finally:
            await gateway.hang_up()

    return asyncio.run(once())
