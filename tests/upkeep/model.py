"""What must be in a table as of a time, by the rules alone: from all rows ever written."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from azure.data.tables import TransactionOperation
from azure.data.tables.aio import TableClient

from rooms.domain.time import HOUR, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.entities import Entity, unpack
from rooms.storage.guard import Guard
from rooms.storage.invitees import external_people
from rooms.storage.operations import Operation
from rooms.storage.table import Table
from rooms_cli.check.places import Place, place_of

type Rows = Mapping[str, Mapping[str, Any]]

HINTS = ("until", "due", "stale", "upkeep", "floor", "floor made")
"""What leads upkeep somewhere, and may stay until it looks."""


class Remembering(Table):
    """Remembers what was written, whatever upkeep removes."""

    def __init__(self, client: TableClient, *further: TableClient) -> None:
        super().__init__(client, None, [(each, Guard()) for each in further], spread_seconds=0)
        self.rows: dict[str, Entity] = {}

    async def commit(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        await super().commit(operations, needed)
        for operation in operations:
            kind, row, *how = operation
            if kind == TransactionOperation.DELETE:
                self.rows.pop(row["RowKey"], None)
            elif kind == TransactionOperation.CREATE or how[0]["mode"] == "replace":
                self.rows[row["RowKey"]] = dict(row)
            else:
                self.rows[row["RowKey"]] = self.rows.get(row["RowKey"], {}) | dict(row)


@dataclass(frozen=True)
class Model:
    """The rules of the retention: what is older than `kept` goes. If it `reads_acs`, a deleted room
    stays until its end is older, too."""

    kept: Ticks
    reads_acs: bool = False

    def may_be_gone(self, rows: Rows) -> set[str]:
        """Returns the same, and those of events that may have gone with their call before later
        events of it came."""
        before = self.kept - self.kept % HOUR
        return self.must_be_gone(rows) | {
            key
            for key in rows
            if (place := place_of(key)) is not None
            and place.kind in ("event", "activity", "all activity")
            and place.at < before
        }

    def must_be_gone(self, rows: Rows) -> set[str]:
        """Returns the keys of the rows that must be gone."""
        places = {key: place for key in rows if (place := place_of(key)) is not None}
        assert len(places) == len(rows)
        stays = set(self._stay(rows, places))
        hints = {key for key, place in places.items() if place.kind in HINTS}
        return rows.keys() - stays - hints

    def _stay(self, rows: Rows, places: Mapping[str, Place]) -> Iterator[str]:
        last: defaultdict[tuple[str, str], Ticks] = defaultdict(int)
        for place in places.values():
            if place.kind == "event":
                last[place.of, place.who] = max(last[place.of, place.who], place.at)
        for key, place in places.items():
            row = rows[key]
            match place.kind:
                case "record":
                    stays = place.at >= self.kept
                case "arrived" | "all arrived" | "quarantined":
                    stays = parse_time(row["receivedAt"]) >= self.kept
                case "event" | "activity" | "all activity":
                    stays = last[place.of, place.who] >= self.kept - self.kept % HOUR
                case "join link":
                    stays = place.at >= self.kept
                case "room" | "index":
                    stays = self._has(rows, place.of)
                case _:
                    continue
            if stays:
                yield key
        for room_id in {place.of for place in places.values() if place.kind == "room"}:
            if self._has(rows, room_id):
                yield from self._of_room(room_id, rows, places)

    def _has(self, rows: Rows, room_id: str) -> bool:
        room = rows[keys.room_row(room_id)]
        if not room.get("deleted") or parse_time(room["changedAt"]) >= self.kept:
            return True
        return self.reads_acs and parse_time(room["validUntil"]) >= self.kept

    def _of_room(self, room_id: str, rows: Rows, places: Mapping[str, Place]) -> Iterator[str]:
        rosters = {
            place.at: key
            for key, place in places.items()
            if place.kind == "roster" and place.of == room_id
        }
        in_force = max((at for at in rosters if at < self.kept), default=0)
        kept = [key for at, key in rosters.items() if at >= in_force]
        people = {person for key in kept for person in unpack(rows[key])}
        details = keys.details_row(room_id)
        if details in rows:
            people |= external_people(unpack(rows[details]))
            yield details
        yield from kept
        hashes = {keys.hashed(person) for person in people}
        members = {keys.ALL_MEMBERS, *(keys.group_and_member(each)[1] for each in people)}
        for key, place in places.items():
            if place.of == room_id and (
                (place.kind == "invitee" and place.who in hashes)
                or (place.kind == "group" and not members.isdisjoint(rows[key]))
            ):
                yield key
