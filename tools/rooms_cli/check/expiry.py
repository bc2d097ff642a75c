"""Whether upkeep finds a room when it has expired."""

from rooms.domain.time import parse_time
from rooms.storage import keys
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.places import Placed
from rooms_cli.check.story import Story, logged_room

FIRST_PASS = (
    "The first pass of upkeep after an upgrade writes this row, and so does the next change of the "
    "room."
)


def check_expiry(story: Story, until: Placed, tell: Tell) -> None:
    """Tells if a room that is not deleted has no row for the end of its validity, and if a room has
    a row for an end that it never had.

    Rows for earlier ends stay, also of a deleted room, until upkeep looks at them.
    """
    room, row = story.state.room, story.state.row
    own = keys.until_row(room.id, room.valid_until)
    if not story.state.deleted and own not in {each["RowKey"] for _, each in until}:
        tell("Upkeep does not find the room when it has expired.", own, row, advice=FIRST_PASS)
    if not story.begins:
        return
    ends = {room.valid_until}
    for record in story.changes:
        for name in ("before", "after") if record.kind == "RoomUpdated" else ():
            ends.add(parse_time(logged_room(record.detail[name])["validUntil"]))
    for place, each in until:
        if place.at not in ends:
            tell("The room never had the end of this row.", each["RowKey"], row)
