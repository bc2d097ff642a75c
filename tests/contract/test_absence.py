"""Who was absent, asked over HTTP: as far as events tell, and not from what was called off."""

from typing import Any
from urllib.parse import quote

import pytest

from rooms.domain.time import DAY, HOUR, SECOND, Ticks, format_time, now, parse_time
from testkit.events import LONG_AGO, Element, Meeting, live_meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)
INVITED = {ALICE: {"role": "Presenter"}, BOB: {"role": "Attendee"}}


def new_room(raw: Raw, **properties: object) -> str:
    room_id: str = raw.new_room({"participants": INVITED, **properties})["id"]
    return room_id


def schedule(insight: Insight, room_id: str, start: Ticks, end: Ticks) -> None:
    times = {"scheduledStart": format_time(start), "scheduledEnd": format_time(end)}
    assert insight.patch(f"/rooms/{room_id}/details", times).status == 200


def remove(raw: Raw, room_id: str, *people: str) -> None:
    body = {"participants": dict.fromkeys(people)}
    assert raw.patch(f"/rooms/{room_id}/participants", body).status == 200


def delete(raw: Raw, insight: Insight, room_id: str) -> dict[str, str]:
    """Deletes the room, and returns how reports say it."""
    assert raw.delete(f"/rooms/{room_id}").status == 204
    (record,) = insight.json(f"/rooms/{room_id}/log?kind=RoomDeleted")["value"]
    return {"at": record["time"], "by": record["actor"]}


def report(insight: Insight, room_id: str, query: str = "") -> Any:
    return insight.json(f"/rooms/{room_id}/attendance?{query}")


def statuses(body: Any) -> dict[str, tuple[str, bool]]:
    return {one["rawId"]: (one["status"], one["estimated"]) for one in body["value"]}


def between(start: Ticks, end: Ticks) -> str:
    return f"from={quote(format_time(start))}&until={quote(format_time(end))}"


# As far as events tell.


@pytest.mark.parametrize(
    ("lost", "estimated"), [(None, False), (0, True), (1, True), (2, True), (3, True)]
)
def test_absence_is_estimated_if_the_call_lost_an_event(
    raw: Raw, insight: Insight, lost: int | None, estimated: bool
) -> None:
    room_id = new_room(raw)
    schedule(insight, room_id, LONG_AGO, LONG_AGO + 1800 * SECOND)
    call = Meeting(room_id)
    events: list[Element] = call.whole(1700, call.stay(10, 900, ALICE))
    insight.deliver(*(event for number, event in enumerate(events) if number != lost))
    body = report(insight, room_id)
    assert statuses(body)[BOB] == ("absent", estimated)
    alice = body["value"][0]
    assert (alice["status"], alice["aloneEstimated"]) == ("attended", estimated)
    assert statuses(report(insight, room_id, f"call={call.id}"))[BOB] == ("absent", estimated)


def test_who_is_expected_is_marked_while_a_call_with_lost_events_goes_on(
    raw: Raw, insight: Insight
) -> None:
    room_id = new_room(raw)
    call = live_meeting(room_id)
    insight.deliver(call.added(1, ALICE))
    assert statuses(report(insight, room_id))[BOB] == ("expected", True)
    insight.deliver(call.started())
    assert statuses(report(insight, room_id))[BOB] == ("expected", False)


def test_the_time_alone_is_estimated_if_the_room_may_call_telephones(
    raw: Raw, insight: Insight
) -> None:
    for dial_out in (False, True):
        room_id = new_room(raw, pstnDialOutEnabled=dial_out)
        call = Meeting(room_id)
        insight.deliver(*call.whole(60, call.stay(10, 20, ALICE)))
        alice, bob = report(insight, room_id, f"call={call.id}")["value"]
        assert (alice["aloneSeconds"], alice["aloneEstimated"]) == (10, dial_out)
        assert bob["aloneEstimated"] is False


# Called off.


def test_from_a_room_that_was_deleted_before_its_time_nobody_is_absent(
    raw: Raw, insight: Insight
) -> None:
    room_id = new_room(raw)
    start = now() + DAY
    schedule(insight, room_id, start, start + HOUR)
    cancelled = delete(raw, insight, room_id)
    body = report(insight, room_id)
    assert body["cancelled"] == cancelled
    assert cancelled["by"]
    assert (body["from"], body["until"]) == (format_time(start), format_time(start + HOUR))
    assert statuses(body) == {ALICE: ("cancelled", False), BOB: ("cancelled", False)}
    summary = {"invited": 2, "attended": 0, "absent": 0, "uninvited": 0, "guests": 0}
    assert body["summary"] == summary
    for query in (between(now() - HOUR, start + DAY), f"from={quote(format_time(now() - HOUR))}"):
        body = report(insight, room_id, query)
        assert body["cancelled"] == cancelled
        assert statuses(body)[BOB] == ("cancelled", False)


def test_a_deletion_at_the_very_start_of_the_time_came_before_it(
    raw: Raw, insight: Insight
) -> None:
    room_id = new_room(raw)
    cancelled = delete(raw, insight, room_id)
    at = parse_time(cancelled["at"])
    body = report(insight, room_id, between(at, at + HOUR))
    assert body["cancelled"] == cancelled
    assert statuses(body) == {ALICE: ("cancelled", False), BOB: ("cancelled", False)}
    body = report(insight, room_id, between(at - 2, at - 1))
    assert body["cancelled"] is None
    assert statuses(body) == {ALICE: ("absent", False), BOB: ("absent", False)}


def test_a_room_without_a_schedule_is_cancelled_if_it_goes_before_its_first_call(
    raw: Raw, insight: Insight
) -> None:
    room_id = new_room(raw)
    call = live_meeting(room_id)
    cancelled = delete(raw, insight, room_id)
    body = report(insight, room_id)
    assert (body["until"], body["cancelled"]) == (cancelled["at"], cancelled)
    assert statuses(body) == {ALICE: ("cancelled", False), BOB: ("cancelled", False)}
    insight.deliver(*call.whole(30, call.stay(1, 20, ALICE)))
    body = report(insight, room_id, between(parse_time(call.at(0)), now() + HOUR))
    assert body["cancelled"] is None
    assert statuses(body) == {ALICE: ("attended", False), BOB: ("expected", False)}


def test_a_deletion_within_the_time_ends_it_unless_another_end_is_asked_for(
    raw: Raw, insight: Insight
) -> None:
    room_id = new_room(raw)
    begun = now() - HOUR
    schedule(insight, room_id, begun, begun + DAY)
    call = live_meeting(room_id)
    insight.deliver(*call.whole(30, call.stay(1, 20, ALICE)))
    deleted = delete(raw, insight, room_id)
    body = report(insight, room_id)
    assert (body["until"], body["cancelled"]) == (deleted["at"], None)
    assert statuses(body) == {ALICE: ("attended", False), BOB: ("absent", False)}
    end = begun + DAY
    body = report(insight, room_id, f"until={quote(format_time(end))}")
    assert (body["until"], body["cancelled"]) == (format_time(end), None)
    assert statuses(body)[BOB] == ("expected", False)
    body = report(insight, room_id, f"call={call.id}")
    assert (body["until"], body["cancelled"]) == (call.at(30), None)


def test_who_came_to_a_room_that_was_deleted_before_attended(raw: Raw, insight: Insight) -> None:
    room_id = new_room(raw)
    cancelled = delete(raw, insight, room_id)
    call = Meeting(room_id, parse_time(cancelled["at"]))
    insight.deliver(call.started(), call.added(0, ALICE), call.removed(0, ALICE), call.ended(0))
    body = report(insight, room_id, f"call={call.id}")
    assert body["cancelled"] == cancelled
    assert statuses(body) == {ALICE: ("attended", False), BOB: ("cancelled", False)}
    assert body["summary"]["attended"] == 1


# Taken back.


def test_who_was_removed_before_anybody_came_is_not_in_the_report(
    raw: Raw, insight: Insight
) -> None:
    room_id = new_room(raw)
    remove(raw, room_id, BOB)
    assert list(statuses(report(insight, room_id))) == [ALICE]
    call = Meeting(room_id, now())
    insight.deliver(call.started(), call.added(0, ALICE))
    body = report(insight, room_id)
    assert list(statuses(body)) == [ALICE]
    assert body["summary"]["invited"] == 1


def test_who_was_removed_after_the_beginning_is_in_it_and_when(raw: Raw, insight: Insight) -> None:
    room_id = new_room(raw)
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, ALICE))
    remove(raw, room_id, ALICE, BOB)
    (record, *_) = insight.json(f"/rooms/{room_id}/log?kind=ParticipantsUpdated")["value"]
    start = parse_time(record["time"]) - 120 * SECOND
    for query in ("", between(start, start + HOUR)):
        alice, bob = report(insight, room_id, query)["value"]
        assert (alice["status"], alice["role"]) == ("attended", "Presenter")
        assert (bob["status"], bob["role"]) == ("expected", "Attendee")
        assert alice["removedAt"] == bob["removedAt"] == record["time"]
    back = {"participants": {BOB: {"role": "Presenter"}}}
    assert raw.patch(f"/rooms/{room_id}/participants", back).status == 200
    alice, bob = report(insight, room_id)["value"]
    assert (alice["removedAt"], bob["removedAt"]) == (record["time"], None)


def test_the_scheduled_start_tells_whether_somebody_was_removed_in_time(
    raw: Raw, insight: Insight
) -> None:
    room_id = new_room(raw)
    remove(raw, room_id, BOB)
    removed_at = now()
    created = parse_time(insight.json(f"/rooms/{room_id}/overview")["createdAt"])
    wide = between(created - HOUR, removed_at + HOUR)
    schedule(insight, room_id, removed_at, removed_at + HOUR)
    assert list(statuses(report(insight, room_id, wide))) == [ALICE]
    schedule(insight, room_id, created, removed_at + HOUR)
    assert statuses(report(insight, room_id, wide))[BOB] == ("expected", False)
    assert statuses(report(insight, room_id))[BOB] == ("expected", False)
