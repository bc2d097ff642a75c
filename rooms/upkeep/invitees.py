"""Removes rows by which nobody finds a room any more."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.domain.details import Details
from rooms.domain.time import MAX_TIME, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.entities import room_id_of, unpack
from rooms.storage.history import History
from rooms.storage.invitees import external_people, not_needed
from rooms.storage.operations import Conflict
from rooms.storage.parallel import in_parallel
from rooms.upkeep.removal import Removal

ROSTERS = 20
"""Rosters that one request reads."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A room, as rows of invitees lead to it."""

    id: str
    created_at: Ticks
    in_groups: bool
    """Whether rows of groups may lead to it."""


@dataclass(frozen=True, slots=True)
class Invitees:
    """The rows of invitees of all rooms. Raises StorageUnavailable as Table does."""

    removal: Removal

    async def of(self, partition: str, room: Listed, people: Collection[str]) -> list[TableEntity]:
        """Returns the rows by which these people may find the room. A request for each of them;
        and one for each of their groups, if the room is in rows of groups."""
        table, limit = self.removal.table, self.removal.limits.upkeep_rows
        rows = await in_parallel(
            table.get(partition, keys.invitee_row(room.id, room.created_at, person))
            for person in people
        )
        groups = {keys.group_and_member(person)[0] for person in people if room.in_groups}
        prefixes = [
            keys.group_prefix(group) + keys.place(room.id, room.created_at) for group in groups
        ]
        of_groups = await in_parallel(
            table.first(partition, prefix, f"{prefix};", limit) for prefix in prefixes
        )
        return [*filter(None, rows), *(row for some in of_groups for row in some)]

    async def forget(
        self, partition: str, room: Listed, people: Collection[str], end: str | None = None
    ) -> None:
        """Removes the rows of those of these people who do not find the room any more: by none of
        its rosters before `end`, and not by its details. Who is invited meanwhile has a row that
        has changed. Requests as `of`, and those of `_not_needed`."""
        if rows := await self.of(partition, room, people):
            left = await self._not_needed(room.id, rows, end)
            await self.removal.unchanged(left, "invitee rows")

    async def forget_replaced(self, rows: Sequence[TableEntity]) -> None:
        """Removes the rows of external ids that changes of details took away, and these rows, which
        say so. Five requests or more for each."""
        await in_parallel(self._forget_replaced(row) for row in rows)

    async def purge(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these rows by which nobody finds a room: no roster that is stored has
        them, nor have the details, also of a deleted room.

        One request for each of their rooms; and one for each twenty older rosters, as long as a row
        may need them. One more if rows of groups stay.
        """
        by_room: defaultdict[str, list[TableEntity]] = defaultdict(list)
        for row in rows:
            by_room[keys.listed_room_id(keys.place_in(row["RowKey"]))].append(row)
        await in_parallel(self._purge(room_id, some) for room_id, some in by_room.items())

    async def _purge(self, room_id: str, rows: Sequence[TableEntity]) -> None:
        with self.removal.logs_failures("the invitees of the room", room_id):
            left = await self._not_needed(room_id, rows)
            await self.removal.unchanged(left, "invitee rows")
            gone = {row["RowKey"] for row in left}
            groups = [row for row in rows if row["RowKey"].startswith(keys.GROUPS_START)]
            if any(row["RowKey"] not in gone for row in groups):
                key = {
                    "PartitionKey": groups[0]["PartitionKey"],
                    "RowKey": keys.room_row(room_id),
                }
                with suppress(Conflict):  # the room is being removed
                    await self.removal.table.merge(key | {"inGroups": True})

    async def _forget_replaced(self, row: TableEntity) -> None:
        table, partition = self.removal.table, row["PartitionKey"]
        log_row = keys.log_row_of_stale(row["RowKey"])
        room_id = keys.room_of_log_row(log_row)
        with self.removal.logs_failures("external ids of the room", room_id):
            record = await table.get(partition, log_row)
            room = await table.get(partition, keys.room_row(room_id))
            if record is not None and room is not None:
                before: Details = unpack(record)["before"]
                await self.forget(partition, listed(room), external_people(before))
            await self.removal.unchanged([row], "external id notes")

    async def _not_needed(
        self, room_id: str, rows: Sequence[TableEntity], end: str | None = None
    ) -> list[TableEntity]:
        """Returns those of these rows by which nobody finds the room. One request, and one for each
        twenty rosters before `end`, as long as a row may need them."""
        removal = self.removal
        known = await History(removal.table, removal.limits).snapshot(room_id)
        if known.room is None:
            return list(rows)
        left = not_needed(rows, known.room, [*known.roster, *external_people(known.details)])
        partition = await removal.table.partition_of(room_id)
        start = keys.roster_row(room_id, MAX_TIME)
        async with aclosing(
            removal.table.each(partition, start, end or keys.end_of_rosters(room_id), ROSTERS)
        ) as rosters:
            while left and (row := await anext(rosters, None)) is not None:
                left = not_needed(left, known.room, unpack(row))
        return left


def listed(row: TableEntity) -> Listed:
    """Returns the room of a room's row. Raises ValueError."""
    return Listed(room_id_of(row), parse_time(row["createdAt"]), bool(row.get("inGroups")))
