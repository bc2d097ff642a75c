"""What each row is, by its key alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rooms.domain.limits import LIMITS
from rooms.domain.time import MAX_TIME, Ticks
from rooms.storage import keys
from rooms.storage.accounts import account_of, last_digit, partition_in
from rooms.storage.pull_state import PASSES

type Row = Mapping[str, Any]
type Placed = Sequence[tuple["Place", Row]]
"""Rows with what they are, in the order of their keys."""

type PartitionOf = Callable[[str], str]
"""Where a room is."""

type Kind = Literal[
    "room",
    "details",
    "roster",
    "record",
    "event",
    "activity",
    "index",
    "invitee",
    "group",
    "all activity",
    "arrived",
    "all arrived",
    "join link",
    "until",
    "due",
    "stale",
    "mark",
    "create mark",
    "passes",
    "pass asked",
    "unknown at ACS",
    "floor",
    "floor made",
    "journal",
    "fence",
    "quarantined",
    "part",
    "upkeep",
    "spread",
    "deployment",
    "archive key",
    "archive",
    "probe",
    "restore",
    "marker",
    "user",
    "erasure",
    "erasure part",
]

OF_USERS: tuple[Kind, ...] = (
    "spread",
    "deployment",
    "archive key",
    "archive",
    "probe",
    "restore",
    "marker",
    "user",
    "erasure",
    "erasure part",
)
"""What stands in the partition of the users."""

OF_MOVES: tuple[Kind, ...] = ("journal", "fence")
"""What moves of rooms between storage accounts write beside the rows of rooms."""

OF_PASSES: tuple[Kind, ...] = ("passes", "pass asked", "unknown at ACS")
"""What the passes over the rooms at ACS have written."""

OF_NO_ROOM: tuple[Kind, ...] = (
    "quarantined",
    "part",
    "upkeep",
    "floor",
    "floor made",
    "mark",
    "create mark",
    *OF_MOVES,
    *OF_PASSES,
    *OF_USERS,
)
"""What belongs to no room, or is none of what agrees with its other rows."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a row is: `of` is the id of its room, of its event in quarantine, or of its user, the
    hash of a create, and "" for floors, a row of upkeep, the deployment and the marker of the
    table.

    `at` is the time in its key, or the beginning of the hour there, if there is one. `who` is the
    rest of the key: what tells a record, a call, an arrival, a join link, a person or a group from
    others.
    """

    kind: Kind
    of: str
    at: Ticks = 0
    who: str = ""

    def belongs_in(self, partition: str, partition_of: PartitionOf) -> bool:
        """Whether it may stand in a partition."""
        if self.kind in OF_USERS:
            return partition == keys.IDENTITY_PARTITION
        match self.kind:
            case "upkeep":
                return partition == keys.IDENTITY_PARTITION or _is_of_rooms(partition)
            case "floor" | "floor made" | "journal" | "fence":
                return _is_of_rooms(partition)
            case "quarantined" | "part":
                return partition == keys.quarantine_partition(self.of)
            case "create mark":
                return partition == keys.create_mark_partition(self.of)
            case "passes" | "pass asked":
                return partition == keys.PULL_PARTITION
            case "all arrived":  # it stays in the account where it arrived
                digit = last_digit(partition_of(self.of))
                return _is_of_rooms(partition) and last_digit(partition) == digit
        return partition == partition_of(self.of)


def _is_of_rooms(partition: str) -> bool:
    digit = last_digit(partition)
    return digit.isdigit() and partition == partition_in(account_of(partition), digit)


_ANY_ROOM, _ROOM, _HASH = (
    f"(?P<of>[A-Za-z0-9_-]{{1,{LIMITS.event_room_id}}})",
    "(?P<of>[0-9]{16,17})",
    "[0-9a-f]{64}",
)
GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NEWEST, _HOUR = "(?P<newest>[0-9]{19})", "(?P<hour>[0-9]{8})"
_ARRIVAL = "(?P<who>[0-9]{19}:[0-9]{19}:[0-9a-f]{16})"

_FORMS: dict[Kind, str] = {
    "event": f"{_ANY_ROOM}:call:(?P<who>{_HASH}):(?P<time>[0-9]{{19}}):{_HASH}",
    "record": f"{_ANY_ROOM}:~~?{_NEWEST}:(?P<who>[0-9a-f]{{32}}|{_HASH})",
    "activity": f"{_ANY_ROOM}:calls:{_HOUR}:(?P<who>{_HASH})",
    "all activity": rf"\.calls:{_HOUR}:{_ANY_ROOM}:(?P<who>{_HASH})",
    "arrived": f"{_ANY_ROOM}:arrived:{_ARRIVAL}",
    "all arrived": rf"\.arrived:{_ARRIVAL}:{_ANY_ROOM}",
    "join link": rf"\.join-link:(?P<time>[0-9]{{19}}):{_ROOM}:(?P<who>[0-9a-f]{{32}})",
    "until": rf"\.until:(?P<time>[0-9]{{19}}):{_ROOM}",
    "due": rf"\.due:(?P<time>[0-9]{{19}}):{_ANY_ROOM}",
    "stale": rf"\.stale:{_ROOM}:{_NEWEST}:(?P<who>[0-9a-f]{{32}})",
    "mark": rf"\.pending:{_ROOM}:(?P<who>[0-9a-f]{{32}})",
    "create mark": rf"\.pending:\+(?P<of>{_HASH})",
    "passes": r"(?P<of>)\.pull",
    "pass asked": rf"(?P<of>)\.pull-asked:(?P<who>{'|'.join(PASSES)})",
    "unknown at ACS": rf"\.pull-unknown:{_ROOM}",
    "floor": r"(?P<of>)\.floor:(?P<time>[0-9]{19})",
    "floor made": r"(?P<of>)\.floor",
    "journal": r"(?P<of>)\.moved:(?P<time>[0-9]{19}):(?P<who>[0-9a-f]+)",
    "fence": r"(?P<of>)\.growing:(?P<who>[0-9a-f]{32})",
    "invitee": rf"\.invitee:(?P<who>{_HASH}):{_NEWEST}:{_ROOM}",
    "group": rf"\.invitees:(?P<who>[0-5][0-9]|6[0-3]):{_NEWEST}:{_ROOM}" + keys.MEMBERS_SUFFIX,
    "index": rf"\.index:{_NEWEST}:{_ROOM}",
    "room": f"{_ROOM}:room",
    "details": f"{_ROOM}:details",
    "roster": f"{_ROOM}:roster:{_NEWEST}",
    "quarantined": rf"\.quarantine:(?P<of>{_HASH})",
    "part": rf"\.quarantine-part:(?P<of>{_HASH}):(?P<who>[0-9]{{4}})",
    "upkeep": r"(?P<of>)\.upkeep",
    "spread": r"(?P<of>)\.spread",
    "deployment": r"(?P<of>)\.deployment",
    "archive key": r"(?P<of>)\.archive",
    "archive": r"\.archive:(?P<of>[0-9a-f]{32})",
    "probe": r"(?P<of>)\.probe",
    "restore": r"(?P<of>)\.restore",
    "marker": r"(?P<of>)\.table",
    "user": rf"\.user:(?P<of>{GUID})",
    "erasure": r"\.erasure:(?P<of>[0-9a-f]{32})",
    "erasure part": r"\.erasure-part:(?P<of>[0-9a-f]{32}):(?P<who>[0-9]{1,2})",
}
_COMPILED = {kind: re.compile(form) for kind, form in _FORMS.items()}


def place_of(row: str) -> Place | None:
    """What the row with this key is; None if it is none of this service's."""
    for kind, form in _COMPILED.items():
        if match := form.fullmatch(row):
            at = _time(match.groupdict())
            return (
                Place(kind, match["of"], at, match.groupdict().get("who", ""))
                if 0 <= at <= MAX_TIME
                else None
            )
    return None


def _time(parts: Mapping[str, str]) -> Ticks:
    match parts:
        case {"newest": newest}:
            return keys.time_of(newest)
        case {"hour": hour}:
            return keys.hour_of(hour)
        case {"time": time}:
            return int(time)
    return 0
