"""Who did not come to meetings that are over, asked over HTTP."""

from typing import Any

import pytest

from rooms.domain.time import DAY, HOUR, SECOND, Ticks, format_time, now
from rooms.storage.cursors import to_cursor
from testkit.events import LONG_AGO, Meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, json_of
from testkit.raw import Raw

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)
ROLES = {ALICE: "Attendee", BOB: "Attendee", CAROL: "Presenter"}
MINUTE = 60 * SECOND
AT = LONG_AGO + 90 * DAY
"""No other tests schedule rooms on the days that follow."""


class Meetings:
    """Rooms with a schedule, and what is answered of them."""

    def __init__(self, raw: Raw, insight: Insight) -> None:
        self.raw, self.insight = raw, insight

    def room(self, start: Ticks, *people: str, end: Ticks | None = None) -> str:
        """A room of half an hour to which these are invited."""
        roster = {who: {"role": ROLES[who]} for who in people}
        room_id: str = self.raw.new_room({"participants": roster})["id"]
        details = {
            "title": "Visit",
            "scheduledStart": format_time(start),
            "scheduledEnd": format_time(start + 30 * MINUTE if end is None else end),
            "participants": {BOB: {"name": "Bob", "externalId": "B-1"}},
        }
        json_of(self.insight.patch(f"/rooms/{room_id}/details", details))
        return room_id

    def of_day(self, day: Ticks) -> list[dict[str, Any]]:
        return self.insight.all(f"/noShows?from={_url(day)}&until={_url(day + DAY)}")

    def rooms_of_day(self, day: Ticks) -> list[str]:
        return [each["roomId"] for each in self.of_day(day)]


def _url(at: Ticks) -> str:
    return f"{format_time(at)[:19]}Z"


@pytest.fixture
def meetings(raw: Raw, insight: Insight) -> Meetings:
    return Meetings(raw, insight)


def test_who_did_not_come_presenters_first(meetings: Meetings, insight: Insight) -> None:
    room_id = meetings.room(AT, ALICE, BOB, CAROL)
    call = Meeting(room_id, AT)
    insight.deliver(*call.whole(600, call.stay(1, 500, ALICE)))
    carol = {"rawId": CAROL, "rawIds": [CAROL], "name": None, "externalId": None}
    bob = {"rawId": BOB, "rawIds": [BOB], "name": "Bob", "externalId": "B-1"}
    expected = {
        "roomId": room_id,
        "title": "Visit",
        "scheduledStart": format_time(AT),
        "scheduledEnd": format_time(AT + 30 * MINUTE),
        "absent": [
            {**carol, "role": "Presenter", "estimated": False},
            {**bob, "role": "Attendee", "estimated": False},
        ],
        "absentCount": 2,
        "error": None,
    }
    assert_is(meetings.of_day(AT), [expected])


def test_only_rooms_that_somebody_did_not_come_to(meetings: Meetings, insight: Insight) -> None:
    day = AT + DAY
    nobody_came = meetings.room(day, ALICE)
    all_came = meetings.room(day, ALICE)
    meetings.room(day)
    call = Meeting(all_came, day)
    insight.deliver(*call.whole(600, call.stay(1, 500, ALICE)))
    assert meetings.rooms_of_day(day) == [nobody_came]


def test_who_came_before_or_after_the_scheduled_time_did_not_come(
    meetings: Meetings, insight: Insight
) -> None:
    day = AT + 2 * DAY
    room_id = meetings.room(day, ALICE)
    call = Meeting(room_id, day - HOUR)
    insight.deliver(*call.whole(600, call.stay(1, 500, ALICE)))
    assert meetings.rooms_of_day(day) == [room_id]


def test_an_event_that_was_lost_makes_it_an_estimate(meetings: Meetings, insight: Insight) -> None:
    day = AT + 3 * DAY
    room_id = meetings.room(day, ALICE, BOB)
    call = Meeting(room_id, day)
    insight.deliver(call.started(), call.added(1, ALICE), call.ended(600))
    (found,) = meetings.of_day(day)
    attendance = insight.json(f"/rooms/{room_id}/attendance")["value"]
    (absent,) = [each for each in attendance if each["status"] == "absent"]
    assert found["absent"] == [{name: absent[name] for name in found["absent"][0]}]
    assert found["absent"][0]["estimated"] is True


def test_a_person_is_there_by_any_of_their_raw_ids(meetings: Meetings, insight: Insight) -> None:
    day = AT + 4 * DAY
    room_id = meetings.room(day, BOB)
    people = {"participants": {ALICE: {"externalId": "B-1"}}}
    json_of(insight.patch(f"/rooms/{room_id}/details", people))
    call = Meeting(room_id, day)
    insight.deliver(*call.whole(600, call.stay(1, 500, ALICE)))
    assert meetings.rooms_of_day(day) == []


def test_meetings_begin_in_the_time_asked_about(meetings: Meetings) -> None:
    day = AT + 5 * DAY
    first, last = meetings.room(day, ALICE), meetings.room(day + DAY - MINUTE, ALICE)
    meetings.room(day - MINUTE, ALICE, end=day + HOUR)
    meetings.room(day + DAY, ALICE)
    assert meetings.rooms_of_day(day) == [last, first]


def test_a_meeting_that_is_not_over_has_no_no_shows(meetings: Meetings, insight: Insight) -> None:
    today = now()
    going_on = meetings.room(today - MINUTE, ALICE, end=today + HOUR)
    over = meetings.room(today - MINUTE, ALICE, end=today - MINUTE // 2)
    found = insight.all(f"/noShows?from={_url(today - HOUR)}")
    rooms = [each["roomId"] for each in found if each["roomId"] in (going_on, over)]
    assert rooms == [over]


def test_a_room_that_was_deleted_has_none(meetings: Meetings, raw: Raw) -> None:
    day = AT + 7 * DAY
    assert raw.delete(f"/rooms/{meetings.room(day, ALICE)}").status == 204
    assert meetings.rooms_of_day(day) == []


def test_a_time_that_has_not_come_has_none(meetings: Meetings) -> None:
    assert meetings.of_day(now() + DAY) == []


def test_what_cannot_be_understood_is_refused_by_its_name(insight: Insight) -> None:
    assert_invalid(insight.get("/noShows"), "from")
    assert_invalid(insight.get("/noShows?from=yesterday"), "from")
    assert_invalid(insight.get(f"/noShows?from={_url(AT)}&until={_url(AT)}"), "until")
    for token in ("x", to_cursor("another list")):
        assert_invalid(insight.get(f"/noShows?from={_url(AT)}&nextLink={token}"), "nextLink")
