"""The service in this process, which can be killed at each of its requests to the storage and to
ACS, and started again over the same table."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport
from azure.data.tables.aio import TableClient

from rooms.acs.answer import AcsAnswer
from rooms.acs.resource import Resource
from rooms.app import App
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import Ticks, now
from rooms.settings.acs import AcsResource
from rooms.storage.guard import Guard
from rooms.storage.table import Table
from testkit.functions import ask
from testkit.raw_http import Answer


class Killed(BaseException):
    """The process is dead. Nothing in it may go on after that: `except Exception` lets it pass."""


@dataclass
class Life:
    """The requests of a process, at one of which it may die."""

    seen: list[str] = field(default_factory=list)
    """What was to be asked, by method and of whom."""
    spans: list[tuple[str, float, float]] = field(default_factory=list)
    """What was carried out: also from when to when, in seconds."""
    dead: bool = False
    _dies: tuple[int, bool] | None = None
    _under_way: int = 0

    def dies_at(self, number: int, *, behind: bool) -> None:
        """Lets the process die at a request, counted from 0: when it is carried out (`behind`), or
        before it is sent."""
        self._dies = number, behind

    async def request[T](self, what: str, send: Callable[[], Awaitable[T]]) -> T:
        """Sends a request. Raises Killed if the process is dead, or dies."""
        number = len(self.seen)
        self.seen.append(what)
        if self._dies == (number, False):
            self.dead = True
        if self.dead:
            raise Killed
        self._under_way += 1
        began = time.monotonic()
        try:
            answer = await send()
        finally:
            self._under_way -= 1
            self.spans.append((what, began, time.monotonic()))
        if self._dies == (number, True):
            self.dead = True
        if self.dead:
            raise Killed
        return answer

    def one_after_another(self, whom: str) -> int:
        """Returns how many requests to `whom` (storage or ACS) waited for one another: those that
        are under way at the same time count once."""
        count, ended = 0, 0.0
        for what, began, end in sorted(self.spans, key=itemgetter(2)):
            if what.endswith(whom) and began >= ended:
                count, ended = count + 1, end
        return count

    def forget(self) -> None:
        """Forgets the requests so far."""
        self.seen.clear()
        self.spans.clear()

    async def ended(self) -> None:
        """Waits until no request is under way."""
        while self._under_way:  # noqa: ASYNC110 - requests belong to tasks that nobody knows
            await asyncio.sleep(0.001)


def _transport(life: Life) -> Any:
    """Returns what sends requests to the storage, while the process lives."""
    transport = AioHttpTransport()
    send = transport.send

    async def guarded(request: Any, **options: Any) -> Any:
        return await life.request(f"{request.method} storage", lambda: send(request, **options))

    transport.send = guarded
    return transport


def mortal_client(storage: str, table: str, life: Life) -> TableClient:
    """Returns a client of a table, which sends requests while the process lives.

    Args:
        storage: a connection string.
    """
    return TableClient.from_connection_string(
        storage, table, transport=_transport(life), retry_total=0, use_env_settings=False
    )


class _Resource(Resource):
    """Sends requests to ACS, while the process lives."""

    def __init__(self, acs: AcsResource, app: App, life: Life) -> None:
        super().__init__(acs, app.limits)
        self._life = life

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> AcsAnswer:
        async def sent() -> AcsAnswer:
            return await super(_Resource, self).send(method, target, headers, body)

        return await self._life.request(f"{method} ACS", sent)


@dataclass(frozen=True, slots=True)
class MortalApp:
    """A process of the service."""

    app: App
    key: str
    life: Life

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Returns the answer to a request. Raises Killed if the process dies over it."""
        try:
            return await ask(self.app, self.key, method, path, body, headers)
        except BaseExceptionGroup as group:
            if group.subgroup(Killed) is None:
                raise
            raise Killed from group
        finally:
            if self.life.dead:
                await self.life.ended()


@asynccontextmanager
async def mortal_app(
    storage: str,
    settings: Mapping[str, str],
    key: str,
    clock: Callable[[], Ticks] = now,
    limits: Limits = LIMITS,
) -> AsyncIterator[MortalApp]:
    """Starts a process.

    Args:
        storage: a connection string.
        settings: with ROOMS_TABLE. They may name further storage accounts.
        key: the one that may manage rooms. Its holder is `app`.
    """
    life = Life()
    app = App({"ROOMS_STORAGE": storage, "ROOMS_MANAGE_KEY__app": key, **settings}, clock, limits)
    first, *further = clients = [
        mortal_client(account.connection_string or "", app.settings.table, life)
        for account in app.settings.storages
    ]
    guarded = [(client, Guard()) for client in further]
    app.table = Table(first, further=guarded, spread_seconds=limits.spread_seconds)
    if app.settings.acs is not None:
        app.acs = _Resource(app.settings.acs, app, life)
    try:
        yield MortalApp(app, key, life)
    finally:
        if app.acs is not None:
            await app.acs.close()
        for client in clients:
            await client.close()
