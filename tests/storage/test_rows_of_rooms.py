"""Which rows stand with their room."""

from inspect import getmembers, isfunction

import pytest

from rooms.domain.events import CallEvent
from rooms.domain.join_link import JoinLink
from rooms.domain.time import now
from rooms.storage import keys
from rooms.storage.growth.fence import FENCES_START
from rooms.storage.journal import JOURNAL_START
from rooms.storage.marker import is_ours
from rooms.storage.rows_of_rooms import RANGES, room_of_row

ROOM = "99457664805096377"
AT = now()
EVENT = CallEvent("CallStarted", "e", "c", AT)

OF_THE_ROOM = {
    "room_row": keys.room_row(ROOM),
    "details_row": keys.details_row(ROOM),
    "roster_row": keys.roster_row(ROOM, AT),
    "log_row": keys.log_row(ROOM, AT, "c" * 32),
    "arrived_row": keys.arrived_row(ROOM, keys.arrival(AT, AT, "0" * 16)),
    "event_row": keys.event_row(ROOM, EVENT),
    "activity_row": keys.activity_row(ROOM, "c", AT),
    "all_activity_row": keys.all_activity_row(ROOM, "c", AT),
    "index_row": keys.index_row(ROOM, AT),
    "invitee_row": keys.invitee_row(ROOM, AT, "8:acs:someone"),
    "group_row": keys.group_row(ROOM, AT, 3, ["p0"]),
    "join_link_row": keys.join_link_row(JoinLink("l" * 32, ROOM, "8:acs:someone", None, AT)),
    "mark_row": keys.mark_row(ROOM, "c" * 32),
    "until_row": keys.until_row(ROOM, AT),
    "due_row": keys.due_row(ROOM, AT),
    "stale_row": keys.stale_row(keys.log_row(ROOM, AT, "c" * 32)),
    "pull_unknown_row": keys.pull_unknown_row(ROOM),
}

OF_NO_ROOM = {
    "all_arrived_row": keys.all_arrived_row(ROOM, keys.arrival(AT, AT, "0" * 16)),
    "floor_row": keys.floor_row(AT),
    "quarantine_row": keys.quarantine_row("0" * 64),
    "quarantine_part_row": keys.quarantine_part_row("0" * 64, 1),
    "pull_asked_row": keys.pull_asked_row("full"),
    "archive_row": keys.archive_row("a"),
    "user_row": keys.user_row("u"),
    "erasure_row": keys.erasure_row("0" * 32),
    "erasure_part_row": keys.erasure_part_row("0" * 32, "7"),
    "create_mark_key": keys.create_mark_key("r")[1],
    "floor": keys.FLOOR_MADE_ROW,
    "upkeep": keys.UPKEEP_ROW,
    "pull": keys.PULL_STATE_ROW,
}


@pytest.mark.parametrize("row", OF_THE_ROOM.values(), ids=OF_THE_ROOM.keys())
def test_a_row_of_a_room_stands_with_it(row: str) -> None:
    assert room_of_row(row) == ROOM
    assert any(start <= row < end for start, end in RANGES)


@pytest.mark.parametrize("row", OF_NO_ROOM.values(), ids=OF_NO_ROOM.keys())
def test_any_other_row_stays_where_it_is(row: str) -> None:
    assert room_of_row(row) is None


def test_a_room_of_events_may_begin_with_a_hyphen() -> None:
    row = keys.room_row("-a")
    assert room_of_row(row) == "-a"
    assert any(start <= row < end for start, end in RANGES)


def test_every_kind_of_row_that_has_a_key_is_known_here() -> None:
    made = {
        name
        for name, function in getmembers(keys, isfunction)
        if function.__module__ == keys.__name__ and name.endswith(("_row", "_key"))
    }
    assert made - {"is_log_row", "room_of_log_row", "log_row_of_stale"} == {
        name for name in OF_THE_ROOM | OF_NO_ROOM if name.endswith(("_row", "_key"))
    }


def test_a_table_that_has_lost_its_marker_is_known_by_each_kind_of_row() -> None:
    beside = (keys.SPREAD_ROW, keys.RESTORE_ROW, keys.PROBE_ROW, keys.DEPLOYMENT_ROW)
    of_moves = (f"{JOURNAL_START}1:0", f"{FENCES_START}0")
    for row in (*OF_THE_ROOM.values(), *OF_NO_ROOM.values(), *beside, *of_moves):
        assert is_ours(("7", row)), row
