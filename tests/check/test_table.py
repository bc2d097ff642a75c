"""What is said of rows that are strange in themselves, moved or doubled, and that nothing is
raised, whatever they hold."""

import zlib
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from rooms.domain.events import CallEvent
from rooms.domain.time import DAY, HOUR, MAX_TIME, SECOND, parse_time
from rooms.storage import keys
from rooms.storage.entities import (
    event_entities,
    event_of,
    log_entity,
    pack,
    stored_time,
    unpack,
)
from rooms_cli.check.disagreement import Disagreement
from rooms_cli.check.places import Kind, Row, place_of
from rooms_cli.check.table import disagreements
from testkit.identifiers import raw_id
from testkit.partitions import at_home
from tests.check.filled import ALICE, BEGIN, EVENTS_ONLY


def row_of(rows: list[Row], of: Kind, **having: Any) -> dict[str, Any]:
    """The first row of the kind, with these properties."""
    return next(
        dict(row)
        for row in rows
        if (place := place_of(row["RowKey"])) and place.kind == of and having.items() <= row.items()
    )


def with_row(rows: list[Row], row: Row) -> list[Row]:
    """The table with that row, instead of the one with its key if there is one."""
    return [*(other for other in rows if other["RowKey"] != row["RowKey"]), row]


def said(rows: list[Row]) -> list[str]:
    return [found.what for found in disagreements(rows)]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a",
        "settings",
        "99412345678901237:rooms",
        "99412345678901237:roster:1",
        "99412345678901237:~1:2",
        "short:room",
        ".index:0000000000000000001",
        ".invitees:64:0000000000000000001:99412345678901237",
        ".upkeep:",
        f"99412345678901237:roster:{MAX_TIME + 1}",
        f"anywhere-7:calls:99999999:{'0' * 64}",
        "99412345678901237:room\n",
        "Ω:room",
    ],
)
def test_a_row_of_no_kind_of_ours_is_told(key: str) -> None:
    (found,) = disagreements([{"PartitionKey": "7", "RowKey": key}])
    assert found == Disagreement(
        "7",
        "",
        (key,),
        "The row is of no kind that this service writes.",
        "If another program writes into this table, give it one of its own.",
    )


@pytest.mark.parametrize("partition", ["x", "", "01"])
@pytest.mark.parametrize(
    "kind",
    ["room", "index", "event", "all activity", "quarantined", "upkeep", "user", "deployment"],
)
def test_a_row_in_another_partition_is_told(rows: list[Row], kind: Kind, partition: str) -> None:
    row = row_of(rows, kind)
    moved = with_row(rows, row | {"PartitionKey": partition})
    assert f"The row is in the partition {partition!r}, where nobody looks for it." in said(moved)


@pytest.mark.parametrize(
    ("kind", "damage", "told"),
    [
        ("user", {"usedAt": "2026-05-04T10:30:00Z"}, "Its `usedAt` is no time"),
        ("user", {"usedAt": "2026-05-04T10:30:00.0000000Z"}, "It was used before it was created."),
        ("user", {"revision": "x"}, "Its `revision` is none that this service writes."),
        ("user", {"revision": 1}, "Its `revision` is not text."),
        ("erasure", {"phase": "x"}, "It does not say how far it is."),
        ("erasure", {"finishedAt": "x"}, "Its `finishedAt` is no time"),
        ("erasure", {"rows": -1}, "Its `rows` is no count."),
        ("erasure part", {"phase": "x"}, "It does not say how far it is."),
        ("erasure part", {"data0": b"x"}, "Its data is cut off, or too long."),
        ("archive key", {"key": "x"}, "It has no key."),
        ("archive", {"exportedAt": "now"}, "Its `exportedAt` is no time as"),
        ("archive", {"day": 1}, "Its `day` is not text."),
        ("probe", {"finished": 1}, "Its `finished` is not text."),
        ("deployment", {"id": "x"}, "Its `id` is no GUID."),
        ("deployment", {"privateKey": "x"}, "Its `privateKey` is no key in PEM."),
    ],
)
def test_a_damaged_row_of_the_identities_is_told(
    rows: list[Row], kind: Kind, damage: dict[str, Any], told: str
) -> None:
    whose = {
        "user": "A user",
        "deployment": "The key of the deployment",
        "archive key": "The key of archives of the log",
        "archive": "How far an archive of the log has come",
        "probe": "What was heard of the last check of the media server",
        "erasure": "An erasure",
        "erasure part": "An erasure",
    }[kind]
    (found,) = disagreements(with_row(rows, row_of(rows, kind) | damage))
    assert found.what.startswith(f"{whose} cannot be understood. {told}")
    assert (found.partition, found.room) == ("identity", "")


@pytest.mark.parametrize(
    ("kind", "damage", "told"),
    [
        ("mark", {"until": "2026-05-04T10:30:00.0000000Z"}, "It was over before it began."),
        ("mark", {"change": "0" * 32}, "Its `change` is not that of its key."),
        ("mark", {"open": 1}, "Its `open` is not true or false."),
        ("mark", {"data0": b"x"}, "Its data is cut off, or too long."),
        ("mark", pack([]), "It does not say what was to be changed."),
        ("create mark", {"repeatabilityId": "x"}, "Its `repeatabilityId` is not that of which"),
        ("create mark", {"bodyHash": 1}, "Its `bodyHash` is not text."),
    ],
)
def test_a_damaged_mark_is_told(
    rows: list[Row], kind: Kind, damage: dict[str, Any], told: str
) -> None:
    (found,) = disagreements(with_row(rows, row_of(rows, kind) | damage))
    assert found.what.startswith(f"The mark of a change at ACS cannot be understood. {told}")


@pytest.mark.parametrize(
    ("kind", "damage", "told"),
    [
        ("passes", {"heldUntil": "x"}, "Its `heldUntil` is no time as"),
        ("passes", pack({"full": 1}), "It does not say how far the passes have come."),
        ("pass asked", {"askedAt": 1}, "Its `askedAt` is not text."),
        ("unknown at ACS", {"askedAt": "x"}, "Its `askedAt` is no time as"),
    ],
)
def test_a_damaged_row_of_the_passes_is_told(
    rows: list[Row], kind: Kind, damage: dict[str, Any], told: str
) -> None:
    (found,) = disagreements(with_row(rows, row_of(rows, kind) | damage))
    what = "What the passes over the rooms at ACS wrote cannot be understood."
    assert found.what.startswith(f"{what} {told}")


def test_a_row_is_told_with_its_room_and_what_can_be_done(rows: list[Row]) -> None:
    index = row_of(rows, "index")
    room_id = keys.listed_room_id(index["RowKey"])
    (found,) = disagreements(with_row(rows, index | {"title": "another"}))
    assert found == Disagreement(
        index["PartitionKey"],
        room_id,
        (index["RowKey"], f"{room_id}:details"),
        "The list has another title than the details.",
        "The next change of the room's details writes this row anew.",
    )


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ({"people": 7}, "The list has another number of people than the roster."),
        ({"names": '["Eve"]'}, "The list has other names than the details."),
        ({"namesIn": "details"}, "The list has other names than the details."),
        (
            {"scheduledStart": "2026-05-04T10:00:00.0000000Z"},
            "The list has another schedule than the details.",
        ),
        ({"scheduledStart": "10:00"}, "The room cannot be understood in the list."),
    ],
)
def test_what_the_list_says_of_the_details_and_the_roster_is_told(
    rows: list[Row], damage: dict[str, Any], what: str
) -> None:
    index = row_of(rows, "index")
    (found,) = disagreements(with_row(rows, index | damage))
    assert found.what.startswith(what)


def test_a_row_of_the_list_that_an_earlier_version_wrote_is_told_once(rows: list[Row]) -> None:
    index = row_of(rows, "index")
    ours = ("people", "namesIn", "names", "scheduledStart", "scheduledEnd")
    earlier = {name: index[name] for name in index if name not in ours}
    (found,) = disagreements(with_row(rows, earlier))
    assert found.what == "The list lacks the schedule and the names of the room."


@pytest.mark.parametrize(
    ("kind", "carrier", "what"),
    [
        ("index", "acs", "The list has another carrier than the room."),
        ("room", "acs", "Where the calls of the room run is not what its log says."),
        ("room", "livekit", "The room cannot be understood."),
    ],
)
def test_another_carrier_than_the_log_tells_is_told(
    rows: list[Row], kind: Kind, carrier: str, what: str
) -> None:
    row = row_of(rows, kind)
    assert "carrier" not in row
    found = said(with_row(rows, row | {"carrier": carrier}))
    assert any(each.startswith(what) for each in found), found


def test_rows_of_a_room_that_has_moved_here_may_say_so(rows: list[Row]) -> None:
    for kind in ("room", "index"):
        assert not said(with_row(rows, row_of(rows, kind) | {"carrier": "own"}))


def test_a_room_of_acs_that_lost_its_carrier_is_told(rows: list[Row]) -> None:
    row = row_of(rows, "room", carrier="acs")
    del row["carrier"]
    assert "Where the calls of the room run is not what its log says." in said(with_row(rows, row))


def test_a_room_that_was_seen_by_nobody_is_told(rows: list[Row]) -> None:
    record = row_of(rows, "record", actor="acs", kind="RoomCreated")
    detail = unpack(record)
    del detail["seenBy"]
    assert "A log record cannot be understood. Its detail is none of the kind RoomCreated." in said(
        with_row(rows, record | pack(detail))
    )


def test_a_room_that_is_listed_twice_is_told(rows: list[Row]) -> None:
    index = row_of(rows, "index")
    room_id = keys.listed_room_id(index["RowKey"])
    again = index | {"RowKey": keys.index_row(room_id, BEGIN - HOUR)}
    assert said([*rows, again]) == [
        "The list has the room at another time than that of its creation."
    ]


def record_at(row: Row, shift: int) -> dict[str, Any]:
    """The same log record, written at another time."""
    place = place_of(row["RowKey"])
    assert place
    at = place.at + shift
    return {
        **row,
        "RowKey": keys.log_row(place.of, at, "0" * len(place.who)),
        "time": stored_time(at),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "RoomCreated",
        "RoomUpdated",
        "RoomDeleted",
        "ParticipantsUpdated",
        "DetailsUpdated",
        "CallEnded",
    ],
)
@pytest.mark.parametrize("shift", [0, 1, -1, HOUR])
def test_a_log_record_that_is_there_twice_is_told(rows: list[Row], kind: str, shift: int) -> None:
    assert said([*rows, record_at(row_of(rows, "record", kind=kind), shift)])


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("details", "The room of this row is not there."),
        ("roster", "The room of this row is not there."),
        ("index", "The room of this row is not there."),
        ("invitee", "A row of invitees is of a room that never was."),
        ("group", "A row of invitees is of a room that never was."),
        ("event", "A call event has no log record."),
        ("activity", "A call is in lists at an hour of which no event tells."),
        (
            "all activity",
            "A call is in lists at an hour of which no event tells.",
        ),
        ("arrived", "A record has only one of its two rows of its arrival."),
        ("all arrived", "A record has only one of its two rows of its arrival."),
        ("floor", "The row is missing that keeps a second floor from being made."),
        ("floor made", "The floor is missing, so nothing can be written."),
    ],
)
def test_a_row_that_is_left_alone_is_told(rows: list[Row], kind: Kind, what: str) -> None:
    assert said([row_of(rows, kind)])[0] == what


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("RoomUpdated", "The log tells of a room that is not there."),
        ("Admitted", "The log tells of a room that is not there."),
        ("CallEnded", "The log tells of a call event that is not there."),
    ],
)
def test_a_log_record_that_is_left_alone_is_told(rows: list[Row], kind: str, what: str) -> None:
    assert set(said([row_of(rows, "record", kind=kind)])) == {
        what,
        "A log record is not in the order of arrival.",
    }


def test_a_change_among_those_who_looked_is_told(rows: list[Row]) -> None:
    record = row_of(rows, "record", kind="RoomUpdated")
    hidden = {**record, "RowKey": record["RowKey"].replace(":~", ":~~")}
    assert (
        "A log record cannot be understood. Its key is not that of a record of the kind "
        "RoomUpdated."
    ) in said([*rows, hidden])


def test_a_decision_of_a_time_without_the_room_is_told(rows: list[Row]) -> None:
    room_id = row_of(rows, "room", deleted=True)["RowKey"].partition(":")[0]
    room = row_of(rows, "room", deleted=True)
    for at, expected in (
        (BEGIN - DAY, 1),
        (BEGIN + DAY, 1),
        (parse_time(room["changedAt"]) + SECOND, 0),
    ):
        decision = log_entity(
            room_id, at, "0" * 32, "Admitted", "key", "", {"rawId": ALICE, "role": "Presenter"}
        )
        assert (
            said([*rows, at_home(decision)])
            == ["The log has a decision of a time at which the room was not there."] * expected
        )


def test_an_external_id_and_a_former_guest_who_do_not_find_the_room_are_told(
    rows: list[Row],
) -> None:
    of_external_id = next(row for row in rows if "externalId" in row and "rawId" not in row)
    of_deleted = [row for row in rows if row["RowKey"].startswith(".invitee:")]
    told = {what for row in of_deleted for what in said([each for each in rows if each != row])}
    assert told == {
        "An external id of the room does not find it.",
        "Somebody who was invited does not find the room.",
    }
    (found,) = disagreements([row for row in rows if row != of_external_id])
    assert found.rows == (of_external_id["RowKey"],)
    assert found.advice.startswith("Remove the external id from the details and set it again")


def test_people_who_never_were_invited_are_told(rows: list[Row]) -> None:
    group, stranger = row_of(rows, "group"), raw_id(5000)
    room_id, created_at = (
        keys.listed_room_id(keys.place_in(group["RowKey"])),
        keys.time_of(group["RowKey"].split(":")[2]),
    )
    alone = {
        "PartitionKey": group["PartitionKey"],
        "RowKey": keys.invitee_row(room_id, created_at, stranger),
        "rawId": stranger,
    }
    for row in (alone, group | {keys.group_and_member(stranger)[1]: True}):
        assert said(with_row(rows, row)) == [
            "A row of invitees has somebody who never was invited."
        ]


def test_an_end_of_a_call_that_no_event_tells_of_is_told(rows: list[Row]) -> None:
    not_ended = [
        row
        for row in rows
        if row["RowKey"].startswith(f"{EVENTS_ONLY}:calls:") and "ended" not in row
    ]
    (own,) = not_ended
    (of_all,) = [
        row
        for row in rows
        if row["RowKey"].startswith(".calls:")
        and own["RowKey"].split(":")[2] in row["RowKey"]
        and EVENTS_ONLY in row["RowKey"]
    ]
    for row in not_ended:
        rows = with_row(rows, {**row, "ended": True})
    rows = with_row(rows, {**of_all, "ended": True})
    assert said(rows) == [
        "A call has ended, as lists have it, at an hour in which it had no such event."
    ]


def test_a_call_that_upkeep_is_removing_may_have_ended_without_the_event(rows: list[Row]) -> None:
    """Its events go a hundred at a time, by time, and some may have come after its end."""
    (end,) = (
        row
        for row in rows
        if row["RowKey"].startswith(f"{EVENTS_ONLY}:call:") and '"CallEnded"' in row["event"]
    )
    event = replace(
        event_of(end),
        kind="ParticipantRemoved",
        id="late",
        at=event_of(end).at + SECOND,
        participant_id="phone",
    )
    _, late, *_ = map(at_home, event_entities(EVENTS_ONLY, event, "text", event.at))
    left = [
        row
        for row in rows
        if not row["RowKey"].startswith((f"{EVENTS_ONLY}:call:", f"{EVENTS_ONLY}:~"))
    ]
    assert said([*left, late])
    assert [
        found
        for found in disagreements([*left, late], event.at + 2 * HOUR)
        if found.room == EVENTS_ONLY
    ] == []


def test_a_call_that_ended_in_the_future_has_not_ended_in_lists(rows: list[Row]) -> None:
    """An event that came before its time does not say so: which one did is not kept."""
    ended = [row for row in rows if "ended" in row and EVENTS_ONLY in row["RowKey"]]
    assert len(ended) == 2
    for row in ended:
        rows = with_row(rows, {name: value for name, value in row.items() if name != "ended"})
    assert said(rows) == []


def with_length(rows: list[Row], length: int | None) -> list[Row]:
    """The table with one more call, of which there is only its end."""
    end = CallEvent("CallEnded", "end", "of a length", BEGIN + 5 * HOUR, duration=length)
    return [*rows, *map(at_home, event_entities(EVENTS_ONLY, end, "text", end.at))]


def test_a_call_may_be_in_lists_at_the_hour_in_which_it_began_by_its_length(
    rows: list[Row],
) -> None:
    assert said(with_length(rows, 3 * HOUR)) == []
    assert said(with_length(rows, SECOND)) == []


def test_a_call_that_is_not_in_lists_at_the_hour_in_which_it_began_is_told(
    rows: list[Row],
) -> None:
    *others, own, of_all = with_length(rows, 3 * HOUR)
    for left in (own, of_all):
        assert said([*others, left]) == [
            "A call is not in a list at an hour of which an event tells."
        ]


def test_a_call_that_is_in_lists_at_an_hour_in_which_it_did_not_begin_is_told(
    rows: list[Row],
) -> None:
    *_, own, of_all = with_length(rows, 3 * HOUR)
    assert said([*with_length(rows, 2 * HOUR), own, of_all]) == [
        "A call is in lists at an hour of which no event tells."
    ]


def test_an_end_that_cannot_be_read_may_tell_of_any_hour(rows: list[Row]) -> None:
    *others, log, event, own, of_all, began, began_of_all = with_length(rows, 3 * HOUR)
    assert "event" in event
    told = said([*others, log, {**event, "event": "{}"}, own, of_all, began, began_of_all])
    assert told == [
        "A call event cannot be understood. Its `event` is none that this service writes."
    ]


STRANGE: list[Any] = [
    None,
    "",
    "x",
    0,
    -1,
    2**40,
    1.5,
    True,
    b"",
    b"x",
    [],
    {},
    "2026-05-04T10:00:00Z",
    "{}",
    "[]",
    "null",
]

STRANGE_JSON: list[Any] = [
    None,
    1,
    "text",
    [],
    {},
    [[]],
    {"": {}},
    {"title": 1},
    {"scheduledStart": "soon"},
    {"participants": 1},
    {"participants": {"": 1}},
    {"before": 1, "after": {}},
    {"before": {"title": {"x": 1}}, "after": {"title": "y", "participants": []}},
    {"added": [], "changed": {}, "removed": {}},
    {"added": {}, "changed": {"a": 1}, "removed": {}},
    {"added": {}, "changed": {"a": {"before": {}, "after": []}}, "removed": {}},
]


def strange(row: Row, random: Random) -> Row:
    """The row, or one with its key that holds something else."""
    chosen = random.random()
    if chosen < 0.2:
        names = [name for name in row if name not in ("PartitionKey", "RowKey")]
        return {
            **row,
            **{
                name: random.choice(STRANGE)
                for name in random.sample(names, random.randint(0, len(names)))
            },
        }
    if chosen < 0.4:
        return {name: value for name, value in row.items() if name != "data0"} | pack(
            random.choice(STRANGE_JSON)
        )
    return row


def test_nothing_is_raised_whatever_the_rows_hold(rows: list[Row]) -> None:
    """Also not by what is looked at together with them."""
    random = Random(3)
    for _ in range(60):
        damaged = [strange(row, random) for row in rows if random.random() < 0.95]
        found = list(disagreements(damaged))
        assert found
        assert not [each for each in found if "Error" in each.what]


@pytest.mark.parametrize("parts", [0, 2, 2**40])
def test_an_event_in_quarantine_with_a_wrong_count_of_parts_is_told(
    rows: list[Row], parts: int
) -> None:
    event = row_of(rows, "quarantined", parts=1)
    assert said(with_row(rows, event | {"parts": parts})) == [
        "An event in quarantine has not the parts that it says."
    ]


def test_rows_that_unpack_to_more_than_a_table_holds_are_told(
    rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms_cli.check.properties._MAX_UNPACKED", 1_000_000)
    roster = row_of(rows, "roster")
    assert "A roster cannot be understood. Its data is cut off, or too long." in said(
        with_row(rows, roster | pack("0" * 1_000_001))
    )


def test_nesting_without_end_is_told(rows: list[Row]) -> None:
    roster = row_of(rows, "roster")
    deep = zlib.compress(b"[" * 100_000 + b"]" * 100_000)
    assert "A roster cannot be understood. Its data cannot be read." in said(
        with_row(rows, roster | {"data0": deep})
    )
