"""What is about the quarantine, and upkeep, as operations."""

import re
import string
import time
from functools import partial
from itertools import count
from random import Random

from devhost.eventgrid import element_text
from faults.changes import ALICE, CALLS_BEGAN
from faults.client import Request, delivery, new_id
from faults.lane import RETENTION_DAYS, Lane
from faults.operation import Operation, Outcome, Trial, asked, described, shape
from rooms.domain.identity import User
from rooms.domain.limits import LIMITS
from rooms.domain.time import DAY, now
from rooms.storage import keys
from rooms.storage.identities import Identities
from rooms.storage.operations import replace
from rooms.storage.quarantine import Quarantine
from rooms.storage.table import Table
from testkit.events import Element, Meeting
from testkit.past import Past, looked_at_all

FILLING = "".join(
    Random(1).choices(
        string.ascii_letters + string.digits + "+/",
        k=int(1.15 * LIMITS.quarantine_part_bytes / 0.77),
    )
)
"""What makes an event need two rows, as it cannot be compressed; it can be kept with its room all
the same."""


def _event(lane: Lane, good: bool, large: bool) -> tuple[Meeting, Element]:
    """A call, and an event of it."""
    call = Meeting(f"room_{new_id(lane.random)}", CALLS_BEGAN, new_id(lane.random))
    event = call.added(1, ALICE) | {"id": new_id(lane.random)}
    if large:
        event["more"] = FILLING
    return call, event if good else event | {"eventTime": "yesterday"}


async def _read(table: Table, event_id: str) -> str | None:
    """The text of an event in quarantine, if it is there."""
    if await table.get(keys.quarantine_partition(event_id), keys.quarantine_row(event_id)) is None:
        return None
    return (await Quarantine(table, now).get(event_id))[1]


async def put(table: Table, text: str) -> str:
    """An event into quarantine, as a version of the app did that did not understand it; its id."""
    return await Quarantine(table, now).put(text, "not understood then")


def _not_understood(lane: Lane, large: bool) -> Trial:
    text = element_text(event := _event(lane, good=False, large=large)[1])

    def look(_: Outcome) -> object:
        return lane.directly(_read, keys.hashed(text)) == text

    return asked(lane, delivery(event), look)


def _redrive(lane: Lane, good: bool, large: bool) -> Trial:
    call, event = _event(lane, good, large)
    event_id = lane.directly(put, text := element_text(event))
    if good:
        lane.rooms.add(call.room_id)

    def look(_: Outcome) -> object:
        kept = lane.directly(_read, event_id)
        assert kept in (None, text)
        return kept is None, described(lane.stored(call.room_id)) if good else None

    return asked(
        lane,
        Request("POST", f"/quarantine/{event_id}/redrive"),
        look,
        event_id,
        call.room_id,
        call.id,
        removes=good,
    )


def _drop(lane: Lane, large: bool) -> Trial:
    event_id = lane.directly(put, element_text(_event(lane, good=False, large=large)[1]))
    request = Request("DELETE", f"/quarantine/{event_id}")
    return asked(lane, request, lambda _: lane.directly(_read, event_id), event_id, removes=True)


_ARRIVAL = re.compile(r":[0-9a-f]{16}\b(?=:|$)")
"""What tells arrivals from each other."""

_FLOORS = keys.floor_row(1), keys.FLOOR_MADE_ROW


async def _old_table(table: Table, random: Random, whole: bool) -> str:
    """A room that has expired, which is returned; one that was deleted, a call that was over, an
    event that came, and a user who got their last token, long ago; and one who got it lately.

    Upkeep rests but where these are: there it looks at what is due, or, if `whole`, at all rows.
    """
    past = Past(table)
    for each in await table.partitions():  # with floors from before everything
        floors = ({"PartitionKey": each, "RowKey": row} for row in _FLOORS)
        await table.commit([replace(floor) for floor in floors])
    expired = await past.room(now() - 60 * DAY, now() - 31 * DAY)
    partition, long_ago = await table.partition_of(expired), now() - (RETENTION_DAYS + 50) * DAY
    while (
        await table.partition_of(buried := await past.room(long_ago)) == partition
    ):  # so that all runs have as many requests
        await past.delete(buried, long_ago)
    await past.name(buried, long_ago + DAY, "Long ago")
    await past.delete(buried, long_ago + 2 * DAY)
    await past.call(f"room_{new_id(random)}{partition}", "call", long_ago, long_ago + DAY // 24)
    texts = map(str, count())
    await past.quarantine(
        next(text for text in texts if keys.quarantine_partition(keys.hashed(text)) == partition),
        long_ago,
    )
    for used_at in (long_ago, now()):
        user = User(new_id(random), long_ago, used_at, "0123456789abcdef")
        await Identities(table).add(user)
    for each in (partition, await table.partition_of(buried), keys.IDENTITY_PARTITION):
        if whole:
            await table.delete(each, [keys.UPKEEP_ROW])
        else:
            await table.commit([replace(looked_at_all(each))])
    return expired


def _upkeep(lane: Lane, whole: bool) -> Trial:
    while (
        200 <= time.time() % 600 < 260
    ):  # the app's timer runs upkeep then: its run would be taken for ours
        time.sleep(1)
    lane.clear()
    expired = lane.directly(_old_table, lane.random, whole)
    lane.rooms.add(expired)

    count_of_all = 10 * len(lane.proxy.targets) + 1

    def carry_out() -> Outcome:
        for tries in count(1):
            report = lane.run_upkeep()
            if f"; {count_of_all} of {count_of_all} partitions done" in report:
                return Outcome((202, "done"), tries)
        raise AssertionError

    def look(_: Outcome) -> object:
        rows = lane.stored_table.rows()
        room = described(lane.stored(expired))
        return (
            room["roster"],
            room["log"],
            sorted(shape(_ARRIVAL.sub(":#", row["RowKey"])) for row in rows),
        )

    return Trial(carry_out, look)


_QUARANTINE = ("call_events",)
_REDRIVE = ("redrive_quarantined_event",)
_DROP = ("delete_quarantined_event",)

KEPT = [
    Operation("an event not understood", _QUARANTINE, partial(_not_understood, large=False)),
    Operation("a large event not understood", _QUARANTINE, partial(_not_understood, large=True)),
    Operation("redrive", _REDRIVE, partial(_redrive, good=True, large=False)),
    Operation("redrive a large event", _REDRIVE, partial(_redrive, good=True, large=True)),
    Operation(
        "redrive what is still not understood",
        _REDRIVE,
        partial(_redrive, good=False, large=False),
        refused=True,
    ),
    Operation("drop", _DROP, partial(_drop, large=False)),
    Operation("drop a large event", _DROP, partial(_drop, large=True)),
    Operation("upkeep", ("upkeep",), partial(_upkeep, whole=False), timer=True),
    Operation("upkeep of all rows", ("upkeep",), partial(_upkeep, whole=True), timer=True),
]
"""The quarantine, and what removes what has had its time."""
