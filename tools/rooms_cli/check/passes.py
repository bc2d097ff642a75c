"""Whether what the passes over the rooms at ACS wrote can be understood."""

from rooms.storage.pull_state import state_of
from rooms_cli.check.places import Place, Row
from rooms_cli.check.properties import Unreadable, data_in, time_in, unpacked


def check_passes(place: Place, row: Row) -> None:
    """Checks how far the passes have come, or one of the marks beside it. Raises Unreadable."""
    if place.kind != "passes":
        time_in(row, "askedAt")
        return
    time_in(row, "heldUntil")
    unpacked(data_in(row))
    try:
        state_of(row)
    except (KeyError, TypeError, AttributeError) as error:
        raise Unreadable("It does not say how far the passes have come.") from error
