"""People with several raw ids, and people who are missing, asked over HTTP."""

from typing import Any

import pytest

from rooms.domain.limits import LIMITS
from rooms.domain.time import HOUR, SECOND, Ticks, format_time, now
from testkit.events import Meeting, live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_is
from testkit.raw import Raw

KHAN, KHAN_AGAIN, KHAN_ONCE_MORE, BOB, CAROL = (raw_id(number) for number in range(1, 6))
"""The first three are one doctor; a new user for each visit."""

NAMES = {
    KHAN: {"name": "Dr. Khan", "externalId": "D-1"},
    KHAN_AGAIN: {"externalId": "D-1"},
    KHAN_ONCE_MORE: {"externalId": "D-1"},
    BOB: {"name": "Bob", "externalId": "P-7"},
}


def new_room(raw: Raw, insight: Insight, roster: dict[str, str], **details: object) -> str:
    participants = {raw_id: {"role": role} for raw_id, role in roster.items()}
    room_id: str = raw.new_room({"participants": participants})["id"]
    body = {"participants": NAMES, **details}
    assert insight.patch(f"/rooms/{room_id}/details", body).status == 200
    return room_id


def scheduled(start: Ticks) -> dict[str, str]:
    return {"scheduledStart": format_time(start), "scheduledEnd": format_time(start + HOUR)}


@pytest.fixture(scope="module")
def visit(raw: Raw, insight: Insight) -> Meeting:
    """A call that goes on: the doctor came by a raw id that was not invited, with a second one for
    a while."""
    roster = {BOB: "Attendee", KHAN_AGAIN: "Presenter", CAROL: "Attendee"}
    call = live_meeting(new_room(raw, insight, roster), 100)
    insight.deliver(
        call.started(),
        call.added(10, KHAN, "Khan", "Presenter"),
        call.added(20, KHAN_ONCE_MORE, "Khan's tablet"),
        call.added(30, BOB, "Bob"),
        call.removed(40, KHAN_ONCE_MORE),
        call.removed(50, BOB),
    )
    return call


def test_a_person_is_there_once_with_all_raw_ids(insight: Insight, visit: Meeting) -> None:
    call = insight.json(f"/rooms/{visit.room_id}/presence")["call"]
    assert (call["count"], call["peak"], call["peakAt"]) == (1, 2, visit.at(30))
    (khan,) = call["participants"]
    assert (khan["rawId"], khan["rawIds"]) == (KHAN_ONCE_MORE, [KHAN, KHAN_ONCE_MORE])
    assert (khan["name"], khan["externalId"], khan["displayName"]) == (
        "Dr. Khan",
        "D-1",
        "Khan's tablet",
    )
    assert (khan["invited"], khan["guest"], khan["joinedAt"], khan["legs"]) == (
        True,
        False,
        visit.at(10),
        1,
    )


def test_a_person_is_one_row_of_attendance(insight: Insight, visit: Meeting) -> None:
    body = insight.json(f"/rooms/{visit.room_id}/attendance?call={visit.id}")
    summary = {"invited": 3, "attended": 2, "absent": 0, "uninvited": 0, "guests": 0}
    assert body["summary"] == summary
    bob, khan, carol = body["value"]
    assert (bob["rawIds"], carol["rawIds"]) == ([BOB], [CAROL])
    assert (khan["rawId"], khan["rawIds"]) == (KHAN_AGAIN, [KHAN_AGAIN, KHAN, KHAN_ONCE_MORE])
    assert (khan["name"], khan["externalId"]) == ("Dr. Khan", "D-1")
    assert (khan["status"], khan["joins"], len(khan["intervals"])) == ("attended", 2, 1)
    assert bob["aloneSeconds"] == 0
    assert khan["aloneSeconds"] >= 20 + 50  # until BOB came, and since he left
    assert carol["status"] == "expected"


def test_a_person_counts_once_in_a_call(insight: Insight, visit: Meeting) -> None:
    listed = insight.json(f"/rooms/{visit.room_id}/calls")["value"][0]
    of_all = next(one for one in insight.all("/calls") if one["id"] == visit.id)
    one = insight.json(f"/rooms/{visit.room_id}/calls/{visit.id}")
    for call in (listed, of_all, one):
        assert (call["people"], call["peak"], call["peakAt"]) == (2, 2, visit.at(30))
    assert [leg["rawId"] for leg in one["legs"]] == [KHAN, KHAN_ONCE_MORE, BOB]


def test_a_person_is_one_of_a_live_room(insight: Insight, visit: Meeting) -> None:
    room = live(insight, visit.room_id)
    assert room["count"] == 1
    assert [one["rawIds"] for one in room["participants"]] == [[KHAN, KHAN_ONCE_MORE]]
    assert (room["lastEventAt"], room["overdue"]) == (visit.at(50), False)
    assert (room["missing"], room["missingCount"]) == ([], 0)  # it has no scheduled start


def test_without_the_external_ids_they_are_several_people(raw: Raw, insight: Insight) -> None:
    room_id = new_room(raw, insight, {KHAN: "Presenter"})
    call = Meeting(room_id)
    insight.deliver(*call.whole(60, call.stay(1, 50, KHAN), call.stay(2, 40, KHAN_AGAIN)))
    path = f"/rooms/{room_id}/attendance?call={call.id}"
    assert len(insight.json(path)["value"]) == 1
    nobody = {"participants": {KHAN_AGAIN: None, KHAN_ONCE_MORE: {"externalId": None}}}
    assert insight.patch(f"/rooms/{room_id}/details", nobody).status == 200
    assert [one["status"] for one in insight.json(path)["value"]] == ["attended", "uninvited"]
    assert insight.json(f"/rooms/{room_id}/calls/{call.id}")["peak"] == 2


# Who is missing.


def live(insight: Insight, room_id: str) -> Any:
    (room,) = (one for one in insight.all("/live") if one["roomId"] == room_id)
    return room


def test_who_is_missing_from_a_live_room(raw: Raw, insight: Insight) -> None:
    begun = now() - 90 * SECOND
    roster = {BOB: "Attendee", CAROL: "Presenter", KHAN: "Consumer", KHAN_AGAIN: "Presenter"}
    room_id = new_room(raw, insight, roster, **scheduled(begun))
    call = Meeting(room_id, begun - 10 * SECOND)
    insight.deliver(
        call.started(),
        call.added(1, BOB),
        call.added(2, KHAN_ONCE_MORE),
        call.removed(5, BOB),
        call.removed(70, KHAN_ONCE_MORE),
    )
    room = live(insight, room_id)
    assert room["missingCount"] == 3
    assert_is(
        room["missing"],
        [
            {
                "rawId": CAROL,
                "rawIds": [CAROL],
                "name": None,
                "externalId": None,
                "role": "Presenter",
                "since": format_time(begun),
                "leftAt": None,
            },
            {
                "rawId": BOB,
                "rawIds": [BOB],
                "name": "Bob",
                "externalId": "P-7",
                "role": "Attendee",
                "since": format_time(begun),
                "leftAt": call.at(5),
            },
            {
                "rawId": KHAN,
                "rawIds": [KHAN, KHAN_AGAIN, KHAN_ONCE_MORE],
                "name": "Dr. Khan",
                "externalId": "D-1",
                "role": "Consumer",
                "since": call.at(70),
                "leftAt": call.at(70),
            },
        ],
    )
    insight.deliver(call.added(80, KHAN_AGAIN), call.added(81, CAROL))
    room = live(insight, room_id)
    assert [one["rawId"] for one in room["missing"]] == [BOB]


def test_nobody_is_missing_before_the_scheduled_start_or_from_a_deleted_room(
    raw: Raw, insight: Insight
) -> None:
    upcoming = new_room(raw, insight, {BOB: "Attendee"}, **scheduled(now() + HOUR))
    deleted = new_room(raw, insight, {BOB: "Attendee"}, **scheduled(now() - HOUR // 2))
    unknown = room_of_another_service()
    for room_id in (upcoming, deleted, unknown):
        call = live_meeting(room_id)
        insight.deliver(call.started(), call.added(1, CAROL))
    assert live(insight, deleted)["missingCount"] == 1
    assert raw.delete(f"/rooms/{deleted}").status == 204
    for room_id in (upcoming, deleted, unknown):
        room = live(insight, room_id)
        assert (room["missing"], room["missingCount"]) == ([], 0)


def test_of_many_who_are_missing_some_are_named_and_all_are_counted(
    raw: Raw, insight: Insight
) -> None:
    roster = {raw_id(100 + number): "Attendee" for number in range(LIMITS.missing + 20)}
    roster |= {KHAN: "Presenter"}
    room_id = new_room(raw, insight, roster, **scheduled(now() - HOUR // 2))
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, CAROL))
    room = live(insight, room_id)
    assert room["missingCount"] == LIMITS.missing + 21
    assert [one["rawId"] for one in room["missing"]] == [KHAN, *list(roster)[: LIMITS.missing - 1]]
