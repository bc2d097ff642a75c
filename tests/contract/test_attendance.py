"""Who was invited and who came, asked over HTTP."""

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest

from rooms.domain.time import DAY, HOUR, format_time, now, parse_time
from testkit.events import Meeting, live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, assert_refused
from testkit.raw import Raw

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)
COLUMNS = (
    "rawId,name,externalId,displayName,role,status,intervals,seconds,aloneSeconds,joins,"
    "lateSeconds,leftEarlySeconds,estimated,guest,rawIds,removedAt,aloneEstimated,merged"
)
NOTHING: dict[str, Any] = {
    "intervals": [],
    "seconds": 0,
    "aloneSeconds": 0,
    "aloneEstimated": False,
    "joins": 0,
    "merged": False,
    "lateSeconds": None,
}


@pytest.fixture(scope="module")
def held(raw: Raw, insight: Insight) -> Meeting:
    """A meeting of two of the three who were invited, and of one who was not, with a title and
    names."""
    room_id = raw.new_room(
        {"participants": {ALICE: {"role": "Presenter"}, BOB: {}, CAROL: {"role": "Consumer"}}}
    )["id"]
    call = Meeting(room_id)
    names = {
        ALICE: {"name": "Dr. Alice", "externalId": "a1"},
        CAROL: {"name": "Carol"},
        raw_id(9): {"name": "not invited"},
    }
    assert (
        insight.patch(
            f"/rooms/{room_id}/details", {"title": "A visit", "participants": names}
        ).status
        == 200
    )
    insight.deliver(
        call.started(),
        call.added(10, ALICE, "Alice", "Presenter"),
        call.removed(40, ALICE),
        call.added(50, ALICE, "=Alice\r\n"),
        call.added(60, ALICE, "Alice's phone", "Presenter", device="phone"),
        call.removed(70.5, ALICE),
        call.removed(80, ALICE, device="phone"),
        call.added(30, BOB),
        call.added(75, raw_id(4), "Stranger", "Attendee"),
        call.removed(90, raw_id(4)),
        call.ended(100),
    )
    return call


def test_the_attendance_of_a_call(insight: Insight, held: Meeting) -> None:
    def interval(start: float, end: float) -> dict[str, str]:
        return {"from": held.at(start), "until": held.at(end)}

    body = insight.json(f"/rooms/{held.room_id}/attendance?call={held.id}")
    assert_is(
        body,
        {
            "roomId": held.room_id,
            "title": "A visit",
            "from": held.at(0),
            "until": held.at(100),
            "cancelled": None,
            "incomplete": False,
            "summary": {"invited": 3, "attended": 2, "absent": 1, "uninvited": 1, "guests": 0},
            "value": [
                {
                    "rawId": ALICE,
                    "rawIds": [ALICE],
                    "name": "Dr. Alice",
                    "externalId": "a1",
                    "displayName": "Alice's phone",
                    "role": "Presenter",
                    "status": "attended",
                    "guest": False,
                    "removedAt": None,
                    "intervals": [interval(10, 40), interval(50, 80)],
                    "seconds": 60,
                    "aloneSeconds": 20,
                    "aloneEstimated": True,
                    "joins": 3,
                    "merged": False,
                    "lateSeconds": 10,
                    "leftEarlySeconds": 20,
                    "estimated": False,
                },
                {
                    "rawId": BOB,
                    "rawIds": [BOB],
                    "name": None,
                    "externalId": None,
                    "displayName": None,
                    "role": "Attendee",
                    "status": "attended",
                    "guest": False,
                    "removedAt": None,
                    "intervals": [interval(30, 100)],
                    "seconds": 70,
                    "aloneSeconds": 20,
                    "aloneEstimated": True,
                    "joins": 1,
                    "merged": False,
                    "lateSeconds": 30,
                    "leftEarlySeconds": 0,
                    "estimated": True,
                },
                {
                    "rawId": CAROL,
                    "rawIds": [CAROL],
                    "name": "Carol",
                    "externalId": None,
                    "displayName": None,
                    "role": "Consumer",
                    "status": "absent",
                    "guest": False,
                    "removedAt": None,
                    **NOTHING,
                    "leftEarlySeconds": None,
                    "estimated": True,
                },
                {
                    "rawId": raw_id(4),
                    "rawIds": [raw_id(4)],
                    "name": None,
                    "externalId": None,
                    "displayName": "Stranger",
                    "role": "Attendee",
                    "status": "uninvited",
                    "guest": False,
                    "removedAt": None,
                    "intervals": [interval(75, 90)],
                    "seconds": 15,
                    "aloneSeconds": 0,
                    "aloneEstimated": True,
                    "joins": 1,
                    "merged": False,
                    "lateSeconds": 75,
                    "leftEarlySeconds": 10,
                    "estimated": False,
                },
            ],
        },
    )


def test_as_csv(insight: Insight, held: Meeting) -> None:
    answer = insight.get(f"/rooms/{held.room_id}/attendance?call={held.id}&format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        answer.headers["content-disposition"]
        == f'attachment; filename="attendance-{held.room_id}.csv"'
    )
    assert answer.body.startswith(b"\xef\xbb\xbf" + COLUMNS.encode() + b"\r\n")
    rows = list(
        csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), strict=True)
    )
    value = insight.json(f"/rooms/{held.room_id}/attendance?call={held.id}&format=json")["value"]
    assert rows == [{name: as_cell(item) for name, item in attendee.items()} for attendee in value]
    assert rows[0]["intervals"] == f"{held.at(10)}/{held.at(40)}; {held.at(50)}/{held.at(80)}"
    assert rows[0]["seconds"] == "60"


def as_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case [str(), *_]:
            return "; ".join(value)
        case list():
            return "; ".join(f"{interval['from']}/{interval['until'] or ''}" for interval in value)
        case _:
            return str(value)


def test_a_strangers_name_is_no_formula(insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    names = [
        '=HYPERLINK("http://example.com";"Ann")',
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "Ann;=1+1",
        "Ann\n=1+1",
    ]
    insight.deliver(
        *(
            event
            for number, name in enumerate(names)
            for event in call.stay(number, 60, raw_id(number), name)
        )
    )
    table = insight.get(f"/rooms/{call.room_id}/attendance?call={call.id}&format=csv").body.decode(
        "utf-8-sig"
    )
    for separator in ",;":
        for row in csv.reader(io.StringIO(table, newline=""), delimiter=separator):
            for cell in row:
                assert not cell.strip().startswith(("=", "+", "-", "@"))


# Which time.


def slot_of(insight: Insight, room_id: str, query: str = "") -> tuple[str, str | None]:
    body = insight.json(f"/rooms/{room_id}/attendance?{query}")
    return body["from"], body["until"]


def test_the_time_is_the_rooms_unless_another_is_scheduled_or_asked_for(
    raw: Raw, insight: Insight
) -> None:
    room = raw.new_room()
    call = Meeting(room["id"])
    insight.deliver(*call.whole(100))
    assert slot_of(insight, room["id"]) == (room["validFrom"], room["validUntil"])
    scheduled = {
        "scheduledStart": "2025-03-03T10:00:00Z",
        "scheduledEnd": "2025-03-03T12:00:00+01:00",
    }
    assert insight.patch(f"/rooms/{room['id']}/details", scheduled).status == 200
    assert slot_of(insight, room["id"]) == (
        "2025-03-03T10:00:00+00:00",
        "2025-03-03T11:00:00+00:00",
    )
    assert slot_of(insight, room["id"], f"call={call.id}") == (call.at(0), call.at(100))
    asked = "from=2025-03-02T10:00:00Z&until=2025-03-04T10:00:00+01:00"
    assert slot_of(insight, room["id"], asked) == (
        "2025-03-02T10:00:00+00:00",
        "2025-03-04T09:00:00+00:00",
    )
    assert (
        slot_of(insight, room["id"], "until=2025-03-03T10:30:00Z")[0] == "2025-03-03T10:00:00+00:00"
    )
    assert (
        slot_of(insight, room["id"], "from=2025-03-03T10:30:00Z")[1] == "2025-03-03T11:00:00+00:00"
    )
    assert slot_of(insight, room["id"], f"call={call.id}&from={quote(call.at(20))}") == (
        call.at(20),
        call.at(100),
    )


def test_what_lies_outside_the_time_is_cut(insight: Insight, held: Meeting) -> None:
    body = insight.json(
        f"/rooms/{held.room_id}/attendance?from={quote(held.at(35))}&until={quote(held.at(55))}"
    )
    seconds = {attendee["rawId"]: attendee["seconds"] for attendee in body["value"]}
    assert seconds == {ALICE: 10, BOB: 20, CAROL: 0}


def test_several_calls_of_a_time(insight: Insight) -> None:
    room_id = room_of_another_service()
    calls = [
        Meeting(room_id, parse_time("2025-06-01T10:00:00Z") + number * HOUR) for number in range(3)
    ]
    insight.deliver(
        *(event for call in calls for event in call.whole(600, call.stay(0, 60, ALICE)))
    )
    query = "from=2025-06-01T00:00:00Z&until=2025-06-02T00:00:00Z"
    (alice,) = insight.json(f"/rooms/{room_id}/attendance?{query}")["value"]
    assert (alice["seconds"], alice["joins"], len(alice["intervals"])) == (180, 3, 3)


def test_before_the_time_is_over_who_is_missing_is_expected(raw: Raw, insight: Insight) -> None:
    room = raw.new_room({"participants": {ALICE: {}, BOB: {}}})
    call = live_meeting(room["id"])
    insight.deliver(call.started(), call.added(1, ALICE))
    for query in ("", f"call={call.id}"):
        body = insight.json(f"/rooms/{room['id']}/attendance?{query}")
        summary = {"invited": 2, "attended": 1, "absent": 0, "uninvited": 0, "guests": 0}
        assert body["summary"] == summary
        alice, bob = body["value"]
        assert (alice["intervals"][0]["until"], alice["leftEarlySeconds"], bob["status"]) == (
            None,
            None,
            "expected",
        )
    assert body["until"] is None
    (row, _) = csv.DictReader(
        io.StringIO(
            insight.get(f"/rooms/{room['id']}/attendance?call={call.id}&format=csv").body.decode(
                "utf-8-sig"
            ),
            newline="",
        )
    )
    assert row["intervals"] == f"{call.at(1)}/"


def test_invited_is_who_was_on_the_roster_in_that_time(raw: Raw, insight: Insight) -> None:
    room = raw.new_room({"participants": {ALICE: {"role": "Presenter"}}})
    assert (
        raw.patch(
            f"/rooms/{room['id']}/participants",
            {"participants": {ALICE: None, BOB: {"role": "Consumer"}}},
        ).status
        == 200
    )
    created = parse_time(room["createdAt"])

    def invited(first: int, last: int) -> list[tuple[str, str]]:
        query = f"from={quote(format_time(first))}&until={quote(format_time(last))}"
        return [
            (one["rawId"], one["role"])
            for one in insight.json(f"/rooms/{room['id']}/attendance?{query}")["value"]
        ]

    assert invited(created - DAY, created + 1) == [(ALICE, "Presenter")]
    assert invited(created, now() + HOUR) == [(BOB, "Consumer")]
    assert invited(now(), now() + HOUR) == [(BOB, "Consumer")]


# What is refused.


def test_of_a_room_known_by_events_only_the_time_must_be_given(insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(*call.whole(60))
    path = f"/rooms/{call.room_id}/attendance"
    assert_invalid(insight.get(path), "from")
    assert_invalid(insight.get(f"{path}?until=2025-04-01T00:00:00Z"), "from")
    assert_invalid(insight.get(f"{path}?from=2025-03-01T00:00:00Z"), "until")
    body = insight.json(f"{path}?from=2025-03-01T00:00:00Z&until=2025-04-01T00:00:00Z")
    assert (body["title"], body["value"]) == (None, [])


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("from=x", "from"),
        ("until=x", "until"),
        ("from=2025-03-03T10:00:00Z&until=2025-03-03T09:00:00Z", "until"),
        ("until=2025-03-03T09:00:00Z", "until"),
        ("from=9999-12-31T23:59:59Z", "from"),
        ("format=ndjson", "format"),
    ],
)
def test_times_and_formats_that_cannot_be(
    insight: Insight, held: Meeting, query: str, target: str
) -> None:
    assert_invalid(insight.get(f"/rooms/{held.room_id}/attendance?{query}"), target)


def test_an_unknown_room(insight: Insight) -> None:
    for query in ("", "?call=x", "?from=2025-03-03T10:00:00Z&until=2025-03-04T10:00:00Z"):
        assert_refused(
            insight.get(f"/rooms/{room_of_another_service()}/attendance{query}"), 404, "NotFound"
        )


def test_the_attendance_of_a_deleted_room(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room({"participants": {ALICE: {}}})["id"]
    call = Meeting(room_id)
    insight.deliver(*call.whole(60, call.stay(10, 20, BOB)))
    assert insight.patch(f"/rooms/{room_id}/details", {"title": "Gone"}).status == 200
    assert raw.delete(f"/rooms/{room_id}").status == 204
    body = insight.json(f"/rooms/{room_id}/attendance?call={call.id}")
    assert (body["title"], [one["status"] for one in body["value"]]) == (
        "Gone",
        ["absent", "uninvited"],
    )


@pytest.mark.parametrize(
    "query",
    ["from=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59.9999999Z", "from=9999-12-31T23:59:58Z"],
)
def test_of_a_time_without_bounds(raw: Raw, insight: Insight, query: str) -> None:
    call = Meeting(raw.new_room({"participants": {ALICE: {}}})["id"])
    insight.deliver(*call.whole(60, call.stay(10, 20, ALICE)))
    until = "" if "until" in query else "&until=9999-12-31T23:59:59Z"
    (alice,) = insight.json(f"/rooms/{call.room_id}/attendance?{query}{until}")["value"]
    assert alice["status"] == ("expected" if until else "attended")
