"""Where things are in the table. All rows of a room stand together, in one of ten partitions; the
users have one of their own.

    {room}:room                             the room
    {room}:details                          what people call it, and those invited
    {room}:roster:{newest first}            the roster as of then; the first is the current one
    {room}:~{newest first}:{change}         a log record
    {room}:~~{newest first}:{access}        a log record of who looked
    {room}:arrived:{arrival}                a log record, in the order of arrival
    {room}:call:{call}:{time}:{event}       an event of a call, in the order of time
    {room}:calls:{newest hour}:{call}       that a call had an event in that hour
    .index:{newest first}:{room}            the room as lists show it, by the time of its creation
    .invitee:{person}:{newest first}:{room} a room, created then, that may have the person
    .invitees:{group}:{newest first}:{room}:{members}
                                            the same of several people of a group
    .calls:{newest hour}:{room}:{call}      as {room}:calls, over the rooms of a partition
    .join-link:{expiry}:{room}:{link}       to which browser a join link is bound
    .until:{valid until}:{room}             that a room may have expired then
    .due:{time}:{room}                      that something of a room is as old as that
    .stale:{room}:{newest first}:{change}   that a change took external ids out of the details
    .arrived:{arrival}:{room}               as {room}:arrived, over the rooms of a partition
    .floor:{floor}                          the floor, below which nothing arrives any more
    .floor                                  that the partition has had a floor
    .growing:{run}                          which run moves rooms to another account, or from it
    .moved:{time}:{change}                  which rows a change wrote while its room was copied
    .pending:{room}:{change}                that a change of a room is under way at ACS
    .pending:+{create}                      the same of a create
    .pull-unknown:{room}                    that ACS does not know a room of which events came
    .quarantine:{id}                        an event that was not understood
    .quarantine-part:{id}:{number}          the rest of one that is too large for a row
    .upkeep                                 how far upkeep has come in this partition

Only in the first partition:

    .pull                                   how far the passes over the rooms at ACS have come
    .pull-asked:{pass}                      that somebody wants a pass now

In the partition of the users:

    .archive                                the key of the digests in archives of the log
    .archive:{archive}                      how far an archive has come
    .deployment                             the GUID and the key of this deployment
    .erasure:{id}                           the erasure of a person
    .erasure-part:{id}:{partition}          how far it has come in a partition
    .probe                                  what was heard of the last check of the media server
    .restore                                how far a restore has come
    .spread                                 which storage account has which rooms
    .table                                  that this table is ours
    .user:{user}                            a user that was made here

A newest-first time is an inverted count of ticks, or of hours, so that the newest row is the first
of its range. What comes from outside and may hold any character (ids of calls and people) is a
SHA-256 in a key. What begins with a dot can be no room's. A person is a raw id, or an external id
as `by_external_id` has it.
"""

import hashlib
import re
from collections.abc import Iterable

from rooms.domain.events import CallEvent
from rooms.domain.join_link import JoinLink
from rooms.domain.limits import LIMITS
from rooms.domain.time import HOUR, MAX_TIME, Ticks

PARTITIONS = "0123456789"


def home_partition(room_id: str) -> str:
    """Returns the partition of all rows of a room in one account: the last digit of its id."""
    return room_id[-1] if room_id[-1] in PARTITIONS else str(ord(room_id[-1]) % 10)


def descending(at: Ticks) -> str:
    """Returns 19 digits that sort the later time first."""
    return f"{MAX_TIME - at:019d}"


def descending_hour(at: Ticks) -> str:
    """Returns 8 digits that are the same within an hour and sort the later hour first."""
    return f"{(MAX_TIME - at) // HOUR:08d}"


def time_of(newest: str) -> Ticks:
    """Returns the time that `descending` was given."""
    return MAX_TIME - int(newest)


def hour_of(newest: str) -> Ticks:
    """Returns the beginning of the hour that `descending_hour` was given."""
    return MAX_TIME + 1 - (int(newest) + 1) * HOUR


def room_row(room_id: str) -> str:
    """Returns the key of the room."""
    return f"{room_id}:room"


def room_range(room_id: str) -> tuple[str, str]:
    """Returns the range of all rows of the room, but for those that begin with a dot."""
    return f"{room_id}:", f"{room_id};"


def details_row(room_id: str) -> str:
    """Returns the key of the details, just before the room."""
    return f"{room_id}:details"


def roster_row(room_id: str, at: Ticks) -> str:
    """Returns the key of the roster as of `at`."""
    return f"{room_id}:roster:{descending(at)}"


def end_of_rosters(room_id: str) -> str:
    """Returns the end of the rosters. From the room's row to here, the first two rows are the room
    and its current roster."""
    return f"{room_id}:roster;"


def log_row(room_id: str, at: Ticks, change: str, *, access: bool = False) -> str:
    """Returns the key of a log record. `change` tells apart what happens at the same time.

    Records of who looked stand behind the others, which can be read without them.
    """
    return f"{log_prefix(room_id, access=access)}{descending(at)}:{change}"


def log_prefix(room_id: str, *, access: bool = False) -> str:
    """Returns the prefix of the rows of a room's log. LOG_SUFFIX is the rest."""
    return f"{room_id}:~~" if access else f"{room_id}:~"


LOG_SUFFIX = re.compile("[0-9]{19}:[0-9a-f]{32,64}")


def log_range(room_id: str, start: Ticks, end: Ticks, *, access: bool = False) -> tuple[str, str]:
    """Returns the range of the log records from `start` until just before `end`."""
    prefix = log_prefix(room_id, access=access)
    return f"{prefix}{descending(end - 1)}", f"{prefix}{descending(start)};"


def room_of_log_row(row: str) -> str:
    """Returns the room of the key of a log record."""
    return row.partition(":")[0]


def is_log_row(row: str) -> bool:
    """Returns whether this is the key of a log record."""
    return ":~" in row


FLOORS_START = ".floor:"
FLOORS_END = ".floor;"
FLOOR_MADE_ROW = ".floor"
"""Says that the partition has had a floor."""


def floor_row(floor: Ticks) -> str:
    """Returns the key of a floor."""
    return f"{FLOORS_START}{floor:019d}"


def floor_of(row: str) -> Ticks:
    """Returns the floor of such a row."""
    return int(row.removeprefix(FLOORS_START))


ARRIVED_START = ".arrived:"
ARRIVED_END = ".arrived;"
FIRST_ARRIVAL = "0" * 19
"""Where arrivals begin: before all of them."""
ARRIVAL = "[0-9]{19}(:[0-9]{19}:[0-9a-f]{16})?"
"""An arrival, or only the floor with which it begins: what follows the prefix of arrival rows."""


def arrival(floor: Ticks, received: Ticks, which: str) -> str:
    """Returns an arrival: above which floor, and when, a log record was written. `which`, 16 hex
    digits, tells it from others."""
    return f"{floor:019d}:{received:019d}:{which}"


def arrival_start(floor: Ticks) -> str:
    """Returns the place before all that arrives above a floor."""
    return f"{floor:019d}"


def arrivals_range(start: Ticks, end: Ticks) -> tuple[str, str]:
    """Returns the range of the arrivals of all rooms above the floors from `start` until just
    before `end`."""
    return f"{ARRIVED_START}{arrival_start(start)}", f"{ARRIVED_START}{arrival_start(end)}"


def arrival_floor(arrival: str) -> Ticks:
    """Returns the floor of an arrival."""
    return int(arrival[:19])


def arrival_received(arrival: str) -> Ticks:
    """Returns when an arrival was written."""
    return int(arrival[20:39])


def after_floor(floor: Ticks) -> str:
    """Returns the start of the arrivals of all rooms above higher floors."""
    return f"{ARRIVED_START}{floor:019d};"


def arrived_prefix(room_id: str | None) -> str:
    """Returns what the arrival rows of a room, or of all rooms, begin with."""
    return ARRIVED_START if room_id is None else f"{room_id}:arrived:"


def arrived_row(room_id: str, arrival: str) -> str:
    """Returns the key of an arrival among those of its room."""
    return f"{room_id}:arrived:{arrival}"


def all_arrived_row(room_id: str, arrival: str) -> str:
    """Returns the key of an arrival among those of all rooms."""
    return f"{ARRIVED_START}{arrival}:{room_id}"


def arrival_of(row: str) -> str:
    """Returns the arrival of either kind of row."""
    parts = row.split(":")
    return ":".join(parts[2:] if parts[1] == "arrived" else parts[1:4])


def behind_arrival(room_id: str | None, place: str) -> str:
    """Returns the start of the arrival rows behind an arrival, or of those above a floor."""
    return f"{arrived_prefix(room_id)}{place}{';' if ':' in place else ':'}"


def hashed(text: str) -> str:
    """Returns 64 hex digits that stand for a text from outside."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def event_row(room_id: str, event: CallEvent) -> str:
    """Returns the key of an event of a call."""
    return f"{room_id}:call:{hashed(event.call)}:{event.at:019d}:{event.key}"


def events_range(room_id: str, call: str, end: Ticks, start: Ticks = 0) -> tuple[str, str]:
    """Returns the range of the events of a call from `start` until just before `end`."""
    events = f"{room_id}:call:{hashed(call)}:"
    return f"{events}{start:019d}", f"{events}{end:019d}"


def calls_range(room_id: str, first: str, last: str) -> tuple[str, str]:
    """Returns the range of the events of a room's calls, from the one with the hash `first` to the
    one with the hash `last`."""
    return f"{room_id}:call:{first}:", f"{room_id}:call:{last};"


def call_hash_of(row: str) -> str:
    """Returns the hash of the call of an event's row."""
    return row.split(":", 3)[2]


def activity_row(room_id: str, call: str, at: Ticks) -> str:
    """Returns the key of the row for a call that had an event in the hour of `at`."""
    return f"{room_id}:calls:{descending_hour(at)}:{hashed(call)}"


def activity_prefix(room_id: str) -> str:
    """Returns the prefix of the activity rows of a room. ACTIVITY_SUFFIX is the rest."""
    return f"{room_id}:calls:"


ACTIVITY_SUFFIX = "[0-9]{8}:[0-9a-f]{64}"


def activity_range(room_id: str, start: Ticks, end: Ticks) -> tuple[str, str]:
    """Returns the range of the activity rows from the hour of `start` to that of `end`."""
    return f"{room_id}:calls:{descending_hour(end)}:", f"{room_id}:calls:{descending_hour(start)};"


INDEX_START = ".index:"
INDEX_END = ".index;"
INDEX_ROW = re.compile(r"\.index:[0-9]{19}:[0-9]{16,17}")
"""The form of an index row."""


def index_row(room_id: str, created_at: Ticks) -> str:
    """Returns the key of the room in the list of rooms."""
    return f"{INDEX_START}{descending(created_at)}:{room_id}"


LIST_SUFFIX = "[0-9]{19}(:[0-9]{16,17})?"
"""The end of a page of a list of rooms, without the prefix of its rows: a room, or only a time of
creation."""


def index_start(created_at: Ticks) -> str:
    """Returns the start of the rooms that were created then, or before, in the list of rooms."""
    return f"{INDEX_START}{descending(created_at)}"


def created_of(row: str) -> Ticks:
    """Returns when the room of an index row, or of a result of `index_start`, was created."""
    return time_of(row.split(":")[1])


INVITEES_START = ".invitee:"
GROUPS_START = ".invitees:"
INVITEES_END = ".invitees;"
"""Rows of one and of several people stand between these."""

GROUPS = 64
"""People are divided into so many groups: the rows of all fit into one transaction, and in one row,
which has at most 252 properties, there are 156 of 5,000 people with as many external ids."""


_EXTERNAL = "external:"
"""What no raw id begins with."""


def by_external_id(external_id: str) -> str:
    """Returns the person, or the room, that has this external id, among those who find rooms."""
    return f"{_EXTERNAL}{external_id}"


def external_id_of(person: str) -> str | None:
    """Returns the text that `by_external_id` was given; None of a raw id."""
    return person.removeprefix(_EXTERNAL) if person.startswith(_EXTERNAL) else None


def invitee_prefix(person: str) -> str:
    """Returns the prefix of the rows of rooms that a person may find. LIST_SUFFIX is the rest."""
    return f".invitee:{hashed(person)}:"


def place(room_id: str, created_at: Ticks) -> str:
    """Returns where a room is in the list of a person: what LIST_SUFFIX matches."""
    return f"{descending(created_at)}:{room_id}"


def behind(place: str) -> str:
    """Returns the start of the places behind `place`. A place may be only a time of creation."""
    return f"{place};"


def place_in(row: str) -> str:
    """Returns the place of a room that was found by a row of invitees."""
    _, _, created, room_id, *_ = row.split(":")
    return f"{created}:{room_id}"


def invitee_row(room_id: str, created_at: Ticks, person: str) -> str:
    """Returns the key of the row for a person who may find a room."""
    return f"{invitee_prefix(person)}{place(room_id, created_at)}"


def group_and_member(person: str) -> tuple[int, str]:
    """Returns the group of a person, and the property that stands for them in its rows."""
    digest = hashed(person)
    return int(digest[-4:], 16) % GROUPS, f"p{digest[:16]}"


def group_prefix(group: int) -> str:
    """Returns the prefix of the rows of rooms that some of a group may find. LIST_SUFFIX, and
    MEMBERS_SUFFIX in rows that are not of before it, are the rest."""
    return f"{GROUPS_START}{group:02d}:"


GROUP_MEMBERS = 240
"""Members of a row, at most. Only ids that were chosen for it have more in one group."""

ALL_MEMBERS = "pall"
"""The property that stands for all of a group, if they are too many for a row."""

MEMBERS_SUFFIX = "(:[0-9a-f]{16})?"


def group_row(room_id: str, created_at: Ticks, group: int, members: Iterable[str]) -> str:
    """Returns the key of the row for these people of a group who may find a room. Others of the
    group have a row of their own, so none is ever taken out."""
    these = hashed(" ".join(sorted(members)))[:16]
    return f"{group_prefix(group)}{place(room_id, created_at)}:{these}"


def listed_room_id(row: str) -> str:
    """Returns the room of an index row, of an arrival row of all rooms, or of a place in a list."""
    return row.rpartition(":")[2]


def all_activity_row(room_id: str, call: str, at: Ticks) -> str:
    """Returns the key of the row for a call that had an event in the hour of `at`, among the calls
    of all rooms."""
    return f".calls:{descending_hour(at)}:{room_id}:{hashed(call)}"


ALL_ACTIVITY_START = ".calls:"
ALL_ACTIVITY_END = ".calls;"
ALL_ACTIVITY_SUFFIX = f"[0-9]{{8}}:[A-Za-z0-9_-]{{1,{LIMITS.event_room_id}}}:[0-9a-f]{{64}}"
"""What the activity rows of all rooms begin with, what is behind them, and the rest of each."""


def all_activity_range(start: Ticks, end: Ticks) -> tuple[str, str]:
    """Returns the range of the activity rows of all rooms from the hour of `start` to that of
    `end`."""
    return f".calls:{descending_hour(end)}:", f".calls:{descending_hour(start)};"


def activity_of(row: str) -> tuple[Ticks, str]:
    """Returns the beginning of the hour, and the room, of either kind of activity row."""
    first, second, third, _ = row.split(":")
    hour, room = (second, third) if first == ".calls" else (third, first)
    return hour_of(hour), room


JOIN_LINKS_START = ".join-link:"
JOIN_LINKS_END = ".join-link;"


def join_link_row(link: JoinLink) -> str:
    """Returns the key of the browser that a join link is bound to: the first to expire first."""
    return f"{JOIN_LINKS_START}{link.expires_at:019d}:{link.room_id}:{link.id}"


def join_links_start(expires_at: Ticks) -> str:
    """Returns the start of the join links that expire then, or later."""
    return f"{JOIN_LINKS_START}{expires_at:019d}"


UNTIL_START = ".until:"
UNTIL_END = ".until;"


def until_row(room_id: str, valid_until: Ticks) -> str:
    """Returns the key by which upkeep finds a room that may have expired then: the first to expire
    first."""
    return f"{UNTIL_START}{valid_until:019d}:{room_id}"


def until_start(valid_until: Ticks) -> str:
    """Returns the start of the rooms that were valid until then, or longer."""
    return f"{UNTIL_START}{valid_until:019d}"


DUE_START = ".due:"
DUE_END = ".due;"


def due_row(room_id: str, at: Ticks) -> str:
    """Returns the key by which upkeep finds a room that has something as old as `at`, where no
    arrival, call or expiry leads to it in time: the oldest first."""
    return f"{DUE_START}{at:019d}:{room_id}"


def due_start(at: Ticks) -> str:
    """Returns the start of the rooms that have something of that time, or later."""
    return f"{DUE_START}{at:019d}"


def listed_time_of(row: str) -> Ticks:
    """Returns the time in the key of a room that may have expired or has something old, or of a
    join link."""
    return int(row.split(":")[1])


STALE_START = ".stale:"
STALE_END = ".stale;"


def stale_row(log_row: str) -> str:
    """Returns the key that says that the change with this log record took external ids out of the
    details: nobody finds the room by them any more."""
    room_id, _, rest = log_row.partition(":~")
    return f"{STALE_START}{room_id}:{rest}"


def log_row_of_stale(row: str) -> str:
    """Returns the key of the log record that `stale_row` was given."""
    room_id, _, rest = row.removeprefix(STALE_START).partition(":")
    return f"{room_id}:~{rest}"


MARKS_START = ".pending:"
MARKS_END = ".pending;"
CREATE_MARKS_START = ".pending:+"
"""Marks of creates begin with this, and stand before those of changes."""


def mark_row(room_id: str, change: str) -> str:
    """Returns the key of the mark of a change, which is named by 32 hex digits."""
    return f"{MARKS_START}{room_id}:{change}"


def marks_range(room_id: str) -> tuple[str, str]:
    """Returns the range of the marks of changes of a room."""
    return f"{MARKS_START}{room_id}:", f"{MARKS_START}{room_id};"


def room_of_mark(row: str) -> str:
    """Returns the room of the mark of a change."""
    return row.split(":")[1]


def create_mark_key(request_id: str) -> tuple[str, str]:
    """Returns the partition, and the key, of the mark of a create with that
    Repeatability-Request-ID."""
    digest = hashed(request_id)
    return create_mark_partition(digest), f"{CREATE_MARKS_START}{digest}"


def create_mark_partition(digest: str) -> str:
    """Returns the partition of the mark of a create, whose id has that hash."""
    return str(int(digest, 16) % 10)


QUARANTINE_START = ".quarantine:"
QUARANTINE_END = ".quarantine;"
QUARANTINE_PARTS_START = ".quarantine-part:"
QUARANTINE_PARTS_END = ".quarantine-part;"
QUARANTINE_ROW = re.compile(r"\.quarantine:[0-9a-f]{64}")
"""The form of the row of an event in quarantine."""


def quarantine_partition(event_id: str) -> str:
    """Returns the partition of an event in quarantine."""
    return str(int(event_id, 16) % 10)


def quarantine_row(event_id: str) -> str:
    """Returns the key of an event in quarantine."""
    return f"{QUARANTINE_START}{event_id}"


def quarantine_part_row(event_id: str, number: int) -> str:
    """Returns the key of a further part of an event in quarantine."""
    return f"{QUARANTINE_PARTS_START}{event_id}:{number:04d}"


def quarantine_parts_range(event_id: str) -> tuple[str, str]:
    """Returns the range of the further parts of an event in quarantine."""
    return f"{QUARANTINE_PARTS_START}{event_id}:", f"{QUARANTINE_PARTS_START}{event_id};"


PULL_PARTITION = PARTITIONS[0]
PULL_STATE_ROW = ".pull"
"""How far the passes over the rooms at ACS have come, and where."""
PULL_ASKED_END = ".pull-asked;"


def pull_asked_row(which: str) -> str:
    """Returns the key that says that somebody wants a pass over the rooms at ACS."""
    return f".pull-asked:{which}"


UNKNOWN_AT_ACS_START = ".pull-unknown:"
UNKNOWN_AT_ACS_END = ".pull-unknown;"


def pull_unknown_row(room_id: str) -> str:
    """Returns the key that says that ACS does not know a room."""
    return f"{UNKNOWN_AT_ACS_START}{room_id}"


DOTS_START = "."
DOTS_END = "/"
"""The rows of no room stand between these, and those of rooms before and behind them: an id may
begin with a hyphen."""

IDENTITY_PARTITION = "identity"
"""The partition of the users."""


def partitions() -> list[str]:
    """Returns all partitions."""
    return [*PARTITIONS, IDENTITY_PARTITION]


DEPLOYMENT_ROW = ".deployment"
"""The GUID of this deployment, and the key that signs its tokens."""

ARCHIVE_ROW = ".archive"
"""The key of the digests in archives of the log."""

ARCHIVES_START = ".archive:"
ARCHIVES_END = ".archive;"


def archive_row(archive: str) -> str:
    """Returns the key of how far an archive has come."""
    return f"{ARCHIVES_START}{archive}"


PROBE_ROW = ".probe"
"""Of which calls, that checks of the media server made, events have come."""

RESTORE_ROW = ".restore"
"""How far a restore of this table has come. It is gone at the end."""

MARKER_ROW = ".table"
"""Says that the table is one of this service."""

SPREAD_ROW = ".spread"
"""In which storage accounts the rooms are."""

USERS_START = ".user:"
USERS_END = ".user;"


def user_row(user: str) -> str:
    """Returns the key of a user, who is named by a GUID in lower case."""
    return f"{USERS_START}{user}"


ERASURES_START = ".erasure:"
ERASURES_END = ".erasure;"
ERASURE_ID = re.compile("[0-9a-f]{32}")


def erasure_row(erasure: str) -> str:
    """Returns the key of the erasure of a person, which is named by 32 hex digits."""
    return f"{ERASURES_START}{erasure}"


def erasure_part_row(erasure: str, partition: str) -> str:
    """Returns the key of how far an erasure has come in a partition."""
    return f"{erasure_parts_range(erasure)[0]}{partition}"


def erasure_parts_range(erasure: str) -> tuple[str, str]:
    """Returns the range of how far an erasure has come."""
    return f".erasure-part:{erasure}:", f".erasure-part:{erasure};"


UPKEEP_ROW = ".upkeep"
"""How far upkeep has come in a partition."""

END = "~"
"""Behind all rows."""


def after_room(room_id: str) -> str:
    """Returns the start of the rows behind those of a room."""
    return f"{room_id};"


def after(row: str) -> str:
    """Returns the start of the rows behind `row`. Digits and colons sort after it."""
    return row + "!"
