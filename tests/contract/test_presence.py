"""Who is in a room, now and then."""

import re
from urllib.parse import quote

import pytest

from rooms.domain.time import DAY, SECOND, format_time, now, parse_time
from testkit.events import LONG_AGO, Meeting, in_cloud_events, live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is
from testkit.raw import Raw

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)
WIRE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?\+00:00")


def at(time: str) -> str:
    return f"at={quote(time, safe='')}"


def test_in_a_room_without_calls_is_nobody(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room()["id"]
    before = now()
    body = insight.json(f"/rooms/{room_id}/presence")
    assert WIRE_TIME.fullmatch(body["asOf"])
    assert before <= parse_time(body["asOf"]) <= now()
    assert_is(body, {"roomId": room_id, "asOf": body["asOf"], "live": False, "call": None})


def test_who_is_in_a_call_now(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room(
        {"participants": {ALICE: {"role": "Presenter"}, CAROL: {"role": "Attendee"}}}
    )["id"]
    names = {ALICE: {"name": "Dr. Alice"}, CAROL: {"name": "Carol"}, BOB: {"externalId": "b"}}
    assert insight.patch(f"/rooms/{room_id}/details", {"participants": names}).status == 200
    call = live_meeting(room_id)
    insight.deliver(
        call.started(by=BOB),
        call.added(3, BOB, "Bob \u202e\U0001f600", "Consumer"),
        call.added(1, ALICE, "Alice", "Presenter"),
        call.added(5, ALICE, "Alice's phone", "Attendee", device="phone"),
        call.added(6, CAROL, "Carol"),
        call.removed(7, CAROL),
    )
    body = insight.json(f"/rooms/{room_id}/presence")
    assert_is(
        body,
        {
            "roomId": room_id,
            "asOf": body["asOf"],
            "live": True,
            "call": {
                "id": call.id,
                "startedAt": call.at(0),
                "startEstimated": False,
                "lastEventAt": call.at(7),
                "overdue": False,
                "peak": 3,
                "peakAt": call.at(6),
                "peakEstimated": False,
                "incomplete": False,
                "count": 2,
                "participants": [
                    {
                        "rawId": ALICE,
                        "rawIds": [ALICE],
                        "name": "Dr. Alice",
                        "externalId": None,
                        "displayName": "Alice's phone",
                        "role": "Attendee",
                        "invited": True,
                        "guest": False,
                        "joinedAt": call.at(1),
                        "legs": 2,
                        "estimated": False,
                    },
                    {
                        "rawId": BOB,
                        "rawIds": [BOB],
                        "name": None,
                        "externalId": "b",
                        "displayName": "Bob \u202e\U0001f600",
                        "role": "Consumer",
                        "invited": False,
                        "guest": False,
                        "joinedAt": call.at(3),
                        "legs": 1,
                        "estimated": False,
                    },
                ],
            },
        },
    )


def test_a_live_call_of_nobody(raw: Raw, insight: Insight) -> None:
    call = live_meeting(raw.new_room()["id"])
    insight.deliver(call.started())
    body = insight.json(f"/rooms/{call.room_id}/presence")
    assert (body["live"], body["call"]["count"], body["call"]["participants"]) == (True, 0, [])
    assert (body["call"]["peak"], body["call"]["peakAt"]) == (0, None)


def test_what_no_event_tells_is_null_or_estimated(insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    insight.deliver(call.added(0, None, device="a device"))
    body = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    assert body["startEstimated"] is True
    names = {"name": None, "externalId": None, "displayName": None, "role": None}
    assert_is(
        body["participants"],
        [
            {
                "rawId": "a device of None",
                "rawIds": ["a device of None"],
                **names,
                "invited": False,
                "guest": False,
                "joinedAt": call.at(0),
                "legs": 1,
                "estimated": False,
            }
        ],
    )


def test_presence_at_a_past_moment(raw: Raw, insight: Insight) -> None:
    call = Meeting(raw.new_room()["id"])
    insight.deliver(*call.whole(60, call.stay(10, 20, ALICE), call.stay(15, 50, BOB)))

    def there(seconds: float) -> list[str] | None:
        body = insight.json(f"/rooms/{call.room_id}/presence?{at(call.at(seconds))}")
        assert (body["asOf"], body["live"]) == (call.at(seconds), body["call"] is not None)
        return body["call"] and [one["rawId"] for one in body["call"]["participants"]]

    seen = {
        seconds: there(seconds) for seconds in (-0.0000001, 0, 10, 15, 19.9999999, 20, 50, 59, 60)
    }
    assert seen == {
        -0.0000001: None,
        0: [],
        10: [ALICE],
        15: [ALICE, BOB],
        19.9999999: [ALICE, BOB],
        20: [BOB],
        50: [],
        59: [],
        60: None,
    }
    assert insight.json(f"/rooms/{call.room_id}/presence")["live"] is False


def test_of_a_past_moment_invited_is_who_was_on_the_roster_then(raw: Raw, insight: Insight) -> None:
    room = raw.new_room({"participants": {ALICE: {}}})
    assert (
        raw.patch(
            f"/rooms/{room['id']}/participants", {"participants": {ALICE: None, BOB: {}}}
        ).status
        == 200
    )
    call = live_meeting(room["id"])
    insight.deliver(call.started(), call.added(1, ALICE), call.added(2, BOB))

    def invited(query: str) -> list[str]:
        participants = insight.json(f"/rooms/{room['id']}/presence?{query}")["call"]["participants"]
        assert len(participants) == 2
        return [one["rawId"] for one in participants if one["invited"]]

    created_at = parse_time(room["createdAt"])
    assert invited(at(format_time(created_at - SECOND))) == [ALICE]
    assert invited(at(format_time(created_at + 1))) == [ALICE]
    assert invited("") == [BOB]


def test_a_bare_plus_in_a_time_is_understood_though_it_arrives_as_a_space(insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(*call.whole(60, call.stay(10, 20, ALICE)))
    for time in (
        "2025-03-03T10:00:15+00:00",
        "2025-03-03T15:30:15%2B05:30",
        "2025-03-03T10:00:15Z",
        "2025-03-03T15:30:15+05:30",
    ):
        body = insight.json(f"/rooms/{call.room_id}/presence?at={time}")
        assert (body["asOf"], body["call"]["count"]) == (call.at(15), 1)


def test_the_future_cannot_be_known(insight: Insight, raw: Raw) -> None:
    room_id = raw.new_room()["id"]
    for time in (
        format_time(now() + 60 * SECOND),
        format_time(now() + DAY),
        "9999-12-31T23:59:59.9999999Z",
    ):
        assert_invalid(insight.get(f"/rooms/{room_id}/presence?{at(time)}"), "at")


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2019-12-31T23:59:59.9999999Z"]
)
def test_long_before_all_rooms_nobody_was_there(raw: Raw, insight: Insight, time: str) -> None:
    body = insight.json(f"/rooms/{raw.new_room()['id']}/presence?{at(time)}")
    assert (body["live"], body["call"]) == (False, None)


def test_an_event_of_the_future_is_not_seen_before_its_time(insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    insight.deliver(
        call.started(),
        call.added(1, ALICE),
        call.removed(3600, ALICE),
        call.added(3600, BOB),
        call.ended(7200),
    )
    body = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    assert [one["rawId"] for one in body["participants"]] == [ALICE]


def test_a_deleted_room_is_still_answered_for(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room({"participants": {ALICE: {}}})["id"]
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, ALICE))
    assert raw.delete(f"/rooms/{room_id}").status == 204
    (one,) = insight.json(f"/rooms/{room_id}/presence")["call"]["participants"]
    assert (one["rawId"], one["invited"]) == (ALICE, True)
    before = insight.json(f"/rooms/{room_id}/presence?{at(format_time(LONG_AGO))}")
    assert before["live"] is False


def test_a_room_of_which_only_events_are_known(insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(*call.whole(60, call.stay(10, 20, ALICE)))
    assert insight.json(f"/rooms/{call.room_id}/presence")["live"] is False
    (one,) = insight.json(f"/rooms/{call.room_id}/presence?{at(call.at(10))}")["call"][
        "participants"
    ]
    assert (one["rawId"], one["invited"]) == (ALICE, False)


def test_both_schemas_bring_one_event_and_a_redelivery_changes_nothing(insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    events = [call.started(), call.added(1, ALICE, "Alice"), call.added(2, BOB)]
    insight.deliver(*events)
    expected = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    insight.deliver(*map(in_cloud_events, reversed(events)))
    insight.deliver(*events, *events)
    assert insight.json(f"/rooms/{call.room_id}/presence")["call"] == expected
    assert len(insight.all(f"/rooms/{call.room_id}/log")) == 3
