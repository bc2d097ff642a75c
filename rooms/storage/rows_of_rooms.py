"""Which rows beside a room's own are of that room, and stand in its partition."""

from collections.abc import Sequence

_ROOM_IN = {
    ".calls": 2,
    ".due": 2,
    ".index": 2,
    ".invitee": 3,
    ".invitees": 3,
    ".join-link": 2,
    ".pending": 1,
    ".pull-unknown": 1,
    ".stale": 1,
    ".until": 2,
}
"""What rows begin with that stand with their room, and which part between colons is the room."""

_CREATE = "+"
"""What stands in the place of the room in the mark of a create, which is of no room yet."""

RANGES: Sequence[tuple[str, str]] = (
    ("", "."),
    *((f"{kind}:", f"{kind};") for kind in sorted(_ROOM_IN)),
    ("/", "~"),
)
"""Where all rows are that stand with their room: the first key, and the end, of each range."""


def room_of_row(row: str) -> str | None:
    """Returns the room with which a row stands, by its key. None: it is of no room, or it stays
    where it is whatever becomes of its room, as the arrivals over all rooms do."""
    kind, *parts = row.split(":")
    if not row.startswith("."):
        return kind
    place = _ROOM_IN.get(kind)
    if place is None or len(parts) < place or parts[place - 1].startswith(_CREATE):
        return None
    return parts[place - 1]
