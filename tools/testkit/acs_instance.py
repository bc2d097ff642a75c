"""A second instance of this service that stands where ACS does, behind a proxy that does to
requests what a network and a busy service can do."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from azure.data.tables.aio import TableClient

from devhost.table import prepare_table
from rooms.app import App
from rooms.domain.errors import RoomNotFound
from rooms.domain.limits import LIMITS
from rooms.domain.time import now
from rooms.storage.lists import Lists
from rooms.storage.table import Table
from testkit import acs_rules
from testkit.acs_double import Received
from testkit.acs_faults import UNANSWERED, AcsFault, fits
from testkit.acs_rules import LateRosters, RepeatedCreates
from testkit.functions import answer_of, ask
from testkit.loop_thread import LoopThread
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import new_key
from testkit.serving import application, received, response, serve


@dataclass
class AcsInstance:
    """The instance, with a table of its own; use it as a context manager.

    `endpoint` is behind the proxy. `direct` is past it: there nothing is counted, and nothing goes
    wrong.
    """

    storage: str
    """A connection string of Table Storage."""
    choose: Callable[[Received], AcsFault | None] = lambda _: None
    """Is asked for each request for a fault, if `next` has none for it."""
    delay: float = 0
    """Seconds that each request takes longer."""
    retry_after: int | None = 1
    """Seconds that THROTTLED answers ask for; None: they do not say."""
    expired_are_gone: bool = False
    """Whether rooms whose end is past are neither listed nor found."""
    repeated: RepeatedCreates = field(default_factory=RepeatedCreates)
    """How it takes creates that come again."""
    late_rosters: LateRosters = field(default_factory=LateRosters)
    """How late rosters are read."""
    received: list[Received] = field(default_factory=list)
    """All requests that came, also those that met a fault."""
    met: list[AcsFault] = field(default_factory=list)
    """The faults that there were."""
    key: str = field(default_factory=new_key)
    table: str = field(default_factory=lambda: f"t{uuid.uuid4().hex}")

    def __post_init__(self) -> None:
        self._next: list[tuple[AcsFault, str, str]] = []
        self._held: list[tuple[asyncio.Event, asyncio.Event]] = []
        """When each may go on, and when it has."""
        self._loop = LoopThread()

    @property
    def endpoint(self) -> str:
        """Returns the address behind the proxy, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def direct(self) -> str:
        """Returns the address past the proxy."""
        return f"http://127.0.0.1:{self._direct_port}"

    @property
    def connection_string(self) -> str:
        """Returns that of `endpoint`. A client that insists on https takes `endpoint` and `key`."""
        return f"endpoint={self.endpoint}/;accesskey={self.key}"

    @property
    def settings(self) -> dict[str, str]:
        """Returns the setting of an app whose ACS this is."""
        return {"ROOMS_ACS_CONNECTION_STRING": self.connection_string}

    @property
    def raw(self) -> Raw:
        """Returns a client that changes rooms here past the proxy."""
        return Raw(self.direct, self.key)

    def next(self, fault: AcsFault, method: str, path: str = "", times: int = 1) -> None:
        """Lets the next requests of that method, whose path ends with `path`, meet a fault."""
        self._next += [(fault, method, path)] * times

    def count(self, method: str, path: str = "") -> int:
        """Returns how many requests of that method came whose path ends with `path`."""
        return sum(fits(each, method, path) for each in self.received)

    def pages_of(self, rooms: int) -> None:
        """Sets how many rooms a page of the list has."""

        def renew() -> None:
            limits = replace(LIMITS, rooms_page=rooms)
            self.app.lists = Lists(self.app.table, self.app.history, limits)

        self._loop.call(renew)

    def release(self) -> None:
        """Carries out what is HELD, and waits until that is done."""
        held, self._held = self._held, []
        for ready, _ in held:
            self._loop.call(ready.set)
        for _, done in held:
            self._loop.run(done.wait())

    def forget(self) -> None:
        """Forgets faults and requests. Rooms stay."""
        self._next.clear()
        self.choose = lambda _: None
        self.release()
        self.delay, self.retry_after, self.expired_are_gone = 0, 1, False
        self.repeated, self.late_rosters = RepeatedCreates(), LateRosters()
        self.pages_of(LIMITS.rooms_page)
        self.received.clear()
        self.met.clear()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine that uses `app`, in the event loop of the instance."""
        return self._loop.run(work)

    def __enter__(self) -> Self:
        prepare_table(self.storage, self.table)
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
        self._client = TableClient.from_connection_string(
            self.storage, self.table, use_env_settings=False
        )
        self.app = App(
            {
                "ROOMS_STORAGE": self.storage,
                "ROOMS_TABLE": self.table,
                "ROOMS_MANAGE_KEY__app": self.key,
            }
        )
        self.app.table = Table(self._client)
        self._runner, self.port = await serve(application(self._behind_the_proxy))
        self._direct_runner, self._direct_port = await serve(application(self._past_the_proxy))

    async def _stop(self) -> None:
        self._stopped.set()
        for ready, _ in self._held:
            ready.set()
        await self._runner.cleanup()
        await self._direct_runner.cleanup()
        await self._client.close()

    async def _past_the_proxy(self, http: web.Request) -> web.StreamResponse:
        request = await received(http)
        return response(await self._carried_out(request, request.headers))

    async def _behind_the_proxy(self, http: web.Request) -> web.StreamResponse:
        request = await received(http)
        self.received.append(request)
        fault = self._fault_of(request)
        if fault is not None:
            self.met.append(fault)
        await asyncio.sleep(self.delay)
        answer = await self._answer(request, fault)
        if fault in UNANSWERED:
            if http.transport is not None:  # else the other side has cut it
                http.transport.abort()
            return web.Response()
        return response(answer)

    def _fault_of(self, request: Received) -> AcsFault | None:
        for each in self._next:
            fault, method, path = each
            if fits(request, method, path):
                self._next.remove(each)
                return fault
        return self.choose(request)

    async def _answer(self, request: Received, fault: AcsFault | None) -> Answer:
        """Returns the answer, if the fault lets it be seen; carries the request out, if the fault
        lets it arrive."""
        match fault:
            case AcsFault.THROTTLED:
                return self._throttled()
            case AcsFault.FAILS | AcsFault.CUT_BEFORE:
                return acs_rules.error(503, "ServiceUnavailable", "Try again later.")
            case AcsFault.HELD:
                ready, done = asyncio.Event(), asyncio.Event()
                self._held.append((ready, done))
                await ready.wait()
                try:
                    return await self._by_the_rules(request)
                finally:
                    done.set()
        answer = await self._by_the_rules(request)
        if fault is AcsFault.FAILS_AFTER:
            return acs_rules.error(500, "InternalServerError", "It failed.")
        if fault is AcsFault.LATE:
            await self._stopped.wait()
        return answer

    async def _by_the_rules(self, request: Received) -> Answer:
        """Carries a request out as ACS would."""
        refusal = self.repeated.refusal(request)
        if refusal is not None:
            return refusal
        room_id = acs_rules.room_of(request)
        if room_id is not None and self.expired_are_gone and await self._is_over(room_id):
            return acs_rules.error(404, "NotFound", "The room is gone.")
        answer = await self._carried_out(request, self.repeated.headers_of(request))
        if answer.status != 200:
            return answer
        if acs_rules.is_list(request) and self.expired_are_gone:
            return acs_rules.without_expired(answer)
        if acs_rules.is_about_roster(request, "GET"):
            told = self.late_rosters.told(room_id or "")
            return answer if told is None else replace(answer, body=told)
        return answer

    async def _carried_out(self, request: Received, headers: Mapping[str, str]) -> Answer:
        url = f"http://{request.headers['host']}{request.target}"
        changed = (
            acs_rules.room_of(request) if acs_rules.is_about_roster(request, "PATCH") else None
        )
        before = None
        if changed is not None and self.late_rosters.seconds:
            before = (await ask(self.app, self.key, "GET", f"/rooms/{changed}/participants")).body
        answer = await answer_of(self.app, request.method, url, headers, request.body)
        if changed is not None and before is not None and answer.status == 200:
            self.late_rosters.changed(changed, before)
        return answer

    async def _is_over(self, room_id: str) -> bool:
        try:
            return (await self.app.rooms.get(room_id)).valid_until < now()
        except RoomNotFound:
            return False

    def _throttled(self) -> Answer:
        answer = acs_rules.error(429, "TooManyRequests", "Too many requests.")
        if self.retry_after is None:
            return answer
        return replace(answer, headers={**answer.headers, "retry-after": str(self.retry_after)})
