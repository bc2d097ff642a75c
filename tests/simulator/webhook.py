"""Runs a webhook that keeps the events that it accepts, and fails on demand."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(slots=True)
class Webhook:
    """A webhook. `answer` maps the number of a delivery to the status of its answer, or to None to
    close the connection."""

    answer: Callable[[int], int | None] = lambda number: 202
    url: str = ""
    deliveries: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    headers: list[dict[str, str]] = field(default_factory=list)
    taken: list[list[dict[str, Any]]] = field(default_factory=list)
    """The events of each delivery with a 2xx answer."""

    async def receive(self, request: web.Request) -> web.Response:
        """Answers one delivery."""
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            body = json.loads(await request.text())
            status = self.answer(self.deliveries)
            self.deliveries += 1
            if status is None:
                assert request.transport
                request.transport.abort()
                return web.Response()
            if 200 <= status < 300:
                self.headers.append(dict(request.headers))
                self.taken.append(body if isinstance(body, list) else [body])
            return web.Response(status=status, text=f"answer {status}")
        finally:
            self.in_flight -= 1


@asynccontextmanager
async def listening(webhook: Webhook) -> AsyncIterator[Webhook]:
    """Yields the webhook, listening at its URL."""
    app = web.Application()
    app.router.add_post("/webhook", webhook.receive)
    async with TestServer(app) as server:
        webhook.url = str(server.make_url("/webhook"))
        yield webhook
