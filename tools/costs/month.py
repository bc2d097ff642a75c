"""Computes what a month costs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from costs import prices
from costs.room import RoomUse

BUSY_SECONDS = 22 * 8 * 3600
"""Of a month, in which its rooms are used, evenly."""

PEAK_SHARE = 1 / 200
"""Of the rooms of a month, which begin at the same half hour."""
PEAK_SECONDS = 180
"""In which everybody of these comes."""

SHORTEST_SECONDS = 1
"""That an instance is billed for, however short it is active."""

INSTANCE_GB = 2
INSTANCE_CORES = 1
UTILISATION = 0.5
"""Of the cores, before the platform adds an instance."""

TIMERS = 3 * 6 * 24 * 30
"""Runs of upkeep, erasures and export: three each ten minutes."""

RETENTION_MONTHS = 400 / 30

LOG_BYTES = 1_000
"""Of an item, with its properties: the request of each execution, and each line of the app."""

FREQUENT_ALERTS = 4
RARE_ALERTS = 5
"""On logs, each 5 minutes, and each 15 minutes or less often: infra/monitoring."""
GB = 1e9


@dataclass(frozen=True, slots=True)
class Line:
    """What one thing costs."""

    what: str
    amount: float
    unit: str
    usd: float


@dataclass(frozen=True, slots=True)
class Month:
    """The costs of a month, after rooms have been kept for the whole retention."""

    rooms: int
    lines: tuple[Line, ...]
    alone_usd: float
    """More, if each execution had an instance for itself."""

    @property
    def usd(self) -> float:
        """Returns the sum."""
        return sum(line.usd for line in self.lines)


def month(use: RoomUse, rooms: int) -> Month:
    """Returns what a month with so many rooms costs."""
    executions = rooms * use.executions
    together = sum(_active_seconds(use, rooms, each) for each in _groups(use))
    alone = executions * SHORTEST_SECONDS
    timers = TIMERS * SHORTEST_SECONDS
    gb_seconds = (together + timers) * INSTANCE_GB
    operations = 2 * rooms * use.events
    requests = rooms * use.storage_requests
    stored = rooms * use.stored_bytes * RETENTION_MONTHS / GB
    logs = (executions + rooms * use.log_lines) * LOG_BYTES / GB
    alerts = prices.FREQUENT_ALERTS.of(FREQUENT_ALERTS) + prices.RARE_ALERTS.of(RARE_ALERTS)
    lines = (
        Line(
            "Functions, executions",
            executions + TIMERS,
            "",
            prices.EXECUTIONS.of(executions + TIMERS),
        ),
        Line("Functions, time of instances", gb_seconds, "GB-s", prices.MEMORY.of(gb_seconds)),
        Line("Event Grid", operations, "", prices.EVENTS.of(operations)),
        Line("Table Storage, requests", requests, "", prices.REQUESTS.of(requests)),
        Line("Table Storage, stored", stored, "GB", prices.STORED.of(stored)),
        Line("Log Analytics", logs, "GB", prices.LOGS.of(logs)),
        Line("Alerts", FREQUENT_ALERTS + RARE_ALERTS, "", alerts),
    )
    most = prices.MEMORY.of((alone + timers) * INSTANCE_GB)
    return Month(rooms, lines, most - prices.MEMORY.of(gb_seconds))


@dataclass(frozen=True, slots=True)
class Peak:
    """What comes in a second when most rooms begin."""

    admissions: float
    events: float
    rows: float
    """That are written: half of those that a room ever has."""


def peak(use: RoomUse, rooms: int) -> Peak:
    """Returns the busiest second of a month with so many rooms. Half of the events are of those who
    leave, and come later."""
    begin = rooms * PEAK_SHARE / PEAK_SECONDS
    return Peak(
        begin * use.kind("admission").executions, begin * use.events / 2, begin * use.rows / 2
    )


def _groups(use: RoomUse) -> Iterator[float]:
    """Yields the executions of a room in each scale group: HTTP, and the function of events."""
    yield use.executions - use.events
    yield use.events


def _active_seconds(use: RoomUse, rooms: int, executions: float) -> float:
    """Returns how long the instances of a scale group are active in a month: the shortest time for
    each execution, but not longer than as many instances as the work needs, all the busy time."""
    a_second = rooms * executions / BUSY_SECONDS
    cores = a_second * use.processor_seconds / use.executions
    instances = math.ceil(cores / INSTANCE_CORES / UTILISATION)
    return min(rooms * executions * SHORTEST_SECONDS, instances * BUSY_SECONDS)
