"""Whether an event in quarantine is whole."""

from collections.abc import Mapping

from rooms.domain.limits import LIMITS
from rooms.domain.log import EVENT_ACTORS
from rooms.storage import keys
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.places import Row
from rooms_cli.check.properties import (
    Unreadable,
    data_in,
    number_in,
    optional,
    text_in,
    time_in,
    unpacked,
)

_MAX_PARTS = 1_000
"""No event has so many: the host takes bodies of 100 MiB, and a part holds most of 1 MiB."""


def check_quarantined(event_id: str, row: Row | None, parts: Mapping[str, Row], tell: Tell) -> None:
    """Tells what is wrong with an event in quarantine. Parts without their event are left of one
    that never came whole, or goes.

    Args:
        parts: rows by their keys, in order.
    """
    if row is None:
        return
    key = keys.quarantine_row(event_id)
    try:
        time_in(row, "receivedAt")
        text_in(row, "reason")
        if optional(text_in, row, "source") not in (None, *EVENT_ACTORS):
            raise Unreadable("Its `source` is none that this service writes.")
        count = number_in(row, "parts")
        numbered = [
            keys.quarantine_part_row(event_id, number)
            for number in range(1, min(count, _MAX_PARTS))
        ]
        if count not in range(1, _MAX_PARTS) or numbered != list(parts):
            tell(
                "An event in quarantine has not the parts that it says.",
                key,
                *sorted(parts.keys() ^ set(numbered)),
            )
            return
        text = unpacked(b"".join(map(data_in, (row, *parts.values()))))
        if not isinstance(text, str) or keys.hashed(text) != event_id:
            tell("An event in quarantine is not the text of which its key is the hash.", key)
        elif (number_in(row, "size"), text_in(row, "excerpt")) != (
            len(text),
            text[: LIMITS.excerpt],
        ):
            tell("An event in quarantine is listed otherwise than its text is.", key)
    except Unreadable as problem:
        tell(f"An event in quarantine cannot be understood. {problem}", key)
