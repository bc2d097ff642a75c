"""The log of a room: who changed what, and what happened in its calls."""

import csv
import io
import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from rooms.domain.shown_text import quoted
from rooms.domain.time import DAY, SECOND, format_time, now, parse_time
from testkit.events import LONG_AGO, Meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import BASE, Insight, assert_invalid, assert_is, assert_refused
from testkit.raw import Raw
from testkit.running import RunningApp
from testkit.waiting import until
from tests.contract.stored import store

ALICE, BOB = raw_id(1), raw_id(2)
COLUMNS = ["id", "time", "kind", "actor", "requestId", "text", "detail", "receivedAt", "onBehalfOf"]
PAGE = 100
DAY_AFTER = "2025-03-04T00:00:00Z"


def kinds(records: list[dict[str, Any]]) -> list[str]:
    return [record["kind"] for record in records]


@pytest.fixture(scope="module")
def changed_room(raw: Raw, insight: Insight) -> dict[str, Any]:
    """A room, as it was created, that every kind of change was made to; by whom is in the request
    ids."""
    sent = {"validFrom": format_time(now()), "validUntil": format_time(now() + DAY)}
    answer = raw.post(
        "/rooms",
        {**sent, "participants": {ALICE: {"role": "Presenter"}}},
        {"x-ms-client-request-id": "r1"},
    )
    assert answer.status == 201
    room: dict[str, Any] = answer.json()
    path = f"/rooms/{room['id']}"
    changes = {"participants": {ALICE: {"role": "Consumer"}, BOB: {}}}
    assert (
        raw.patch(path, {"pstnDialOutEnabled": True}, {"x-ms-client-request-id": "r2"}).status
        == 200
    )
    assert (
        raw.patch(f"{path}/participants", changes, {"x-ms-client-request-id": "r3"}).status == 200
    )
    assert (
        raw.patch(
            f"{path}/participants", {"participants": {BOB: None}}, {"x-ms-client-request-id": "r4"}
        ).status
        == 200
    )
    details = {"title": "A hearing", "participants": {BOB: {"name": "Bob"}}}
    assert insight.patch(f"{path}/details", details, "x-ms-client-request-id: r5").status == 200
    assert (
        insight.patch(
            f"{path}/details", {"title": "The hearing"}, "x-ms-client-request-id: r6"
        ).status
        == 200
    )
    assert raw.delete(path, {"x-ms-client-request-id": "r7"}).status == 204
    return room


def test_each_change_with_who_which_request_and_what(
    insight: Insight, changed_room: dict[str, Any]
) -> None:
    log = insight.json(f"/rooms/{changed_room['id']}/log")["value"]
    for record in log:
        assert re.fullmatch("[0-9a-f]{32}", record["id"])
        assert record["time"] == format_time(parse_time(record["time"]))
    times = [parse_time(record["time"]) for record in log]
    assert times == sorted(times, reverse=True)
    assert log[-1]["time"] == changed_room["createdAt"]
    made = {
        name: changed_room[name]
        for name in ("createdAt", "validFrom", "validUntil", "pstnDialOutEnabled")
    } | {"roomJoinPolicy": "InviteOnly"}
    expected: list[tuple[str, str, str, Any]] = [
        ("RoomCreated", "r1", log[-1]["text"], made | {"participants": {ALICE: "Presenter"}}),
        (
            "RoomUpdated",
            "r2",
            "changed the room: dial-out on",
            {"before": made, "after": made | {"pstnDialOutEnabled": True}},
        ),
        (
            "ParticipantsUpdated",
            "r3",
            f"invited {quoted('Bob')} as Attendee; made 8:acs:5ab1e000…-000000000001 Consumer",
            {
                "added": {BOB: "Attendee"},
                "changed": {ALICE: {"before": "Presenter", "after": "Consumer"}},
                "removed": {},
            },
        ),
        (
            "ParticipantsUpdated",
            "r4",
            f"removed {quoted('Bob')}",
            {"added": {}, "changed": {}, "removed": {BOB: "Attendee"}},
        ),
        (
            "DetailsUpdated",
            "r5",
            f"set the title to {quoted('A hearing')}; set the names of {quoted('Bob')}",
            {"before": {}, "after": {"title": "A hearing", "participants": {BOB: {"name": "Bob"}}}},
        ),
        (
            "DetailsUpdated",
            "r6",
            f"set the title to {quoted('The hearing')}",
            {"before": {"title": "A hearing"}, "after": {"title": "The hearing"}},
        ),
        ("RoomDeleted", "r7", "deleted the room", {}),
    ]
    for record, (kind, request_id, text, detail) in zip(reversed(log), expected, strict=True):
        fixed = {name: record[name] for name in ("id", "time", "receivedAt")}
        assert_is(
            record,
            {
                **fixed,
                "kind": kind,
                "actor": "test",
                "onBehalfOf": None,
                "requestId": request_id,
                "text": text,
                "detail": detail,
            },
        )
    opened = f"open from {changed_room['validFrom'][:19]}Z until {changed_room['validUntil'][:19]}Z"
    assert (
        log[-1]["text"]
        == f"created the room, {opened}; invited 8:acs:5ab1e000…-000000000001 as Presenter"
    )


def test_each_event_with_its_time_and_id(insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    events = [
        call.started(0, by=ALICE),
        call.added(1.5, ALICE, "Alice", "Presenter"),
        call.removed(2, ALICE),
        call.ended(3, by=ALICE, reason={"code": 0, "subCode": 1, "phrase": "a"}),
    ]
    insight.deliver(*events)
    log = insight.json(f"/rooms/{call.room_id}/log")["value"]
    about = {"callId": call.id, "participantId": f"web of {ALICE}", "rawId": ALICE}
    somebody = "8:acs:5ab1e000…-000000000001"
    expected: list[tuple[str, float, str, Any]] = [
        (
            "CallStarted",
            0,
            f"{somebody} started the call",
            {"callId": call.id, "startedBy": ALICE},
        ),
        (
            "ParticipantAdded",
            1.5,
            f"{quoted('Alice')} joined as Presenter",
            {**about, "displayName": "Alice", "role": "Presenter", "endpointType": "web"},
        ),
        ("ParticipantRemoved", 2, f"{somebody} left", {**about, "endpointType": "web"}),
        (
            "CallEnded",
            3,
            f"{somebody} ended the call ({quoted('a')})",
            {
                "callId": call.id,
                "endedBy": ALICE,
                "endReason": {"code": 0, "subCode": 1, "phrase": "a"},
            },
        ),
    ]
    for record, event, (kind, seconds, text, detail) in zip(
        reversed(log), events, expected, strict=True
    ):
        assert re.fullmatch("[0-9a-f]{64}", record["id"])
        about_record = {
            "id": record["id"],
            "time": call.at(seconds),
            "receivedAt": record["receivedAt"],
            "kind": kind,
            "actor": "event-grid",
            "onBehalfOf": None,
        }
        assert_is(
            record, {**about_record, "requestId": event["id"], "text": text, "detail": detail}
        )


def test_an_event_and_changes_stand_in_the_order_of_their_times(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room()["id"]
    assert raw.patch(f"/rooms/{room_id}", {"pstnDialOutEnabled": True}).status == 200
    insight.deliver(Meeting(room_id, now() + 3600 * SECOND).started(), Meeting(room_id).started())
    assert kinds(insight.all(f"/rooms/{room_id}/log")) == [
        "CallStarted",
        "RoomUpdated",
        "RoomCreated",
        "CallStarted",
    ]


# Choosing.


@pytest.fixture(scope="module")
def long_log(app: RunningApp, insight: Insight) -> Meeting:
    """A call of more than two pages of events, one a second; 510 of them of one kind."""
    call = Meeting(room_of_another_service())
    some = [call.added(number, raw_id(number), f"Number {number}") for number in range(510)]
    store(app, call.started(), *some)
    insight.deliver(call.ended(1000))
    return call


def test_the_log_is_newest_first_over_all_pages(insight: Insight, long_log: Meeting) -> None:
    pages = [page["value"] for page in insight.pages(f"/rooms/{long_log.room_id}/log")]
    assert [len(page) for page in pages] == [PAGE] * 5 + [12]
    times = [record["time"] for page in pages for record in page]
    assert times == sorted(times, reverse=True)
    assert len({record["id"] for page in pages for record in page}) == 512


def test_records_of_a_time(insight: Insight, long_log: Meeting) -> None:
    def seconds(query: str) -> list[int]:
        records = insight.all(f"/rooms/{long_log.room_id}/log?{query}")
        return [(parse_time(record["time"]) - long_log.start) // SECOND for record in records]

    start, end = (quote(long_log.at(number)) for number in (10, 13))
    assert seconds(f"from={start}&until={end}") == [12, 11, 10]
    assert seconds(f"from={quote(long_log.at(509))}") == [1000, 509]
    assert seconds(f"until={quote(long_log.at(2))}&kind=ParticipantAdded") == [1, 0]
    assert seconds(f"from={quote(long_log.at(1000.0000001))}") == []


def test_the_next_page_is_of_the_same_time_kind_and_actor(
    insight: Insight, long_log: Meeting
) -> None:
    times = f"from={quote(long_log.at(100))}&until={long_log.at(350)}"
    query = f"{times}&kind=ParticipantAdded&actor=event-grid"
    pages = list(insight.pages(f"/rooms/{long_log.room_id}/log?{query}"))
    assert len([record for page in pages for record in page["value"]]) == 250
    limited = list(
        insight.pages(
            f"/rooms/{long_log.room_id}/log?from={quote(long_log.at(100))}&until={long_log.at(350)}"
        )
    )
    assert [len(page["value"]) for page in limited] == [100, 100, 50]
    assert (
        "from=2025-03-03T10%3A01%3A40%2B00%3A00&until=2025-03-03T10%3A05%3A50"
        in limited[1]["nextLink"]
    )


def test_a_kind_that_is_rare_is_found_behind_empty_pages(
    insight: Insight, long_log: Meeting
) -> None:
    pages = [
        kinds(page["value"])
        for page in insight.pages(f"/rooms/{long_log.room_id}/log?kind=CallStarted")
    ]
    assert pages == [[], ["CallStarted"]]


def test_records_of_an_actor(raw: Raw, insight: Insight, changed_room: dict[str, Any]) -> None:
    path = f"/rooms/{changed_room['id']}/log"
    assert len(insight.all(f"{path}?actor=test")) == 7
    assert insight.all(f"{path}?actor=tes") == insight.all(f"{path}?actor=nobody%27%20or%201") == []
    assert kinds(insight.all(f"{path}?actor=test&kind=RoomDeleted")) == ["RoomDeleted"]


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("format=xml", "format"),
        ("format=CSV", "format"),
        ("from=now", "from"),
        ("until=2025-03-03T25:00:00Z", "until"),
        (f"from={DAY_AFTER}&until={DAY_AFTER}", "until"),
        ("nextLink=x", "nextLink"),
        ("nextLink=%00", "nextLink"),
        ("nextLink=" + "A" * 4000, "nextLink"),
    ],
)
def test_what_cannot_be_chosen(
    insight: Insight, long_log: Meeting, query: str, target: str
) -> None:
    assert_invalid(insight.get(f"/rooms/{long_log.room_id}/log?{query}"), target)


def test_a_token_of_another_list_is_none_of_this(
    insight: Insight, raw: Raw, long_log: Meeting, many_rooms: list[str]
) -> None:
    log_token = next(insight.pages(f"/rooms/{long_log.room_id}/log"))["nextLink"].partition(
        "nextLink="
    )[2]
    room_token = re.findall("nextLink=([A-Za-z0-9_-]+)", raw.get("/rooms").json()["nextLink"])[0]
    assert_invalid(insight.get(f"/rooms/{long_log.room_id}/log?nextLink={room_token}"), "nextLink")
    for path in (f"/rooms/{long_log.room_id}/calls", "/calls", "/live", "/quarantine"):
        assert_invalid(insight.get(f"{path}?nextLink={log_token}"), "nextLink")
    assert raw.get(f"/rooms?nextLink={log_token}").status == 400


def test_a_token_beside_other_times_shows_nothing_outside_of_them(
    insight: Insight, long_log: Meeting
) -> None:
    token = next(insight.pages(f"/rooms/{long_log.room_id}/log"))["nextLink"].partition(
        "nextLink="
    )[2]
    log = insight.all(f"/rooms/{long_log.room_id}/log?until={long_log.at(2)}&nextLink={token}")
    assert [record["time"] for record in log] == [long_log.at(1), long_log.at(0), long_log.at(0)]


# Formats.


def link_of(headers: dict[str, str]) -> str:
    """The path of the next page, or nothing."""
    link = headers.get("link", "")
    found = re.fullmatch(f'<{BASE}(/rooms/[^>]*)>; rel="next"', link)
    assert found or not link
    return found[1] if found else ""


def test_as_csv(insight: Insight, long_log: Meeting) -> None:
    path, rows = f"/rooms/{long_log.room_id}/log?format=csv&from={quote(long_log.at(50))}", []
    pages = 0
    while path:
        answer = insight.get(path)
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert (
            answer.headers["content-disposition"]
            == f'attachment; filename="log-{long_log.room_id}.csv"'
        )
        assert answer.body.startswith(
            b"\xef\xbb\xbfid,time,kind,actor,requestId,text,detail,receivedAt,onBehalfOf\r\n"
        )
        rows += list(
            csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), strict=True)
        )
        path = link_of(answer.headers)
        pages += 1
    assert pages == 5
    records = insight.all(f"/rooms/{long_log.room_id}/log?from={quote(long_log.at(50))}")
    read = [
        {
            **row,
            "detail": json.loads(row["detail"]),
            "onBehalfOf": None,
            "receivedAt": row["receivedAt"] or None,
        }
        for row in rows
    ]
    assert read == records
    assert records[0]["receivedAt"]


def test_as_json_lines(insight: Insight, long_log: Meeting) -> None:
    path, records = f"/rooms/{long_log.room_id}/log?format=ndjson&kind=ParticipantAdded", []
    while path:
        answer = insight.get(path)
        assert (answer.status, answer.headers["content-type"]) == (
            200,
            "application/x-ndjson; charset=utf-8",
        )
        assert not answer.body or answer.body.endswith(b"}\n")
        records += [json.loads(line) for line in answer.body.decode().splitlines()]
        path = link_of(answer.headers)
    assert records == insight.all(f"/rooms/{long_log.room_id}/log?kind=ParticipantAdded")


def test_json_is_the_format_that_need_not_be_named(insight: Insight, long_log: Meeting) -> None:
    body = insight.json(f"/rooms/{long_log.room_id}/log?format=json")
    assert body["value"] == insight.json(f"/rooms/{long_log.room_id}/log")["value"]
    assert "format=json" in body["nextLink"]


def test_names_with_line_ends_are_one_line_of_json_and_one_row(insight: Insight) -> None:
    call, name = Meeting(room_of_another_service()), 'a\r\nb,"c"\u2028\u0085\v\fé\U0001f600=1'
    insight.deliver(call.added(0, ALICE, name))
    (line,) = (
        insight.get(f"/rooms/{call.room_id}/log?format=ndjson")
        .body.removesuffix(b"\n")
        .split(b"\n")
    )
    assert json.loads(line)["detail"]["displayName"] == name
    table = insight.get(f"/rooms/{call.room_id}/log?format=csv").body.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert json.loads(row["detail"])["displayName"] == name


def test_an_empty_choice_has_the_names_of_the_columns_and_no_line(
    insight: Insight, long_log: Meeting
) -> None:
    path = f"/rooms/{long_log.room_id}/log?kind=RoomDeleted&until={quote(long_log.at(10))}"
    assert (
        insight.get(f"{path}&format=csv").body
        == b"\xef\xbb\xbfid,time,kind,actor,requestId,text,detail,receivedAt,onBehalfOf\r\n"
    )
    assert insight.get(f"{path}&format=ndjson").body == b""
    assert_is(insight.json(path), {"value": []})


# Rooms.


def test_the_log_of_a_deleted_room_goes_on(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room()["id"]
    assert raw.delete(f"/rooms/{room_id}").status == 204
    insight.deliver(Meeting(room_id, LONG_AGO).started())
    assert kinds(insight.all(f"/rooms/{room_id}/log")) == [
        "RoomDeleted",
        "RoomCreated",
        "CallStarted",
    ]


def test_a_large_change_is_in_the_log_whole(raw: Raw, insight: Insight) -> None:
    invited = {raw_id(number): {"role": "Attendee"} for number in range(5_000)}
    room_id = raw.new_room({"participants": invited})["id"]
    (record,) = insight.json(f"/rooms/{room_id}/log")["value"]
    assert list(record["detail"]["participants"]) == list(invited)


def test_an_unknown_room_has_no_log(insight: Insight) -> None:
    for query in ("", "?kind=CallStarted", "?format=csv", f"?from={DAY_AFTER}"):
        assert_refused(
            insight.get(f"/rooms/{room_of_another_service()}/log{query}"), 404, "NotFound"
        )


# In the order of arrival.


def arrivals(insight: Insight, path: str, since: str, more: str = "") -> tuple[list[Any], str]:
    """All that has arrived since then, and where to go on."""
    records: list[Any] = []
    while True:
        page = insight.json(f"{path}?since={since}{more}")
        assert page.keys() == {"value", "cursor", "more"}
        records += page["value"]
        since = page["cursor"]
        if not page["more"]:
            return records, since


def arrived(insight: Insight, path: str, since: str, count: int) -> tuple[list[Any], str]:
    """The same, once so many have arrived: a floor is raised once a second."""
    records: list[Any] = []

    def enough() -> bool:
        nonlocal since
        some, since = arrivals(insight, path, since)
        records.extend(some)
        return len(records) >= count

    until(enough)
    return records, since


def test_late_events_arrive_in_their_turn_each_once(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room({"participants": {ALICE: {}}})["id"]
    path = f"/rooms/{room_id}/log"
    call = Meeting(room_id, now() - DAY)
    joined = call.added(60, ALICE, "Alice")
    insight.deliver(joined)
    first, cursor = arrived(insight, path, "beginning", 2)
    assert kinds(first) == ["RoomCreated", "ParticipantAdded"]
    insight.deliver(joined, call.started(0))
    second, cursor = arrived(insight, path, cursor, 1)
    assert kinds(second) == ["CallStarted"]
    assert arrivals(insight, path, cursor)[0] == []
    by_time = insight.json(path)["value"]
    assert sorted(first + second, key=lambda record: record["time"], reverse=True) == by_time
    times = [parse_time(record["receivedAt"]) for record in first + second]
    assert times == sorted(times)
    assert parse_time(second[0]["time"]) < times[-1] - DAY + 60 * SECOND


def test_all_rooms_arrive_in_one_log(raw: Raw, insight: Insight) -> None:
    _, cursor = arrivals(insight, "/log", "now")
    room_ids = [raw.new_room()["id"] for _ in range(4)]
    for room_id in room_ids:
        raw.patch(f"/rooms/{room_id}", {"pstnDialOutEnabled": True})

    found: list[Any] = []

    def all_there() -> bool:
        nonlocal cursor
        some, cursor = arrivals(insight, "/log", cursor)
        found.extend(record for record in some if record["roomId"] in room_ids)
        return len(found) >= 8

    until(all_there)
    for room_id in room_ids:
        own = [record for record in found if record["roomId"] == room_id]
        assert kinds(own) == ["RoomCreated", "RoomUpdated"]


def test_a_log_begins_at_a_time(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room()["id"]
    path = f"/rooms/{room_id}/log"
    raw.patch(f"/rooms/{room_id}", {"pstnDialOutEnabled": True})
    (_, changed), _ = arrived(insight, path, "beginning", 2)
    since = changed["receivedAt"]
    for log in (path, "/log"):
        records, cursor = arrivals(insight, log, since)
        of_room = [each for each in records if each.get("roomId", room_id) == room_id]
        assert kinds(of_room) == ["RoomUpdated"]
        assert all(parse_time(each["receivedAt"]) >= parse_time(since) for each in records)
        assert arrivals(insight, log, cursor)[0] == []


def test_a_time_that_no_room_has(insight: Insight) -> None:
    path = "/rooms/99400000000000009/log"
    assert_refused(insight.get(f"{path}?since={DAY_AFTER}"), 404, "NotFound")
    message = assert_invalid(insight.get("/log?since=2026-05-04T10:00:00"), "since")
    assert "a time in RFC 3339 with a time zone" in message


def test_now_is_an_empty_page_of_a_room_that_is_there(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room()["id"]
    assert insight.json(f"/rooms/{room_id}/log?since=now")["value"] == []
    for since in ("now", "beginning"):
        answer = insight.get(f"/rooms/99400000000000009/log?since={since}")
        assert_refused(answer, 404, "NotFound")


def test_arrivals_of_a_kind_as_lines_with_the_cursor_in_a_header(
    raw: Raw, insight: Insight
) -> None:
    room_id = raw.new_room()["id"]
    path = f"/rooms/{room_id}/log"
    raw.patch(f"/rooms/{room_id}", {"pstnDialOutEnabled": True})
    arrived(insight, path, "beginning", 2)
    for form in ("ndjson", "csv"):
        answer = insight.get(f"{path}?since=beginning&kind=RoomUpdated&format={form}")
        assert answer.status == 200
        assert answer.body.decode().count("RoomUpdated") == 1
        assert "RoomCreated" not in answer.body.decode()
        assert answer.headers["x-log-more"] == "false"
        assert arrivals(insight, path, answer.headers["x-log-cursor"])[0] == []


@pytest.mark.parametrize("other", ["from", "until", "nextLink"])
def test_arrivals_are_of_no_time(insight: Insight, long_log: Meeting, other: str) -> None:
    value = "AAAA" if other == "nextLink" else DAY_AFTER
    for path in (f"/rooms/{long_log.room_id}/log", "/log"):
        assert_invalid(insight.get(f"{path}?since=now&{other}={value}"), other)


def test_a_cursor_of_another_room_is_refused(raw: Raw, insight: Insight) -> None:
    room_ids = [raw.new_room()["id"] for _ in range(2)]
    paths = ["/log", *(f"/rooms/{room_id}/log" for room_id in room_ids)]
    cursors = [insight.json(f"{path}?since=now")["cursor"] for path in paths]
    for path in paths:
        for wrong, of in [*zip(cursors, paths, strict=True), ("x", ""), ("Now", "")]:
            if of != path:
                assert_invalid(insight.get(f"{path}?since={wrong}"), "since")
    assert_invalid(insight.get("/log"), "since")
    for path in paths:
        assert_invalid(insight.get(f"{path}?since="), "since")
