"""How does Twilio's client reach the network? Over our own transports, by its documented `http_client` parameter: the
stock one has no time-out, logs every address with its query, and keeps the last request in memory."""

import asyncio
from typing import Any

from twilio.http import HttpClient
from twilio.http.response import Response

from nudges.providers.lean_transport import LeanTransport
from nudges.providers.transport import Transport


class BlockingClient(HttpClient):  # type: ignore[misc]  # twilio is not typed
    """Twilio's HttpClient over our transport; time-outs and redirects are the transport's affair alone."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        answer = self._transport.call(method, uri, query=params, form=data, headers=headers, auth=auth)
        return Response(answer.status, answer.text, answer.headers)


class LeanClient(HttpClient):  # type: ignore[misc]
    """Twilio's asynchronous HttpClient over the lean transport, for the one call that is made for every text."""

    is_async = True

    def __init__(self, transport: LeanTransport) -> None:
        self._transport = transport

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        if method != "POST" or params:
            raise NotImplementedError("Only texts are posted this way.")
        answer = await self._transport.post(uri, data or {}, headers or {}, auth)
        return Response(answer.status, answer.text, answer.headers)


class ThreadedClient(LeanClient):
    """The same over the ordinary transport, where a proxy stands between us and Twilio."""

    def __init__(self, transport: Transport) -> None:
        self._blocking = BlockingClient(transport)

    async def request(self, *args: Any, **named: Any) -> Response:
        return await asyncio.to_thread(self._blocking.request, *args, **named)
