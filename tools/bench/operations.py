"""What is measured: each operation as a request to the service, and the same work in the storage by
azure-data-tables alone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from azure.data.tables import TableEntity
from azure.data.tables.aio import TableClient

from bench.site import (
    NOTIFICATION,
    ORIGIN,
    PRESENTER,
    ROSTER,
    Site,
    new_room,
)
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, format_time, now
from rooms.storage import keys
from rooms.storage.changes import log_record
from rooms.storage.creation import creation
from rooms.storage.entities import (
    room_properties,
    roster_entity,
    stored_time,
    until_entity,
)
from rooms.storage.index_rows import index_entity
from rooms.storage.invitees import invite
from rooms.storage.operations import Operation as Write
from rooms.storage.operations import insert, merge, remove, upsert
from rooms.storage.table import Table
from testkit.events import Element, Meeting
from testkit.identifiers import raw_id
from testkit.insight import WEBHOOK
from testkit.stored_events import entities_of, write

type Bare = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`request` and `bare` write a call, ahead of what is timed; no other call of the site has its
    number.

    `prepare` is given the numbers of the calls that will be written. `cost` is about how many times
    as long one takes as a get.
    """

    name: str
    request: Callable[[Site, int], bytes]
    bare: Callable[[Site, int], Bare]
    cost: int = 1
    prepare: Callable[[Site, Sequence[int]], Awaitable[None]] | None = None


async def _rows(
    table: TableClient,
    partition: str,
    start: str,
    end: str,
    page: int,
    select: list[str] | None = None,
) -> list[TableEntity]:
    wanted = f"PartitionKey eq '{partition}' and RowKey ge '{start}' and RowKey lt '{end}'"
    taken: list[TableEntity] = []
    async for row in table.query_entities(wanted, results_per_page=page, select=select):
        taken.append(row)
        if len(taken) == page:
            break
    return taken


async def _room_row(site: Site, room: Room) -> TableEntity:
    return await site.table.get_entity(keys.home_partition(room.id), keys.room_row(room.id))


async def _room_and_roster(site: Site, room: Room) -> list[TableEntity]:
    start, end = keys.room_row(room.id), keys.end_of_rosters(room.id)
    return await _rows(site.table, keys.home_partition(room.id), start, end, page=2)


def _change(
    site: Site, room: Room, kind: str, detail: Any, properties: dict[str, Any]
) -> Callable[[TableEntity], list[Write]]:
    """What begins the transaction of a change, once the room's row is read."""
    at = next(site.clock)
    record = log_record(room.id, at, kind, ORIGIN, detail)
    row = {
        "PartitionKey": keys.home_partition(room.id),
        "RowKey": keys.room_row(room.id),
        "changedAt": stored_time(at),
    } | properties
    return lambda read: [insert(record), merge(row, read)]


def _create(site: Site, number: int) -> bytes:
    people = {user: {"role": role} for user, role in ROSTER.items()}
    return site.signed("POST", "/rooms", {"participants": people})


def _bare_create(site: Site, number: int) -> Bare:
    operations = site.arriving(creation(new_room(number), ROSTER, None, ORIGIN))
    return lambda: site.table.submit_transaction(operations)


def _get(site: Site, number: int) -> bytes:
    return site.signed("GET", f"/rooms/{site.room(number).id}")


def _bare_get(site: Site, number: int) -> Bare:
    room = site.room(number)
    return lambda: _room_row(site, room)


def _updated(site: Site, number: int) -> Room:
    """The room with an end that it did not have before."""
    room = site.room(number)
    return Room(
        room.id,
        room.created_at,
        room.valid_from,
        room.valid_until + number,
        room.pstn_dial_out_enabled,
    )


def _update(site: Site, number: int) -> bytes:
    after = _updated(site, number)
    times = {
        "validFrom": format_time(after.valid_from),
        "validUntil": format_time(after.valid_until),
    }
    return site.signed("PATCH", f"/rooms/{after.id}", times)


def _bare_update(site: Site, number: int) -> Bare:
    room, after = site.room(number), _updated(site, number)
    detail = {"before": room_properties(room), "after": room_properties(after)}
    change = _change(site, room, "RoomUpdated", detail, room_properties(after))
    listed = upsert(index_entity(after)), upsert(until_entity(after))

    async def bare() -> None:
        changes = [*change(await _room_row(site, room)), *listed]
        await site.table.submit_transaction(site.arriving(changes))

    return bare


def _participants(site: Site, number: int) -> bytes:
    return site.signed("GET", f"/rooms/{site.room(number).id}/participants")


def _bare_participants(site: Site, number: int) -> Bare:
    room = site.room(number)
    return lambda: _room_and_roster(site, room)


def _guests(site: Site, number: int) -> tuple[str, str]:
    """Who leaves the roster, if they are on it, and who comes in their place."""
    return raw_id(1000 + number - len(site.rooms)), raw_id(1000 + number)


def _invite(site: Site, number: int) -> bytes:
    leaves, comes = _guests(site, number)
    patch = {"participants": {leaves: None, comes: {"role": "Attendee"}}}
    return site.signed("PATCH", f"/rooms/{site.room(number).id}/participants", patch)


def _bare_invite(site: Site, number: int) -> Bare:
    room, (leaves, comes) = site.room(number), _guests(site, number)
    added: Roster = {comes: "Attendee"}
    detail = {"added": added, "changed": {}, "removed": {leaves: "Attendee"}}
    change = _change(site, room, "ParticipantsUpdated", detail, {})
    roster = roster_entity(room, next(site.clock), {**ROSTER, **added})
    more = [insert(roster), *invite(room, added)]

    async def bare() -> None:
        row, _ = await _room_and_roster(site, room)
        await site.table.submit_transaction(site.arriving([*change(row), *more]))

    return bare


def _doomed(site: Site, number: int) -> Room:
    room = site.room(number)
    return Room(
        f"995{number:014d}", room.created_at + number, room.valid_from, room.valid_until, False
    )


async def _make_doomed(site: Site, numbers: Sequence[int]) -> None:
    rooms = [_doomed(site, number) for number in numbers]
    await write(
        Table(site.table), (each for room in rooms for each in creation(room, ROSTER, None, ORIGIN))
    )


def _delete(site: Site, number: int) -> bytes:
    return site.signed("DELETE", f"/rooms/{_doomed(site, number).id}")


def _bare_delete(site: Site, number: int) -> Bare:
    room = _doomed(site, number)
    tombstone = {"deleted": True, "deletedByRequest": "", "deletedBy": ORIGIN.actor}
    change = _change(site, room, "RoomDeleted", {}, tombstone)
    listed = remove(index_entity(room))

    async def bare() -> None:
        changes = [*change(await _room_row(site, room)), listed]
        await site.table.submit_transaction(site.arriving(changes))

    return bare


def _list(site: Site, number: int) -> bytes:
    return site.signed("GET", "/rooms")


def _bare_list(site: Site, number: int) -> Bare:
    def bare() -> Awaitable[object]:
        reads = (
            _rows(site.table, each, keys.INDEX_START, keys.INDEX_END, page=10)
            for each in keys.PARTITIONS
        )
        return asyncio.gather(*reads)

    return bare


def _joined(site: Site, number: int) -> Element:
    """Somebody joins a call of the room that goes on."""
    room = site.room(number)
    return Meeting(room.id, room.created_at, f"call of {room.id}").added(
        0, raw_id(1000 + number), "Somebody"
    )


def delivered(site: Site, element: Element) -> bytes:
    """An event, as Event Grid delivers it."""
    return site.keyed("POST", WEBHOOK, [element], NOTIFICATION)


def kept(site: Site, element: Element) -> Bare:
    """What keeps it."""
    log, row, *activity = entities_of(element)
    operations = site.arriving([insert(row), insert(log), *map(upsert, activity)])
    return lambda: site.table.submit_transaction(operations)


def _may_come(site: Site, number: int) -> bytes:
    return site.keyed("GET", f"/rooms/{site.room(number).id}/admission?rawId={PRESENTER}")


def _admission(site: Site, number: int) -> bytes:
    return site.keyed("POST", f"/rooms/{site.room(number).id}/admission", {"rawId": PRESENTER})


def _bare_admission(site: Site, number: int) -> Bare:
    room = site.room(number)
    record = log_record(
        room.id, next(site.clock), "Admitted", ORIGIN, {"rawId": PRESENTER, "role": "Presenter"}
    )
    operations = site.arriving([insert(record)])

    async def bare() -> None:
        await _room_and_roster(site, room)
        await site.table.submit_transaction(operations)

    return bare


def _presence(site: Site, number: int) -> bytes:
    return site.keyed("GET", f"/rooms/{site.crowd.room_id}/presence")


def _bare_presence(site: Site, number: int) -> Bare:
    room_id, call = site.crowd.room_id, site.crowd.id
    partition = keys.home_partition(room_id)

    async def bare() -> None:
        at = now()
        await asyncio.gather(
            _rows(
                site.table,
                partition,
                keys.details_row(room_id),
                keys.end_of_rosters(room_id),
                page=3,
            ),
            _rows(site.table, partition, *keys.activity_range(room_id, at - DAY, at), page=1000),
        )
        await _rows(
            site.table,
            partition,
            *keys.events_range(room_id, call, at + 1),
            page=1000,
            select=["event"],
        )

    return bare


GET = Operation("get", _get, _bare_get)
LIST = Operation("list page", _list, _bare_list, cost=10)
EVENT = Operation(
    "event",
    lambda site, number: delivered(site, _joined(site, number)),
    lambda site, number: kept(site, _joined(site, number)),
    cost=2,
)
ADMISSION = Operation("admission", _admission, _bare_admission, cost=2)
PRESENCE = Operation("presence", _presence, _bare_presence, cost=10)

OPERATIONS = (
    Operation("create", _create, _bare_create, cost=2),
    GET,
    Operation("update", _update, _bare_update, cost=3),
    Operation("participants", _participants, _bare_participants),
    Operation("invite", _invite, _bare_invite, cost=3),
    Operation("delete", _delete, _bare_delete, cost=3, prepare=_make_doomed),
    LIST,
    EVENT,
    Operation("may come in", _may_come, _bare_participants),
    ADMISSION,
    PRESENCE,
)
"""`update` is PATCH of a room, `invite` PATCH of its participants; `may come in` is GET of an
admission, `admission` POST."""

GROWING = (GET, ADMISSION, EVENT, PRESENCE, LIST)
"""Those that must not take longer in a table of many rooms."""
