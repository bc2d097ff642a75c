"""Who is invited to rooms at ACS: whoever is cannot be erased, as the next look there would bring
their ids back."""

from collections.abc import Callable

from rooms.domain.erasure import Person
from rooms.domain.time import Ticks
from rooms.storage.history import History
from rooms.storage.marks import Marks
from rooms.storage.table import Table


class AcsRosters:
    """The rosters of rooms that ACS has, as far as they are known here."""

    def __init__(self, table: Table, clock: Callable[[], Ticks]) -> None:
        self._history = History(table)
        self._marks = Marks(table, clock)
        self._clock = clock

    async def invite(self, person: Person, room_id: str) -> bool:
        """Returns whether the room is one of ACS, is not over, and invites the person. One
        request. Rosters of rooms past their end are not read at ACS any more."""
        known = await self._history.snapshot(room_id)
        return (
            known.room is not None
            and not known.deleted
            and known.room.carrier == "acs"
            and self._clock() < known.room.valid_until
            and any(map(person.is_raw_id, known.roster))
        )

    async def are_changing(self, person: Person) -> bool:
        """Returns whether a change that invites or removes the person is under way, or in doubt.
        One request for each partition, in parallel."""
        open_marks = await self._marks.open_in_all()
        return any(person.is_raw_id(raw_id) for mark in open_marks for raw_id in mark.patch)
