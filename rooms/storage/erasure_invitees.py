"""Takes an erased person out of the rows by which the rooms of a person are found."""

from collections.abc import Collection

from azure.data.tables import TableEntity

from rooms.domain.erasure import Person
from rooms.domain.limits import Limits
from rooms.storage import keys
from rooms.storage.entities import Entity
from rooms.storage.history import History
from rooms.storage.invitees import external_people
from rooms.storage.operations import Operation, remove_unchanged, replace
from rooms.storage.table import MAX_PAGE, Table


class ErasedInvitees:
    """The rows of one erasure. Raises StorageUnavailable as Table does, and Conflict."""

    def __init__(self, table: Table, erasure: str, person: Person, limits: Limits) -> None:
        self._table = table
        self._erasure = erasure
        self._history = History(table, limits)
        self._aliases = {raw_id: person.raw_alias(raw_id) for raw_id in person.raw_ids} | {
            keys.by_external_id(external_id): keys.by_external_id(
                person.external_alias(external_id)
            )
            for external_id in person.external_ids
        }
        self._members = {keys.group_and_member(each): each for each in self._aliases}

    async def erase(self, row: TableEntity) -> str | None:
        """Replaces a row by one for the pseudonym, or by one for the others and one for the
        pseudonym. Returns the room if it did.

        The row is left for who is invited anew, and for an external id that others have, too.
        """
        people = self.people_in(row)
        if not people:
            return None
        place = keys.place_in(row["RowKey"])
        room_id = keys.listed_room_id(place)
        known = await self._history.snapshot(room_id)
        finds = {*known.roster, *external_people(known.details)}
        gone = [person for person in people if person not in finds]
        needed = [
            self._aliases[person]
            for person in people
            if self._aliases[person] in finds
            or (person in gone and keys.external_id_of(person) is None)
        ]
        operations: list[Operation] = []
        if known.room is not None and (gone or needed):
            operations += [replace(self._entity(row, place, each)) for each in needed]
        if gone:
            operations.append(remove_unchanged(row))
            operations += self._without(row, place, gone)
        if not gone:  # others are found by the row, so that it stays
            operations = [each for each in operations if not await self._is_there(each)]
        if not operations:
            return None
        await self._table.rewrite(operations)
        return room_id

    async def count(self, partition: str) -> int:
        """Returns how many rooms of a partition the pseudonyms are found by, since this
        erasure."""
        found = 0
        for alias in self._aliases.values():
            prefix = keys.invitee_prefix(alias)
            rows = await self._table.first(
                partition,
                prefix,
                f"{prefix}{keys.END}",
                MAX_PAGE,
                ["RowKey"],
                f"erased eq '{self._erasure}'",
            )
            found += len(rows)
        return found

    async def _is_there(self, operation: Operation) -> bool:
        entity = operation[1]
        return await self._table.get(entity["PartitionKey"], entity["RowKey"]) is not None

    def people_in(self, row: TableEntity) -> list[str]:
        """Returns the ids of the person by which a row finds a room."""
        if "rawId" in row:
            people = [row["rawId"]]
        elif "externalId" in row:
            people = [keys.by_external_id(row["externalId"])]
        else:
            group = int(row["RowKey"].split(":")[1])
            people = [self._members.get((group, name), "") for name in row]
        return [person for person in people if person in self._aliases]

    def _entity(self, row: TableEntity, place: str, person: str) -> Entity:
        external_id = keys.external_id_of(person)
        who = {"rawId": person} if external_id is None else {"externalId": external_id}
        return {
            "PartitionKey": row["PartitionKey"],
            "RowKey": f"{keys.invitee_prefix(person)}{place}",
            "erased": self._erasure,
            **who,
        }

    def _without(self, row: TableEntity, place: str, gone: Collection[str]) -> list[Operation]:
        """Returns what writes a row of a group anew without these people."""
        if not row["RowKey"].startswith(keys.GROUPS_START):
            return []
        members = {keys.group_and_member(person)[1] for person in gone}
        left = [name for name in row if row[name] is True and name not in members]
        if not left:
            return []
        created_at = keys.time_of(place.partition(":")[0])
        group = int(row["RowKey"].split(":")[1])
        key = keys.group_row(keys.listed_room_id(place), created_at, group, left)
        rest = {"PartitionKey": row["PartitionKey"], "RowKey": key} | dict.fromkeys(left, True)
        return [replace(rest)]
