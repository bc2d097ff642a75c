"""Where things are in the table. All rows of a room stand together, in the partition of its id's last digit.

    {room}:room                          the room
    {room}:roster:{newest first}         the whole roster as of then; the first is the current one
    {room}:~{newest first}:{change}      a log record
    index:{newest first}:{room}          the room as lists show it, by the time of its creation

A newest-first time is an inverted count of ticks, so that the newest row is the first of its range.
"""

import re

from rooms.rules.time import MAX_TIME, Ticks

PARTITIONS = "0123456789"


def partition(room_id: str) -> str:
    """The partition of all rows of a room."""
    return room_id[-1]


def newest_first(at: Ticks) -> str:
    """19 digits that sort the later time first."""
    return f"{MAX_TIME - at:019d}"


def room_row(room_id: str) -> str:
    """The room."""
    return f"{room_id}:room"


def roster_row(room_id: str, at: Ticks) -> str:
    """The roster as of `at`."""
    return f"{room_id}:roster:{newest_first(at)}"


def end_of_rosters(room_id: str) -> str:
    """Behind the last roster. From the room's row to here, the first two rows are the room and its current roster."""
    return f"{room_id}:roster;"


def log_row(room_id: str, at: Ticks, change: str) -> str:
    """The log record of a change; `change` tells apart what happens at the same time."""
    return f"{room_id}:~{newest_first(at)}:{change}"


INDEX_START = "index:"
INDEX_END = "index;"
INDEX_ROW = re.compile(r"index:[0-9]{19}:[0-9]{16,17}")
"""What an index row looks like."""


def index_row(room_id: str, created_at: Ticks) -> str:
    """The room in the list of rooms."""
    return f"{INDEX_START}{newest_first(created_at)}:{room_id}"


def behind(row: str) -> str:
    """Where the rows behind `row` begin: digits and colons sort after it."""
    return row + "!"
