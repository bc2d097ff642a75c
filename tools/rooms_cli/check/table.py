"""What does not agree in a whole table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from rooms.domain.time import Ticks, now
from rooms.storage import keys
from rooms_cli.check.arrivals import check_floors
from rooms_cli.check.disagreement import Disagreement
from rooms_cli.check.identities import check_identity
from rooms_cli.check.layout import Layout, layout_of, unfinished
from rooms_cli.check.marks import check_mark
from rooms_cli.check.passes import check_passes
from rooms_cli.check.places import (
    OF_NO_ROOM,
    OF_PASSES,
    Place,
    Placed,
    Row,
    place_of,
)
from rooms_cli.check.properties import Unreadable, text_in, time_in
from rooms_cli.check.quarantine import check_quarantined
from rooms_cli.check.room import check_room

_OF_IDENTITY = {
    "deployment": "The key of the deployment",
    "user": "A user",
    "archive key": "The key of archives of the log",
    "archive": "How far an archive of the log has come",
    "probe": "What was heard of the last check of the media server",
    "erasure": "An erasure",
    "erasure part": "An erasure",
}

STRAY = "Its room is in another storage account, which `rooms spread` shows. Delete the row."

FOREIGN = "If another program writes into this table, give it one of its own."


def disagreements(rows: Iterable[Row], kept: Ticks = 0) -> Iterator[Disagreement]:
    """What does not agree in these rows, which are a whole table, in any order. Raises nothing,
    whatever they hold.

    Args:
        kept: what is older may have been removed by upkeep, or be half removed.
    """
    rows = sorted(rows, key=itemgetter("RowKey"))
    layout = layout_in(rows)
    of_rooms: defaultdict[str, list[tuple[Place, Row]]] = defaultdict(list)
    of_quarantine: defaultdict[str, list[tuple[Place, Row]]] = defaultdict(list)
    floors: defaultdict[str, list[Place]] = defaultdict(list)
    for row in rows:
        if layout.is_stray(row) and layout.is_moving(row):
            continue
        match placed(row, layout):
            case Disagreement() as found:
                yield found
            case Place(kind="quarantined" | "part") as place:
                of_quarantine[place.of].append((place, row))
            case Place(kind="floor" | "floor made") as place:
                floors[row["PartitionKey"]].append(place)
            case Place(of=room_id) as place if place.kind not in OF_NO_ROOM:
                of_rooms[room_id].append((place, row))
            case _:
                pass  # each is all there is of its kind
    for room_id, some in of_rooms.items():
        yield from of_room(room_id, layout.partition_of(room_id), some, kept)
    for event_id, some in of_quarantine.items():
        yield from of_quarantined(event_id, some)
    for partition, places in floors.items():
        yield from of_floors(partition, places)


def placed(row: Row, layout: Layout) -> Place | Disagreement:
    """What the row is; or what is wrong with it by itself."""
    partition, key = row["PartitionKey"], row["RowKey"]
    place = place_of(key)
    if place is None:
        return Disagreement(
            partition, "", (key,), "The row is of no kind that this service writes.", FOREIGN
        )
    room = "" if place.kind in OF_NO_ROOM else place.of
    if not place.belongs_in(partition, layout.partition_of):
        return Disagreement(
            partition,
            room,
            (key,),
            f"The row is in the partition {partition!r}, where nobody looks for it.",
            STRAY if layout.is_stray(row) else "",
        )
    if place.kind == "upkeep":
        try:
            text_in(row, "cursor")
            time_in(row, "beganAt")
        except Unreadable as problem:
            what = f"How far upkeep has come cannot be understood. {problem}"
            return Disagreement(
                partition, room, (key,), what, "Delete the row: upkeep begins again."
            )
    if place.kind == "spread" and (found := _of_spread(row, layout)) is not None:
        return found
    if place.kind == "restore":
        what = "The table is not whole: a restore has not ended."
        return Disagreement(partition, room, (key,), what, "Run `rooms restore` again.")
    if place.kind in ("mark", "create mark"):
        try:
            check_mark(place, row)
        except Unreadable as problem:
            what = f"The mark of a change at ACS cannot be understood. {problem}"
            return Disagreement(partition, room, (key,), what, "")
    if place.kind in OF_PASSES:
        try:
            check_passes(place, row)
        except Unreadable as problem:
            what = f"What the passes over the rooms at ACS wrote cannot be understood. {problem}"
            return Disagreement(
                partition, room, (key,), what, "Delete the row: the passes begin again."
            )
    if place.kind in _OF_IDENTITY:
        try:
            check_identity(place, row)
        except Unreadable as problem:
            what = f"{_OF_IDENTITY[place.kind]} cannot be understood. {problem}"
            return Disagreement(partition, room, (key,), what, "")
    return place


def layout_in(rows: Iterable[Row]) -> Layout:
    """Where rooms are, as the row `.spread` says; if it cannot be understood, as without it."""
    row = next((row for row in rows if row["RowKey"] == keys.SPREAD_ROW), None)
    try:
        return layout_of(row)
    except Unreadable:
        return Layout()


def _of_spread(row: Row, layout: Layout) -> Disagreement | None:
    try:
        layout_of(row)
    except Unreadable as problem:
        what = f"Which storage account has which rooms cannot be understood. {problem}"
        return Disagreement(row["PartitionKey"], "", (row["RowKey"],), what, "")
    if (left := unfinished(layout)) is None or layout.held_until > now():
        return None
    what, advice = left
    return Disagreement(row["PartitionKey"], "", (row["RowKey"],), what, advice)


def beside(row: Row, account: int, layout: Layout) -> Disagreement | None:
    """What is wrong with a row that is in no partition of rooms of its storage account, by itself:
    those but the first have only their marker there."""
    found = placed(row, layout)
    if isinstance(found, Disagreement):
        return found
    if account == 0 or found.kind == "marker":
        return None
    what = f"The row is in the storage account {account}, where nobody looks for it."
    return Disagreement(row["PartitionKey"], "", (row["RowKey"],), what, "")


def of_room(room_id: str, partition: str, rows: Placed, kept: Ticks) -> list[Disagreement]:
    """What does not agree in the rows of a room, which is in that partition, those that begin with
    a dot too, in the order of their keys."""
    found: list[Disagreement] = []

    def tell(what: str, *some: str, advice: str = "") -> None:
        found.append(Disagreement(partition, room_id, some, what, advice))

    try:
        check_room(room_id, rows, kept, tell)
    except Exception as error:  # of rows that are stranger than was thought of
        tell(
            f"The rows of the room cannot be understood ({type(error).__name__}).",
            keys.room_row(room_id),
        )
    return found


def of_floors(partition: str, places: Sequence[Place]) -> list[Disagreement]:
    """What does not agree in the rows of the floor of a partition."""
    found: list[Disagreement] = []

    def tell(what: str, row: str) -> None:
        found.append(Disagreement(partition, "", (row,), what, ""))

    check_floors(places, tell)
    return found


def of_quarantined(event_id: str, rows: Placed) -> list[Disagreement]:
    """What does not agree in the rows of an event in quarantine."""
    partition = keys.quarantine_partition(event_id)
    found: list[Disagreement] = []

    def tell(what: str, *some: str, advice: str = "") -> None:
        found.append(Disagreement(partition, "", some, what, advice))

    by_kind = {
        kind: {row["RowKey"]: row for place, row in rows if place.kind == kind}
        for kind in ("quarantined", "part")
    }
    event = next(iter(by_kind["quarantined"].values()), None)
    try:
        check_quarantined(event_id, event, by_kind["part"], tell)
    except Exception as error:
        tell(
            f"An event in quarantine cannot be understood ({type(error).__name__}).",
            keys.quarantine_row(event_id),
        )
    return found
