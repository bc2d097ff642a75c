"""Reads a whole table, that may be written to meanwhile, and changes nothing.

The rooms whose ids have the same last digit are read together, from all storage accounts: first the
rows that begin with a dot (lists, invitees), which are held until these rooms are done, then those
of rooms, of which one is held at a time. What is
written between the two may seem to disagree. So what does is read again, within little time; and it
is told only if the room was the same before and after that.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby, pairwise

from azure.core.exceptions import ResourceNotFoundError

from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.accounts import account_of, last_digit, partition_in, partitions_in
from rooms.storage.rows_of_rooms import room_of_row
from rooms_cli.check.disagreement import Disagreement
from rooms_cli.check.layout import Layout, check_markers
from rooms_cli.check.places import OF_MOVES, OF_PASSES, Place, Placed, Row, place_of
from rooms_cli.check.table import beside, layout_in, of_floors, of_quarantined, of_room, placed
from rooms_cli.storage import Account
from rooms_cli.storage_failures import failures_of

WAITS = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""Seconds before what seemed to disagree is read again."""

PAGE = 1_000
"""Rows that Table Storage answers one request with, at most."""

_BY_THEMSELVES = ("mark", "create mark", "upkeep", *OF_MOVES, *OF_PASSES)
"""Kinds of rows that agree with no others."""

type _Rows = dict[str, Row]
"""By their keys."""


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A room, or an event in quarantine, in which something seemed to disagree."""

    partition: str
    room: str
    row: str
    again: Callable[[], list[Disagreement] | None]
    """Reads it once more: what disagrees in it, or None if it was changed just then."""


@dataclass(slots=True)
class Counts:
    """What has been read so far. Rooms of which only events are known count, too."""

    rows: int = 0
    rooms: int = 0
    quarantined: int = 0


@dataclass
class LiveTable:
    """The table of a deployment, in all its storage accounts. Raises Failure when one of them does
    not answer."""

    accounts: Sequence[Account]
    kept: Ticks
    """What is older may have been removed by upkeep, or be half removed."""
    progress: Callable[[Counts], None]
    """Is called for each thousand rows."""
    wait: Callable[[float], None] = time.sleep
    counts: Counts = field(default_factory=Counts)

    def disagreements(self) -> Iterator[Disagreement]:
        """What does not agree: beside the partitions of rooms, and then in these, by the last digit
        of the ids of rooms. A request for each thousand rows."""
        self._layout = self._read_layout()
        check_markers(self.accounts, self._layout.spread)
        for number in range(len(self.accounts)):
            yield from self._beside(number)
        for digit in keys.PARTITIONS:
            yield from self._digit(digit)

    def _beside(self, number: int) -> Iterator[Disagreement]:
        """Reads what is in no partition of rooms of an account."""
        own, has_marker = partitions_in(number), False
        between = [
            f"PartitionKey gt '{one}' and PartitionKey lt '{other}'" for one, other in pairwise(own)
        ]
        for where in (f"PartitionKey lt '{own[0]}'", *between, f"PartitionKey gt '{own[-1]}'"):
            for row in self._counted(number, where):
                has_marker |= row["RowKey"] == keys.MARKER_ROW
                if found := beside(row, number, self._layout):
                    yield found
        if 0 < number < self._layout.spread.count and not has_marker:
            what = f"The table in the storage account {number} lacks its marker: nobody uses it."
            advice = "If a restore has not ended, run `rooms restore` again."
            yield Disagreement(keys.IDENTITY_PARTITION, "", (keys.MARKER_ROW,), what, advice)

    def _digit(self, digit: str) -> Iterator[Disagreement]:
        """Reads the rooms whose ids have that last digit, wherever they are."""
        self._look_where_rooms_are()
        suspects: list[_Suspect] = []
        dots: defaultdict[str, _Rows] = defaultdict(dict)
        partitions = [partition_in(number, digit) for number in range(len(self.accounts))]
        for partition in partitions:
            yield from self._dots(partition, dots, suspects)
            floors = self._rows_in(partition, keys.FLOOR_MADE_ROW, keys.FLOORS_END)
            yield from of_floors(partition, [place for place, _ in _in_order(floors)])
        yield from self._quarantine(digit, suspects)
        for partition in partitions:
            yield from self._rooms(partition, dots, suspects)
        for room_id, rows in dots.items():
            self._room(room_id, {}, rows, suspects)
        yield from self._told(suspects)

    def _dots(
        self, partition: str, dots: defaultdict[str, _Rows], suspects: list[_Suspect]
    ) -> Iterator[Disagreement]:
        strays = set[str]()
        for row in chain(
            self._range(partition, keys.DOTS_START, keys.QUARANTINE_PARTS_START),
            self._range(partition, keys.QUARANTINE_END, keys.DOTS_END),
        ):
            if self._layout.is_stray(row):
                self._stray(row, strays, suspects)
                continue
            match placed(row, self._layout):
                case Place(kind="floor" | "floor made"):
                    pass  # it may have been raised meanwhile: both rows are read at once
                case Place(kind=kind) if kind in _BY_THEMSELVES:
                    pass  # each is by itself
                case Place(of=room_id):
                    dots[room_id][row["RowKey"]] = row
                case found:
                    yield found

    def _rooms(
        self, partition: str, dots: defaultdict[str, _Rows], suspects: list[_Suspect]
    ) -> Iterator[Disagreement]:
        strays = set[str]()
        for start, end in (("", keys.DOTS_START), (keys.DOTS_END, "")):
            for room_id, some in groupby(
                self._range(partition, start, end), lambda row: str(row["RowKey"]).partition(":")[0]
            ):
                rows: _Rows = {}
                for row in some:
                    if self._layout.is_stray(row):
                        self._stray(row, strays, suspects)
                        continue
                    match placed(row, self._layout):
                        case Place():
                            rows[row["RowKey"]] = row
                        case found:
                            yield found
                if rows:
                    self._room(room_id, rows, dots.pop(room_id, {}), suspects)

    def _stray(self, row: Row, strays: set[str], suspects: list[_Suspect]) -> None:
        """Suspects a row of a room that is in another account, one of each room; but not if a move
        still has to do with it."""
        room_id = room_of_row(row["RowKey"])
        if room_id is None or room_id in strays or self._layout.is_moving(row):
            return
        strays.add(room_id)
        partition, key = row["PartitionKey"], row["RowKey"]

        def again() -> list[Disagreement]:
            there = self._row(partition, key)
            if there is None or (self._layout.is_stray(there) and self._layout.is_moving(there)):
                return []
            found = placed(there, self._layout)
            return [found] if isinstance(found, Disagreement) else []

        suspects.append(_Suspect(partition, room_id, key, again))

    def _room(self, room_id: str, rows: _Rows, dots: _Rows, suspects: list[_Suspect]) -> None:
        self.counts.rooms += 1
        partition = self._layout.partition_of(room_id)
        if of_room(room_id, partition, _in_order(rows | dots), self.kept):
            again = partial(self._room_again, room_id, dots)
            suspects.append(_Suspect(partition, room_id, keys.room_row(room_id), again))

    def _room_again(self, room_id: str, dots: _Rows) -> list[Disagreement] | None:
        """Returns the rows of the room, and those of `dots`, present or missing, that disagree."""
        partition = self._layout.partition_of(room_id)
        rows = self._rows_in(partition, *keys.room_range(room_id))
        asked: set[str] = set()
        while True:
            found = of_room(room_id, partition, _in_order(rows | dots), self.kept)
            named = {key for each in found for key in each.rows if key.startswith(keys.DOTS_START)}
            if not (unasked := named - asked):
                break
            for key in unasked:
                row = self._dotted(partition, key)
                dots.pop(key, None)
                dots |= {} if row is None else {key: row}
            asked |= unasked
        return (
            found
            if not found or self._rows_in(partition, *keys.room_range(room_id)) == rows
            else None
        )

    def _dotted(self, partition: str, key: str) -> Row | None:
        """Returns a row that begins with a dot, of a room in that partition. Its arrivals may be in
        those of other accounts."""
        places = [partition]
        if key.startswith(keys.ARRIVED_START):
            digit = last_digit(partition)
            places = [partition_in(number, digit) for number in range(len(self.accounts))]
        found = (self._row(place, key) for place in places)
        return next((row for row in found if row is not None), None)

    def _quarantine(self, partition: str, suspects: list[_Suspect]) -> Iterator[Disagreement]:
        """The parts of an event are read with it: they may be large."""
        have_parts: set[str] = set()
        for row in self._range(
            partition,
            keys.QUARANTINE_PARTS_START,
            keys.QUARANTINE_PARTS_END,
            ["PartitionKey", "RowKey"],
        ):
            match placed(row, self._layout):
                case Place(of=event_id):
                    have_parts.add(event_id)
                case found:
                    yield found
        for row in self._range(partition, keys.QUARANTINE_PARTS_END, keys.QUARANTINE_END):
            match placed(row, self._layout):
                case Place(kind="quarantined", of=event_id):
                    self.counts.quarantined += 1
                    whole = event_id not in have_parts and not of_quarantined(
                        event_id, _in_order({row["RowKey"]: row})
                    )
                    if not whole and self._quarantined_again(partition, event_id) != []:
                        again = partial(self._quarantined_again, partition, event_id)
                        suspects.append(_Suspect(partition, "", row["RowKey"], again))
                case Disagreement() as found:
                    yield found

    def _quarantined_again(self, partition: str, event_id: str) -> list[Disagreement] | None:
        key = keys.quarantine_row(event_id)
        before = self._row(partition, key)
        parts = self._rows_in(partition, *keys.quarantine_parts_range(event_id))
        found = of_quarantined(
            event_id, _in_order(parts | ({} if before is None else {key: before}))
        )
        return found if not found or self._row(partition, key) == before else None

    def _told(self, suspects: list[_Suspect]) -> Iterator[Disagreement]:
        """What disagrees in them while nobody changes them."""
        for seconds in WAITS:
            if not suspects:
                return
            self.wait(seconds)
            self._look_where_rooms_are()
            changed = []
            for suspect in suspects:
                found = suspect.again()
                if found is None:
                    changed.append(suspect)
                else:
                    yield from found
            suspects = changed
        for one in suspects:
            what = "It was changed whenever it was read, and could not be checked."
            yield Disagreement(one.partition, one.room, (one.row,), what, "Run the check again.")

    def _look_where_rooms_are(self) -> None:
        """Rooms may have moved to another account meanwhile, if there is one."""
        if len(self.accounts) > 1:
            self._layout = self._read_layout()

    def _read_layout(self) -> Layout:
        row = self._row(keys.IDENTITY_PARTITION, keys.SPREAD_ROW)
        return layout_in([] if row is None else [row])

    def _rows_in(self, partition: str, start: str, end: str) -> _Rows:
        """These rows once more, so that they do not count."""
        rows = self._query(account_of(partition), _within(partition, start, end))
        return {row["RowKey"]: row for row in rows}

    def _range(
        self, partition: str, start: str, end: str, select: list[str] | None = None
    ) -> Iterator[Row]:
        return self._counted(account_of(partition), _within(partition, start, end), select)

    def _counted(self, account: int, where: str, select: list[str] | None = None) -> Iterator[Row]:
        for row in self._query(account, where, select):
            self.counts.rows += 1
            if self.counts.rows % PAGE == 0:
                self.progress(self.counts)
            yield row

    def _query(self, account: int, where: str, select: list[str] | None = None) -> Iterator[Row]:
        """Without what the SDK knows of a row besides."""
        with failures_of(self.accounts[account]) as client:
            found = client.query_entities(where, results_per_page=PAGE, select=select)
            yield from map(dict, found)

    def _row(self, partition: str, key: str) -> Row | None:
        with failures_of(self.accounts[account_of(partition)]) as client:
            try:
                return dict(client.get_entity(partition, key))
            except ResourceNotFoundError:
                return None


def _within(partition: str, start: str, end: str) -> str:
    until = f" and RowKey lt '{end}'" if end else ""
    return f"PartitionKey eq '{partition}' and RowKey ge '{start}'{until}"


def _in_order(rows: _Rows) -> Placed:
    return [(place, rows[key]) for key in sorted(rows) if (place := place_of(key))]
