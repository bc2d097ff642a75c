"""Whether the list of all rooms has a room as it is."""

from dataclasses import dataclass

from rooms.domain.details import Details
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.index_rows import whole_index_entity
from rooms_cli.check.contents import room_in
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.places import Placed, Row
from rooms_cli.check.properties import Unreadable, number_in, optional, text_in, time_in

ANEW = "The next change of the room's details writes this row anew."
FIRST_PASS = (
    "The first pass of upkeep after an upgrade writes this row anew, and so does the next change "
    "of the room's details."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list has of a room, beside the room."""

    title: str | None
    schedule: tuple[Ticks | None, Ticks | None]
    people: int | None
    names_in: str | None
    names: str | None


def check_index(
    room: Room,
    deleted: bool,
    details: Details,
    roster: Roster | None,
    index: Placed,
    tell: Tell,
) -> None:
    """Checks that a room is in the list as it is, once, and that a deleted one is not.

    Args:
        roster: the current one; None if it is not known.
    """
    room_row, own = keys.room_row(room.id), keys.index_row(room.id, room.created_at)
    rows = {row["RowKey"]: row for _, row in index}
    row = rows.pop(own, None)
    for key in rows:
        tell("The list has the room at another time than that of its creation.", key, room_row)
    if deleted and row is not None:
        tell("The list has a deleted room.", own, room_row)
    if deleted:
        return
    if row is None:
        tell("The list does not have the room.", own, room_row, advice=ANEW)
        return
    try:
        listed_room, listed = room_in(row, room.id), _listed(row)
    except Unreadable as problem:
        tell(f"The room cannot be understood in the list. {problem}", own, advice=ANEW)
        return
    if listed_room != room:
        what = "carrier" if listed_room.carrier != room.carrier else "validity or dial-out"
        tell(f"The list has another {what} than the room.", own, room_row, advice=ANEW)
    details_row = keys.details_row(room.id)
    try:
        expected = _listed(whole_index_entity(room, len(roster or {}), details))
    except (KeyError, ValueError):
        tell("The scheduled times in the details cannot be understood.", details_row)
        return
    if listed.title != expected.title:
        tell("The list has another title than the details.", own, details_row, advice=ANEW)
    if listed.names_in is None:
        what = "The list lacks the schedule and the names of the room."
        tell(what, own, details_row, advice=FIRST_PASS)
        return
    if listed.schedule != expected.schedule:
        tell("The list has another schedule than the details.", own, details_row, advice=ANEW)
    if (listed.names_in, listed.names) != (expected.names_in, expected.names):
        tell("The list has other names than the details.", own, details_row, advice=ANEW)
    if roster is not None and listed.people != expected.people:
        tell("The list has another number of people than the roster.", own, room_row, advice=ANEW)


def _listed(row: Row) -> Listed:
    start, end = (optional(time_in, row, name) for name in ("scheduledStart", "scheduledEnd"))
    texts = (optional(text_in, row, name) for name in ("title", "namesIn", "names"))
    title, names_in, names = texts
    return Listed(title, (start, end), optional(number_in, row, "people"), names_in, names)
