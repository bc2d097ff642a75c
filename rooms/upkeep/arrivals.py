"""Removes log records by the order in which they arrived, and looks at the rooms that have more
that is too old by then."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched

from azure.data.tables import TableEntity

from rooms.domain.events import EVENT_KINDS
from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.arrivals import LATE
from rooms.storage.entities import key_of, row_of
from rooms.storage.operations import Conflict, Operation, placed, remove, upsert
from rooms.storage.parallel import in_parallel
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.removal import Removal
from rooms.upkeep.rooms import RoomRetention

REPLACES_ROSTERS = ("ParticipantsUpdated", "RoomUpdated")
"""Changes with which another roster, or another policy, came into force."""

DELETES = "RoomDeleted"

ROWS_EACH = 3
"""Rows of an arrival: its log record, and two that say when it came."""

SHOWN = ["PartitionKey", "RowKey", "time", "kind", "record", "receivedAt"]


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A record that arrived too long ago, by its row among those of all rooms."""

    row: TableEntity
    kept: Ticks

    @property
    def room_id(self) -> str:
        return keys.listed_room_id(self.row["RowKey"])

    @property
    def at(self) -> Ticks:
        return parse_time(self.row["time"])

    @property
    def is_event(self) -> bool:
        return self.row["kind"] in EVENT_KINDS

    @property
    def is_old(self) -> bool:
        """Whether the record is too old, too: it may be of a later time than its arrival."""
        return self.at < self.kept

    @property
    def may_be_gone(self) -> bool:
        """Whether the record may have gone before its arrival: with its call, or its room."""
        late = self.is_event and self.at + LATE < parse_time(self.row["receivedAt"])
        return late or self.row["kind"] == DELETES

    @property
    def own_row(self) -> str:
        """The row of the arrival among those of its room."""
        return keys.arrived_row(self.room_id, keys.arrival_of(self.row["RowKey"]))


@dataclass(frozen=True, slots=True)
class ArrivalRows:
    """The arrivals of all rooms. Raises StorageUnavailable as Table does."""

    removal: Removal
    cutoffs: Cutoffs
    rooms: RoomRetention
    looked_at: set[str]

    def is_old(self, row: TableEntity) -> bool:
        """Returns whether a record arrived too long ago."""
        return parse_time(row["receivedAt"]) < self.cutoffs.kept

    async def purge(self, rows: Sequence[TableEntity]) -> None:
        """Deletes these arrivals among those of all rooms, the same of their rooms, and the log
        records. Before that, what else is too old of a room: rosters that were replaced then, and
        the room, if it was deleted then.

        Two requests for a room that was deleted, one for a room whose roster was replaced, and one
        for 33 records.
        """
        arrivals = [_Arrival(row, self.cutoffs.kept) for row in rows]
        deletions = [each for each in arrivals if each.row["kind"] == DELETES and each.is_old]
        rosters = {
            each.room_id
            for each in arrivals
            if each.row["kind"] in REPLACES_ROSTERS and each.is_old
        }
        self.looked_at.update(rosters, (each.room_id for each in deletions))
        failed = set(await in_parallel(map(self._purge_rosters, rosters)))
        gone = set(map(id, deletions))
        await self._remove(
            [each for each in arrivals if id(each) not in gone and each.room_id not in failed]
        )
        failed |= set(await in_parallel(self._purge_deleted(each.room_id) for each in deletions))
        await self._remove([each for each in deletions if each.room_id not in failed])

    async def _purge_rosters(self, room_id: str) -> str | None:
        """Returns the room if that failed."""
        with self.removal.logs_failures("the room", room_id):
            await self.rooms.purge_rosters(room_id)
            return None
        return room_id

    async def _purge_deleted(self, room_id: str) -> str | None:
        """Returns the room if that failed."""
        with self.removal.logs_failures("the room", room_id):
            await self.rooms.purge_deleted(room_id)
            return None
        return room_id

    async def _remove(self, arrivals: Sequence[_Arrival]) -> None:
        """Deletes arrivals and their records. Those of rooms that have moved are in two
        partitions."""
        by_place: defaultdict[str, list[_Arrival]] = defaultdict(list)
        for each in arrivals:
            by_place[await self.removal.table.partition_of(each.room_id)].append(each)
        size = max(1, self.removal.limits.upkeep_rows // ROWS_EACH)
        await in_parallel(
            self._remove_together(partition, some)
            for partition, of_place in by_place.items()
            for some in batched(of_place, size, strict=False)
        )

    async def _remove_together(self, partition: str, arrivals: Sequence[_Arrival]) -> None:
        table = self.removal.table
        asked = [each for each in arrivals if each.is_old and each.may_be_gone]
        found = await in_parallel(table.get(partition, each.row["record"]) for each in asked)
        gone = {each.row["record"] for each, row in zip(asked, found, strict=True) if row is None}
        records = [
            each.row["record"]
            for each in arrivals
            if each.is_old and each.row["record"] not in gone
        ]
        due = {
            keys.due_row(each.room_id, each.at)
            for each in arrivals
            if not each.is_old and not each.is_event
        }
        own = [
            *(remove(row_of(row)) for row in dict.fromkeys(records)),
            *(remove(row_of(each.own_row)) for each in arrivals),
            *(upsert(row_of(row)) for row in due),
        ]
        of_all = [remove(key_of(each.row)) for each in arrivals]
        try:
            await self._carry_out(partition, own, of_all)
        except Conflict:  # with another run, or of rows that are gone for another reason
            await in_parallel(self._remove_what_is_there(partition, each) for each in arrivals)
            return
        self._count(len(set(records)), len(arrivals))

    async def _carry_out(
        self, partition: str, own: Sequence[Operation], of_all: Sequence[Operation]
    ) -> None:
        """Carries out what is to be done in the partition of the rooms, and then in this one: in
        one transaction, if they are the same."""
        table, here = self.removal.table, of_all[0][1]["PartitionKey"]
        if here == partition:
            await table.rewrite([*placed(partition, own), *of_all])
        else:
            await table.rewrite(placed(partition, own))
            await table.rewrite(of_all)

    async def _remove_what_is_there(self, partition: str, arrival: _Arrival) -> None:
        table = self.removal.table
        wanted = [arrival.row["record"], arrival.own_row] if arrival.is_old else [arrival.own_row]
        there = [row for row in wanted if await table.get(partition, row) is not None]
        own: list[Operation] = [remove(row_of(row)) for row in there]
        if not arrival.is_old and not arrival.is_event:
            own.append(upsert(row_of(keys.due_row(arrival.room_id, arrival.at))))
        of_all = remove(key_of(arrival.row))
        with suppress(Conflict):  # another run does the same
            if own:
                await self._carry_out(partition, own, [of_all])
            else:
                await table.rewrite([of_all])
            self._count(arrival.row["record"] in there, 1)

    def _count(self, records: int, arrivals: int) -> None:
        self.removal.removed["log records"] += records
        self.removal.removed["arrival rows"] += 2 * arrivals
