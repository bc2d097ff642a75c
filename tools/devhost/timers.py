"""Runs timer triggers when they are due.

Times are UTC. The host stores each timer's last run and makes up for a missed one. devhost does
not: a timer waits for its next time.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from azure_functions_runtime.bindings.datumdef import Datum
from croniter import CroniterError, croniter

from devhost.app import TIMER, Function
from devhost.errors import CannotStart

_SETTING = re.compile("%([^%]+)%")
_INTERVAL = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})")
LONGEST_SLEEP = timedelta(minutes=1)
"""A machine that slept notices the time again after that."""

type Start = Callable[[Function, Datum], asyncio.Task[None]]
"""Starts a run, which goes on if the waiting task is cancelled."""


class Schedule(Protocol):
    """The times of a timer."""

    def after(self, moment: datetime) -> datetime:
        """Returns the first time after `moment`."""


@dataclass(frozen=True, slots=True)
class Cron:
    """An NCRONTAB expression: seconds first. Day of month and day of week must both fit."""

    expression: str

    def after(self, moment: datetime) -> datetime:
        """Returns the first time after `moment`."""
        times = croniter(
            self.expression, moment, ret_type=datetime, day_or=False, second_at_beginning=True
        )
        following: datetime = times.get_next()
        return following


@dataclass(frozen=True, slots=True)
class Every:
    """A fixed interval after the previous run."""

    interval: timedelta

    def after(self, moment: datetime) -> datetime:
        """Returns the first time after `moment`."""
        return moment + self.interval


def read_schedule(function: str, text: str, settings: Mapping[str, str]) -> Schedule:
    """Reads the schedule of a function: NCRONTAB with six fields, or five (minutes first), or an
    interval `[d.]hh:mm:ss`. `%NAME%` stands for the value of a setting.

    Raises:
        CannotStart: the text is none of these.
    """
    resolved = _SETTING.sub(lambda found: _setting(function, found[1], settings), text).strip()
    fields = resolved.split()
    if interval := _INTERVAL.fullmatch(resolved):
        days, hours, minutes, seconds = (int(part or 0) for part in interval.groups())
        if hours < 24 and minutes < 60 and seconds < 60 and (days or hours or minutes or seconds):
            return Every(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))
    with suppress(CroniterError, ValueError):
        if len(fields) in (5, 6):
            cron = Cron(" ".join(["0", *fields][-6:]))
            cron.after(datetime.now(UTC))
            return cron
    raise CannotStart(
        f"Function {function}: the schedule {resolved!r} is not valid. Use NCRONTAB with six or "
        "five fields, or hh:mm:ss."
    )


def timer_datum(schedule: Schedule, last: datetime | None, now: datetime) -> Datum:
    """Returns the input of a timer's function."""
    never = datetime.min.replace(tzinfo=UTC)
    times = {"Last": last or never, "Next": schedule.after(now), "LastUpdated": last or never}
    status = {name: moment.isoformat() for name, moment in times.items()}
    return Datum(
        json.dumps(
            {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": False}
        ),
        "json",
    )


class Timers:
    """The timers of an app, by name."""

    def __init__(
        self, functions: Iterable[Function], settings: Mapping[str, str], start: Start
    ) -> None:
        self._start = start
        self._timers = {
            function.name: (
                function,
                read_schedule(function.name, function.trigger["schedule"], settings),
            )
            for function in functions
            if function.kind == TIMER
        }

    async def run(self) -> None:
        """Runs every timer at its times, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for function, schedule in self._timers.values():
                group.create_task(self._run_forever(function, schedule))

    def by_hand(self, function: Function) -> Datum:
        """Returns the input of a function that is run by hand."""
        _, schedule = self._timers[function.name]
        return timer_datum(schedule, None, datetime.now(UTC))

    async def _run_forever(self, function: Function, schedule: Schedule) -> None:
        last = None
        due = (
            datetime.now(UTC)
            if function.trigger.get("runOnStartup")
            else schedule.after(datetime.now(UTC))
        )
        while True:
            await _sleep_until(due)
            await asyncio.shield(self._start(function, timer_datum(schedule, last, due)))
            last = due
            due = schedule.after(datetime.now(UTC))


async def _sleep_until(moment: datetime) -> None:
    wait = moment - datetime.now(UTC)
    while wait > timedelta(0):
        await asyncio.sleep(min(wait, LONGEST_SLEEP).total_seconds())
        wait = moment - datetime.now(UTC)


def _setting(function: str, name: str, settings: Mapping[str, str]) -> str:
    if name not in settings:
        raise CannotStart(f"Function {function}: its schedule is the setting {name}. Set it.")
    return settings[name]
