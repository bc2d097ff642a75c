"""Whether the mark of a change at ACS can be understood."""

from rooms.storage import keys
from rooms_cli.check.places import Place, Row
from rooms_cli.check.properties import (
    Unreadable,
    data_in,
    flag_in,
    optional,
    text_in,
    time_in,
    unpacked,
)


def check_mark(place: Place, row: Row) -> None:
    """Checks the mark of a change or of a create. Raises Unreadable."""
    if time_in(row, "until") <= time_in(row, "startedAt"):
        raise Unreadable("It was over before it began.")
    for name in ("actor", "requestId"):
        text_in(row, name)
    flag_in(row, "open")
    optional(flag_in, row, "deletes")
    match unpacked(data_in(row)):
        case {"wanted": dict(), "patch": dict()}:
            pass
        case _:
            raise Unreadable("It does not say what was to be changed.")
    change = text_in(row, "change")
    if place.kind == "mark" and change != place.who:
        raise Unreadable("Its `change` is not that of its key.")
    if place.kind == "create mark":
        if keys.hashed(text_in(row, "repeatabilityId")) != place.of:
            raise Unreadable("Its `repeatabilityId` is not that of which its key is the hash.")
        for name in ("firstSent", "bodyHash"):
            text_in(row, name)
        optional(text_in, row, "roomId")
