"""Stands between the app and Table Storage: counts the requests, and does to them what a network
can do."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import Enum, auto
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, TCPConnector, web
from yarl import URL

from testkit.loop_thread import LoopThread
from testkit.serving import serve

LATE_SECONDS = 1.0
"""How long a late request waits for the next one, at most."""


class Fault(Enum):
    """What becomes of a request."""

    REFUSED = auto()
    """Answered with 503, not carried out."""
    THROTTLED = auto()
    """Answered as by a storage that has too much to do: 503 ServerBusy with Retry-After; not
    carried out."""
    CUT_BEFORE = auto()
    """The connection is cut before the request arrives."""
    CUT_AFTER = auto()
    """Carried out, and the connection is cut before the answer."""
    TWICE = auto()
    """Carried out twice, and the second answer is given."""
    DELAYED = auto()
    """Carried out, and answered only when the proxy stops."""
    LATE = auto()
    """Carried out only when nobody waits for the answer any longer, and the next request has come.
    """


SETTLED = [fault for fault in Fault if fault is not Fault.THROTTLED]
"""Faults after which one request of the app still ends in success. A storage that has too much to
do is left alone: the app passes on when to try again."""


@dataclass
class StorageProxy:
    """A proxy before the storage at `target`, a connection string, and before `further` accounts;
    use it as a context manager.

    `choose` is asked for each request, by its number from 0 since `forget` and its method and path,
    for a fault. With `together` set, requests are held until that many are under way.
    """

    target: str
    further: Sequence[str] = ()
    choose: Callable[[int, str], Fault | None] = lambda _number, _what: None
    together: int = 0
    seen: list[str] = field(default_factory=list)
    retry_after: int = 1
    """Seconds that THROTTLED answers ask for."""
    clock_ahead: float = 0
    """Seconds that the clock of the storage seems to be ahead, by the Date of its answers."""
    late: int = 0
    """Requests that are still to be carried out, as they are LATE."""

    @property
    def targets(self) -> list[str]:
        """Returns the connection strings of all accounts, past the proxy."""
        return [self.target, *self.further]

    @property
    def port(self) -> int:
        """Returns the port before the first account."""
        return self.ports[0]

    @property
    def connection_string(self) -> str:
        """Returns the connection string of the proxy before the first account, for the app."""
        return self.connection_strings[0]

    @property
    def connection_strings(self) -> list[str]:
        """Returns those before all accounts."""
        return [
            target.replace(_origin_in(target), f"http://127.0.0.1:{port}")
            for target, port in zip(self.targets, self.ports, strict=True)
        ]

    def forget(self) -> None:
        """Counts from 0 again, without faults."""
        self.seen.clear()
        self.choose = lambda _number, _what: None
        self.together = 0
        self.retry_after = 1
        self.clock_ahead = 0

    def __enter__(self) -> Self:
        self._loop = LoopThread()
        self._loop.run(self._start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.run(self._stop())
        self._loop.close()

    async def _start(self) -> None:
        self._stopped = asyncio.Event()
        self._all_here = asyncio.Condition()
        self._held = 0
        self._session = ClientSession(
            connector=TCPConnector(limit=0, keepalive_timeout=2), auto_decompress=False
        )
        self._runners, self.ports = [], []
        for target in self.targets:
            app = web.Application(client_max_size=0)
            app.router.add_route("*", "/{path:.*}", partial(self._pass, _origin_in(target)))
            runner, port = await serve(app)
            self._runners.append(runner)
            self.ports.append(port)

    async def _stop(self) -> None:
        self._stopped.set()
        for runner in self._runners:
            await runner.cleanup()
        await self._session.close()

    async def _pass(self, upstream: str, request: web.Request) -> web.StreamResponse:
        what = f"{request.method} {request.path}"
        fault = self.choose(len(self.seen), what)
        self.seen.append(what)
        body = await request.read()
        await self._wait_for_the_others()
        if fault is Fault.REFUSED:
            return web.Response(status=503)
        if fault is Fault.THROTTLED:
            return self._busy()
        if fault is Fault.CUT_BEFORE:
            return _cut(request)
        if fault is Fault.LATE:
            await self._until_too_late(request)
        url = URL(upstream + request.raw_path, encoded=True)
        for _ in range(2 if fault is Fault.TWICE else 1):
            async with self._session.request(
                request.method, url, headers=request.headers, data=body or None
            ) as answer:
                content = await answer.read()
        if fault is Fault.DELAYED:
            await self._stopped.wait()
        if fault is Fault.LATE:
            self.late -= 1
        if fault in (Fault.CUT_AFTER, Fault.DELAYED, Fault.LATE):
            return _cut(request)
        headers = [
            (k, v)
            for k, v in answer.headers.items()
            if k.lower() not in ("transfer-encoding", "content-length", "date")
        ]
        headers.append(("Date", formatdate(time.time() + self.clock_ahead, usegmt=True)))
        return web.Response(status=answer.status, body=content, headers=headers)

    def _busy(self) -> web.Response:
        error = {"code": "ServerBusy", "message": {"lang": "en-US", "value": "The server is busy."}}
        headers = {"Retry-After": str(self.retry_after), "x-ms-error-code": "ServerBusy"}
        return web.json_response({"odata.error": error}, status=503, headers=headers)

    async def _until_too_late(self, request: web.Request) -> None:
        self.late += 1
        await _until(lambda: request.transport is None or self._stopped.is_set())
        seen = len(self.seen)
        with suppress(TimeoutError):
            async with asyncio.timeout(LATE_SECONDS):
                await _until(lambda: len(self.seen) > seen)

    async def _wait_for_the_others(self) -> None:
        if self.together:
            async with self._all_here:
                self._held += 1
                self._all_here.notify_all()
                await self._all_here.wait_for(lambda: self._held >= self.together)


def _origin_in(connection_string: str) -> str:
    """Returns where the table service is."""
    named = dict(part.partition("=")[::2] for part in connection_string.split(";"))
    return str(URL(named["TableEndpoint"]).origin())


async def _until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - aiohttp tells nobody that a connection is gone
        await asyncio.sleep(0.01)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:  # else the other side has cut it
        request.transport.abort()
    return web.Response()
