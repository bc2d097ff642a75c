"""Plays meetings at the app, and counts what each kind of request asks of the storage."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, median

import aiohttp
import psutil
from azure.data.tables import TableClient

from costs.entities import size
from costs.room import Kind, RoomUse
from devhost.table import prepare_table
from simulator.app import Address, App, connected
from simulator.delivery import Manner, deliver
from simulator.events import events
from simulator.faults import Faults
from simulator.meeting import Meeting
from simulator.play import Performance, elements
from simulator.script import LONGEST, write
from testkit.running import RunningApp, running_app, shared_storage
from testkit.storage_proxy import StorageProxy

PRESENCE_READS = 5
"""How often a page asks who is in a room, in its life."""

TABLE = "costs"


@dataclass
class _Counts:
    """Executions and requests to the storage, by kind."""

    proxy: StorageProxy
    found: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """Of each meeting."""

    @asynccontextmanager
    async def counted(self, name: str, executions: int) -> AsyncIterator[None]:
        """Counts what is done meanwhile as so many executions of that kind."""
        before = len(self.proxy.seen)
        yield
        self.found.setdefault(name, []).append((executions, len(self.proxy.seen) - before))

    def kinds(self) -> tuple[Kind, ...]:
        """Returns the kinds, with the average of executions, and requests of each execution as in
        the median meeting: in some the timers have requests of their own."""
        return tuple(
            Kind(
                name,
                executions := mean(each for each, _ in of),
                executions * median(requests / each for each, requests in of if each),
            )
            for name, of in self.found.items()
        )


def measure(people: int, meetings: int, tell: Callable[[str], None]) -> RoomUse:
    """Returns what the average room of so many people uses."""
    with (
        tempfile.TemporaryDirectory(prefix="costs") as folder,
        StorageProxy(shared_storage()) as proxy,
    ):
        prepare_table(proxy.connection_string, TABLE)
        settings = {"ROOMS_STORAGE": proxy.connection_string, "ROOMS_TABLE": TABLE}
        with running_app(Path(folder), settings) as app:
            process = psutil.Process(app.process.pid)
            used, logged = _processor_seconds(process), _log_lines(app)
            counts = _Counts(proxy)
            asyncio.run(_play_all(app, counts, people, meetings, tell))
            used = _processor_seconds(process) - used
            logged = _log_lines(app) - logged
        with TableClient.from_connection_string(shared_storage(), TABLE) as table:
            sizes = [size(entity) for entity in table.list_entities()]
    return RoomUse(
        people,
        meetings,
        counts.kinds(),
        len(sizes) / meetings,
        sum(sizes) / meetings,
        used / meetings,
        logged / meetings,
    )


async def _play_all(
    app: RunningApp, counts: _Counts, people: int, meetings: int, tell: Callable[[str], None]
) -> None:
    async with connected(Address.of(app.http, app.manage_key)) as at:
        for seed in range(meetings):
            start = datetime.now(UTC).replace(microsecond=0) - LONGEST - timedelta(minutes=5)
            await _play(at, counts, write(seed, people, start), seed)
            tell(f"{seed + 1} of {meetings} meetings")


async def _play(at: App, counts: _Counts, meeting: Meeting, seed: int) -> None:
    """Plays the life of a room: it is made, people ask to come in, events tell of its calls, and
    somebody asks who is there and who came."""
    sent = events(meeting, seed)
    performance = Performance(seed, Faults(), Manner(batch=1))
    async with counts.counted("create, with details", 2):
        room = await at.make_room(meeting)
    legs = [leg for call in meeting.calls for leg in call.legs]
    async with counts.counted("admission", len(legs)):
        for leg in legs:
            await _ask_to_come_in(at, room, leg.person.raw_id)
    async with counts.counted("event", len(sent)):
        await deliver(elements(sent, room, performance), at.address.webhook, manner=Manner(batch=1))
    async with counts.counted("change of a role", len(meeting.role_changes)):
        for change in meeting.role_changes:
            await at.change_role(room, change)
    async with counts.counted("presence", PRESENCE_READS):
        for _ in range(PRESENCE_READS):
            await at.get(f"/rooms/{room}/presence")
    async with counts.counted("attendance", 1):
        await at.get(f"/rooms/{room}/attendance")


async def _ask_to_come_in(at: App, room: str, raw_id: str) -> None:
    """Asks for admission. Who is not invited is refused, which is an execution, too."""
    async with at.session.post(
        f"{at.address.endpoint}/rooms/{room}/admission",
        json={"rawId": raw_id},
        headers={"x-api-key": at.address.key},
    ) as answer:
        if answer.status not in (200, 403):
            raise aiohttp.ClientError(f"{answer.status} {await answer.text()}")


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _log_lines(app: RunningApp) -> int:
    """Returns how many lines the app has logged, without those of devhost, which stand for the
    host's."""
    return len(re.findall(r"^[\d-]+ [\d:,]+ rooms\.", app.log(), re.MULTILINE))
