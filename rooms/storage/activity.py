"""When calls had events: the rows by which calls are found."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rooms.domain.limits import Limits
from rooms.domain.time import HOUR, Ticks
from rooms.domain.told import SILENCE_TIMEOUT
from rooms.storage import keys
from rooms.storage.all_partitions import first_of_all
from rooms.storage.table import MAX_PAGE, Table


@dataclass(slots=True)
class Activity:
    """The hours of a call, by their beginnings, newest first: those in which it had events, and the
    one in which it began, if its length tells that.

    `ended`: one of the events was a CallEnded.
    """

    call: str
    hours: list[Ticks] = field(default_factory=list)
    ended: bool = False

    def may_overlap(self, start: Ticks, end: Ticks, now: Ticks) -> bool:
        """Returns whether the call may have gone on between these times.

        The two times may be the same.
        """
        first_hour, last_hour = start - start % HOUR, end - end % HOUR
        newest, oldest = self.hours[0], self.hours[-1]
        if oldest > last_hour:
            return False
        return newest >= first_hour or (not self.ended and newest > now - SILENCE_TIMEOUT - HOUR)


@dataclass(frozen=True, slots=True)
class Activities:
    """The calls of a room that had events in the hours of `start` to `end`, most recent first.

    `is_whole`: nothing before `start` was left out for its number.
    """

    start: Ticks
    end: Ticks
    calls: Sequence[Activity]
    is_whole: bool = True

    def cover(self, start: Ticks, end: Ticks) -> bool:
        """Returns whether they include all hours between these times."""
        return self.start <= start and end <= self.end


async def read_activities(
    table: Table, room_id: str, start: Ticks, end: Ticks, limits: Limits
) -> Activities:
    """Reads which calls of a room had events in the hours of `start` to `end`; the most recent
    hours, if there are more than `limits` allows. One request for a thousand."""
    first, last = keys.activity_range(room_id, start, end)
    rows = await table.first(
        await table.partition_of(room_id),
        first,
        last,
        limits.activity_rows + 1,
        ["RowKey", "call", "ended"],
    )
    is_whole = len(rows) <= limits.activity_rows
    if not is_whole:
        start = keys.activity_of(rows.pop()["RowKey"])[0] + HOUR  # this hour may go on
    calls: dict[str, Activity] = {}
    for row in rows:
        hour, _ = keys.activity_of(row["RowKey"])
        activity = calls.setdefault(row["call"], Activity(row["call"]))
        activity.hours.append(hour)
        if row.get("ended"):
            activity.ended = True
    return Activities(start, end, list(calls.values()), is_whole)


async def rooms_with_activity(table: Table, start: Ticks, end: Ticks) -> dict[str, bool]:
    """Returns the rooms whose calls had events in the hours of `start` to `end`, and whether one of
    these calls has not ended, the most recent first. Ten requests for a thousand rows of each
    partition."""
    place, behind = keys.all_activity_range(start, end)
    ended: dict[str, dict[str, bool]] = {}
    while True:
        rows, more = await first_of_all(table, place, behind, MAX_PAGE, ["RowKey", "call", "ended"])
        for row in rows:
            _, room_id = keys.activity_of(row["RowKey"])
            calls = ended.setdefault(room_id, {})
            calls[row["call"]] = calls.get(row["call"], False) or bool(row.get("ended"))
        if not more:
            return {room_id: not all(calls.values()) for room_id, calls in ended.items()}
        place = keys.after(rows[-1]["RowKey"])
