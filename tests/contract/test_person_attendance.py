"""The attendance of a person in all their rooms, asked over HTTP."""

import csv
import io
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from rooms.domain.time import DAY, HOUR, SECOND, Ticks, format_time, now, parse_time
from rooms.storage import keys
from rooms.storage.cursors import to_cursor
from testkit.events import LONG_AGO, Meeting
from testkit.identifiers import raw_id
from testkit.insight import BASE, Insight, assert_invalid, assert_is, assert_refused, json_of
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.effort import thorough

type Body = dict[str, Any]

WEEK = f"from={format_time(LONG_AGO - DAY)[:19]}Z&until={format_time(LONG_AGO + 6 * DAY)[:19]}Z"
COLUMNS = (
    "roomId,title,from,until,rawId,name,externalId,displayName,role,status,intervals,seconds,"
    "aloneSeconds,joins,lateSeconds,leftEarlySeconds,estimated,guest,rawIds,removedAt,"
    "aloneEstimated,merged,cancelledAt,cancelledBy,error,incomplete"
)


class Doctor:
    """A person with rooms of their own: a new raw id for each, and one external id."""

    def __init__(self, raw: Raw, insight: Insight) -> None:
        self.raw, self.insight = raw, insight
        self.external_id = f"D {uuid.uuid4().hex} & Ä"

    def room(self, start: Ticks | None, who: str, **of_room: str) -> str:
        """A room of half an hour from `start`, or without a schedule."""
        roster = {"participants": {who: {"role": "Presenter"}}}
        room_id: str = self.raw.new_room({**of_room, **roster})["id"]
        person = {"name": "Dr. Khan", "externalId": self.external_id}
        details: Body = {"title": "Visit", "participants": {who: person}}
        if start is not None:
            details |= {
                "scheduledStart": format_time(start),
                "scheduledEnd": format_time(start + HOUR // 2),
            }
        json_of(self.insight.patch(f"/rooms/{room_id}/details", details))
        return room_id

    def report(self, query: str = WEEK, person: str | None = None) -> list[Body]:
        asked = quote(person or self.external_id, safe="")
        return self.insight.all(f"/attendance?person={asked}&{query}")


@pytest.fixture
def doctor(raw: Raw, insight: Insight) -> Doctor:
    return Doctor(raw, insight)


def test_a_week_of_a_person_with_a_raw_id_for_each_visit(insight: Insight, doctor: Doctor) -> None:
    first, second, patient = raw_id(), raw_id(), raw_id()
    came, missed = doctor.room(LONG_AGO, first), doctor.room(LONG_AGO + DAY, second)
    next_week, before = (
        doctor.room(LONG_AGO + 7 * DAY, raw_id()),
        doctor.room(LONG_AGO - 3 * DAY, raw_id()),
    )
    call = Meeting(came)
    insight.deliver(*call.whole(1500, call.stay(120, 1500, first), call.stay(60, 1400, patient)))
    rows = doctor.report()
    assert [(row["roomId"], row["status"]) for row in rows] == [
        (missed, "absent"),
        (came, "attended"),
    ]
    assert_is(
        rows[1],
        {
            "roomId": came,
            "title": "Visit",
            "from": call.at(0),
            "until": call.at(1800),
            "cancelled": None,
            "rawId": first,
            "rawIds": [first],
            "name": "Dr. Khan",
            "externalId": doctor.external_id,
            "displayName": None,
            "role": "Presenter",
            "status": "attended",
            "guest": False,
            "removedAt": None,
            "intervals": [{"from": call.at(120), "until": call.at(1500)}],
            "seconds": 1380,
            "aloneSeconds": 100,
            "aloneEstimated": False,
            "joins": 1,
            "merged": False,
            "lateSeconds": 120,
            "leftEarlySeconds": 300,
            "estimated": False,
            "incomplete": False,
            "error": None,
        },
    )
    assert [row["roomId"] for row in doctor.report("")] == [before, next_week, missed, came]
    assert [row["roomId"] for row in doctor.report(person=first)] == [came]
    assert doctor.report(person=doctor.external_id.upper()) == []
    assert doctor.report(person=patient) == []


def test_a_row_says_what_the_attendance_of_the_room_says(insight: Insight, doctor: Doctor) -> None:
    first, second = raw_id(), raw_id()
    room_id = doctor.room(LONG_AGO, first)
    again = {second: {"externalId": doctor.external_id}, raw_id(): {}}
    json_of(insight.patch(f"/rooms/{room_id}/invitees", {"participants": again}))
    call = Meeting(room_id)
    insight.deliver(*call.whole(900, call.stay(10, 300, first), call.stay(200, 800, second)))
    (row,) = doctor.report()
    of_room = insight.json(f"/rooms/{room_id}/attendance")
    (expected,) = [each for each in of_room["value"] if first in each["rawIds"]]
    assert row["rawIds"] == [first, second]
    assert {name: row[name] for name in expected} == expected
    assert doctor.report(person=second) == doctor.report(person=first) == [row]


def test_who_was_removed_is_reported_if_that_was_after_the_start_or_they_came(
    raw: Raw, insight: Insight, doctor: Doctor
) -> None:
    future = now() + HOUR
    removed_early, removed_late = (doctor.room(start, raw_id()) for start in (future, LONG_AGO))
    for room_id in (removed_early, removed_late):
        who = raw.roster(room_id)[0][0]
        body: Body = {"participants": {who: None}}
        json_of(insight.patch(f"/rooms/{room_id}/invitees", body))
    rows = doctor.report("")
    assert [(row["roomId"], row["status"]) for row in rows] == [(removed_late, "absent")]


def test_a_deleted_room_is_reported_and_as_cancelled_if_that_was_before_its_time(
    raw: Raw, insight: Insight, doctor: Doctor
) -> None:
    future = now() + HOUR
    cancelled, held = doctor.room(future, raw_id()), doctor.room(LONG_AGO, raw_id())
    for room_id in (cancelled, held):
        assert raw.delete(f"/rooms/{room_id}").status == 204
    of_held, of_cancelled = doctor.report("")
    assert (of_held["roomId"], of_held["status"], of_held["cancelled"]) == (held, "absent", None)
    assert (of_cancelled["roomId"], of_cancelled["status"]) == (cancelled, "cancelled")
    assert of_cancelled["cancelled"]["by"] is not None
    assert parse_time(of_cancelled["cancelled"]["at"]) < future


def test_a_room_without_a_schedule_is_reported_if_it_had_a_call_or_is_wholly_in_the_time(
    insight: Insight, doctor: Doctor
) -> None:
    start = now() // SECOND * SECOND
    validity = {"validFrom": format_time(start), "validUntil": format_time(start + 2 * DAY)}
    who = raw_id()
    room_id = doctor.room(None, who, **validity)

    def report_until(end: Ticks) -> list[tuple[str, str, str]]:
        query = f"from={format_time(start - DAY)[:19]}Z&until={format_time(end)[:19]}Z"
        return [(row["from"], row["until"], row["status"]) for row in doctor.report(query)]

    whole = (format_time(start), format_time(start + 2 * DAY), "expected")
    assert report_until(start + 3 * DAY) == [whole]
    assert report_until(start + DAY) == []
    call = Meeting(room_id, start)
    insight.deliver(call.started(), call.added(0, who))
    came = (format_time(start), format_time(start + DAY), "attended")
    assert report_until(start + DAY) == [came]


def test_a_room_with_the_external_id_itself_is_not_of_a_person(
    raw: Raw, insight: Insight, doctor: Doctor
) -> None:
    room_id = raw.new_room({"participants": {raw_id(): {}}})["id"]
    json_of(insight.patch(f"/rooms/{room_id}/details", {"externalId": doctor.external_id}))
    assert doctor.report("") == []


@dataclass(frozen=True, slots=True)
class Busy:
    """A person with more rooms than a page has."""

    external_id: str
    rooms: list[str]
    """The latest first."""


@pytest.fixture(scope="module")
def busy(raw: Raw, insight: Insight) -> Busy:
    doctor = Doctor(raw, insight)
    rooms = [doctor.room(LONG_AGO + n * HOUR, raw_id()) for n in range(32)]
    return Busy(doctor.external_id, rooms[::-1])


def test_all_pages_have_each_room_once(insight: Insight, busy: Busy) -> None:
    path = f"/attendance?person={quote(busy.external_id, safe='')}&{WEEK}"
    pages = [[row["roomId"] for row in page["value"]] for page in insight.pages(path)]
    assert [room_id for page in pages for room_id in page] == busy.rooms
    assert len(pages) > 1
    assert max(map(len, pages)) <= 30


def test_csv_has_a_page_and_a_link_to_the_next(insight: Insight, busy: Busy) -> None:
    read, path = list[dict[str, str]](), f"/attendance?person={quote(busy.external_id)}&format=csv"
    while path:
        answer = insight.get(path)
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="attendance.csv"'
        text = answer.body.decode("utf-8-sig")
        assert text.splitlines()[0] == COLUMNS
        read += csv.DictReader(io.StringIO(text, newline=""))
        link = answer.headers.get("link", "")
        path = link.removeprefix(f"<{BASE}").removesuffix('>; rel="next"')
    assert [row["roomId"] for row in read] == busy.rooms
    assert {row["status"] for row in read} == {"absent"}
    assert {row["externalId"] for row in read} == {busy.external_id}


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("", "person"),
        ("person=", "person"),
        (f"person={'x' * 257}", "person"),
        ("person=a&from=yesterday", "from"),
        ("person=a&until=2026-11-21", "until"),
        ("person=a&from=2026-11-21T10:00:00Z&until=2026-11-21T10:00:00Z", "until"),
        ("person=a&format=xml", "format"),
        ("person=a&nextLink=garbage", "nextLink"),
        ("person=a&nextLink=%00", "nextLink"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_its_name(
    insight: Insight, query: str, target: str
) -> None:
    assert_invalid(insight.get(f"/attendance?{query}"), target)


def test_a_token_of_another_list_or_person_is_refused(insight: Insight) -> None:
    place = f"{keys.descending(now())}:99400000000000000"
    for prefix in (
        keys.invitee_prefix(keys.by_external_id("a")),
        f"report{keys.invitee_prefix(keys.by_external_id('b'))}",
        f"report{keys.invitee_prefix('a')}",
    ):
        token = to_cursor(f"{now()} {prefix}{place}")
        assert_invalid(insight.get(f"/attendance?person=a&nextLink={token}"), "nextLink")
    token = to_cursor(f"{now()} report{keys.invitee_prefix(keys.by_external_id('a'))}{place}")
    assert insight.json(f"/attendance?person=a&nextLink={token}") == {"value": []}


@pytest.mark.parametrize(
    "person",
    [
        "\u05e9\u05d9 \U0001f600",
        "a' or 1 eq 1",
        "8:acs:x",
        *thorough("../..", "%", "=1+1", "4:+1425"),
    ],
)
def test_any_text_may_be_an_external_id(insight: Insight, raw: Raw, person: str) -> None:
    room_id = raw.new_room()["id"]
    who = raw_id()
    body: Body = {"participants": {who: {"externalId": person}}}
    json_of(insight.patch(f"/rooms/{room_id}/invitees", body))
    rows = insight.all(f"/attendance?person={quote(person, safe='')}")
    assert room_id in [row["roomId"] for row in rows]


def test_a_read_key_may_ask_and_nobody_without_a_key(app: RunningApp) -> None:
    assert Insight(app, app.read_key).json("/attendance?person=a") == {"value": []}
    assert_refused(Insight(app, "wrong").get("/attendance?person=a"), 401, "Denied")
