"""The app under mixed load for minutes: its memory does not grow, and nothing is left open."""

import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil
from azure.data.tables import TableClient

from faults.caller import Counted
from faults.load import ROOMS, Client, remove_rows
from faults.result import Result, Tell
from testkit.raw import Raw
from testkit.running import RunningApp, running_app, storage_settings
from testkit.storage_proxy import Fault, StorageProxy
from testkit.stored_table import StoredTable
from testkit.whole import stored_rooms

TABLE = "soak"
APP = Path(__file__).parent / "watched"
CLIENTS = 6
RATE = 24
"""Requests a second, of all clients."""

GROWTH = 0.10
"""How much more memory the app may have in the last tenth of the time than in the second."""

FAULTS = Fault.REFUSED, Fault.CUT_BEFORE, Fault.CUT_AFTER
FAULTY = 0.05
"""Of the requests to the storage, while there are faults."""
FAULTY_FROM, FAULTY_UNTIL = 0.5, 0.6
"""Of the time."""

_SETTLE_SECONDS = 60
_SWEEP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Sample:
    """The app's memory, so many seconds after the load began: resident, and what is its alone. In
    MiB."""

    second: float
    resident: float
    own: float


@dataclass(frozen=True, slots=True)
class Open:
    """What an app has open: asyncio tasks by what they run, threads, and files and connections but
    for those to the storage."""

    tasks: Mapping[str, int]
    threads: int
    files: int
    to_storage: int


def soak(
    storages: Sequence[str],
    folder: Path,
    tell: Tell,
    seconds: float = 600,
    pool_seconds: float = 60,
    first_rooms: int = ROOMS,
    seed: int = 1,
) -> tuple[Result, list[Sample]]:
    """Asks for everything, RATE times a second, for so long; the result, and the app's memory every
    second.

    Args:
        storages: the connection strings of its storage accounts.
        folder: for the log of the app.
        first_rooms: that have events before the load begins: ROOMS of them fill what the app
            remembers of events.
        pool_seconds: in what time the storage's idle connections have to be closed; 0 does not look
            at them.
    """
    counted, random = Counted(), Random(seed)
    with (
        StorageProxy(storages[0], storages[1:]) as proxy,
        running_app(
            folder / TABLE,
            {**storage_settings(proxy.connection_strings), "ROOMS_TABLE": TABLE},
            function_app=APP,
        ) as app,
    ):
        raw = Raw(app.http, app.manage_key)
        process = psutil.Process(app.process.pid)
        clients = [
            Client(raw, counted, Random(f"{seed}/{number}"), RATE / CLIENTS)
            for number in range(CLIENTS)
        ]
        clients[0].warm_up(first_rooms)
        idle = _settled(app, process, proxy, None)
        tell("begins")
        stored = StoredTable(storages, TABLE)
        samples = _load(clients, counted, proxy, process, stored, seconds, random, tell)
        tell("the load has ended")
        left = _settled(app, process, proxy, idle)
        pooled = (
            _without_pool(app, process, proxy, pool_seconds) if pool_seconds else left.to_storage
        )
        _remove_gone(stored, counted)
        problems = [*counted.wrong[:20], *grown(samples), *left_open(idle, left)]
        try:
            stored_rooms(stored.rows())
        except AssertionError as error:
            problems.append(f"the rows do not agree: {error}")
    if pool_seconds and pooled:
        problems.append(
            f"{pooled} connections to the storage are open after {pool_seconds:g} s without "
            "requests"
        )
    return Result(
        _HOLDS, _figures(counted, samples, seconds, idle, left, pooled), problems
    ), samples


_HOLDS = (
    f"Under mixed load the app's memory in the end is within {GROWTH:.0%} of what it was "
    "after the first tenth of the time; when "
    "the load ends, no task, thread, file or connection is left."
)


def _load(
    clients: Sequence[Client],
    counted: Counted,
    proxy: StorageProxy,
    process: psutil.Process,
    stored: StoredTable,
    seconds: float,
    random: Random,
    tell: Tell,
) -> list[Sample]:
    stopped, began, samples = threading.Event(), time.monotonic(), list[Sample]()
    faulty = range(round(seconds * FAULTY_FROM), round(seconds * FAULTY_UNTIL))

    def choose(_number: int, _what: str) -> Fault | None:
        now_faulty = int(time.monotonic() - began) in faulty
        return random.choice(FAULTS) if now_faulty and random.random() < FAULTY else None

    proxy.forget()
    proxy.choose = choose
    with ThreadPoolExecutor(len(clients) + 1) as pool:
        working = [pool.submit(client.run, stopped) for client in clients]
        working.append(pool.submit(_sweep, stored, counted, stopped))
        try:
            while (second := time.monotonic() - began) < seconds and not any(
                each.done() for each in working
            ):
                memory = process.memory_full_info()
                samples.append(Sample(second, memory.rss / 2**20, memory.uss / 2**20))
                tell(
                    f"{second:.0f} of {seconds:.0f} s, {counted.statuses.total():,} "
                    f"requests, {samples[-1].resident:.0f} MiB"
                )
                proxy.seen.clear()
                time.sleep(min(1.0, seconds / 50))
        finally:
            stopped.set()
        for each in working:
            each.result()
    proxy.forget()
    return samples


def _sweep(stored: StoredTable, counted: Counted, stopped: threading.Event) -> None:
    while not stopped.wait(_SWEEP_SECONDS):
        _remove_gone(stored, counted)


def _remove_gone(stored: StoredTable, counted: Counted) -> None:
    with counted.lock:
        gone = set(counted.gone)
        counted.gone.clear()
    for storage in stored.storages:
        with TableClient.from_connection_string(storage, stored.name) as client:
            remove_rows(client, gone)


def _open(app: RunningApp, process: psutil.Process, proxy: StorageProxy) -> Open:
    tasks: dict[str, int] = json.loads(app.devhost.get("/faults/tasks").body)
    connections = [
        each
        for each in process.net_connections("tcp")
        if each.raddr and each.raddr.port in proxy.ports
    ]
    return Open(
        tasks, process.num_threads(), process.num_fds() - len(connections), len(connections)
    )


def _settled(
    app: RunningApp, process: psutil.Process, proxy: StorageProxy, idle: Open | None
) -> Open:
    """What is open when nothing is asked: as when it was `idle`, or after a while, or when two
    looks are the same."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    before = None
    while time.monotonic() < deadline:
        time.sleep(0.3)
        seen = _open(app, process, proxy)
        if (before == seen) if idle is None else not list(left_open(idle, seen)):
            break
        before = seen
    return seen


def _without_pool(
    app: RunningApp, process: psutil.Process, proxy: StorageProxy, seconds: float
) -> int:
    """Connections to the storage that are open after so many seconds. The app keeps some for the
    next requests, for 15 s."""
    deadline = time.monotonic() + seconds
    while (left := _open(app, process, proxy).to_storage) and time.monotonic() < deadline:
        time.sleep(1)
    return left


def _medians(samples: Sequence[Sample]) -> tuple[Sample, Sample]:
    """Returns the medians of the second tenth of the samples, and of the last tenth."""

    def median(some: Sequence[Sample]) -> Sample:
        return Sample(
            some[0].second,
            statistics.median(each.resident for each in some),
            statistics.median(each.own for each in some),
        )

    tenth = len(samples) // 10
    return median(samples[tenth : 2 * tenth + 1]), median(samples[-tenth - 1 :])


def grown(samples: Sequence[Sample]) -> Iterator[str]:
    """Yields what memory has grown too much."""
    early, late = _medians(samples)
    for what, one, other in (
        ("resident", early.resident, late.resident),
        ("its own", early.own, late.own),
    ):
        if other > one * (1 + GROWTH):
            yield f"memory ({what}) has grown from {one:.0f} to {other:.0f} MiB"


def left_open(idle: Open, left: Open) -> Iterator[str]:
    """What was not open when the app was idle."""
    if more := Counter(left.tasks) - Counter(idle.tasks):
        yield f"tasks are left: {dict(more)}"
    if left.threads > idle.threads:
        yield f"there are {left.threads} threads, and there were {idle.threads}"
    if left.files > idle.files:
        yield f"{left.files} files and connections are open, and there were {idle.files}"


def _figures(
    counted: Counted, samples: Sequence[Sample], seconds: float, idle: Open, left: Open, pooled: int
) -> Mapping[str, str]:
    early, late = _medians(samples)
    statuses = ", ".join(
        f"{count:,} x {status}" for status, count in sorted(counted.statuses.items())
    )
    return {
        "time": (
            f"{seconds:,.0f} s, with {FAULTY:.0%} of the storage's requests refused or "
            "cut for a tenth of it"
        ),
        "requests": (
            f"{counted.statuses.total():,} ({counted.statuses.total() / seconds:.0f} "
            f"a second): {statuses}"
        ),
        "sent again": f"{counted.sent_again:,} times",
        "rooms made": f"{counted.rooms:,}",
        "memory after the first tenth": (
            f"{early.resident:.0f} MiB, of which {early.own:.0f} its own"
        ),
        "memory in the end": f"{late.resident:.0f} MiB, of which {late.own:.0f} its own",
        "difference": f"{late.resident / early.resident - 1:+.1%}, {late.own / early.own - 1:+.1%}",
        "highest": f"{max(sample.resident for sample in samples):.0f} MiB",
        "asyncio tasks, idle before and after": (
            f"{sum(idle.tasks.values())}, {sum(left.tasks.values())}"
        ),
        "threads": f"{idle.threads}, {left.threads}",
        "files and connections": f"{idle.files}, {left.files}",
        "connections kept to the storage": f"{left.to_storage} when the load ended, {pooled} later",
    }
