"""A room with its details and participants, in one answer."""

from typing import Any

import pytest

from rooms.domain.time import DAY, HOUR, Ticks, format_time, now
from testkit.events import Meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_is, assert_refused
from testkit.raw import Raw

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)


def test_a_room_of_which_nothing_is_said(raw: Raw, insight: Insight) -> None:
    room = raw.new_room()
    room_id = room.pop("id")
    of_the_room: dict[str, Any] = {
        "roomJoinPolicy": "InviteOnly",
        "carrier": "own",
    } | dict.fromkeys(("title", "externalId", "scheduledStart", "scheduledEnd"))
    expected = {"roomId": room_id, "state": "open", **room, **of_the_room, "participants": []}
    assert_is(insight.json(f"/rooms/{room_id}/overview"), expected)


def test_everything_with_participants_in_the_order_of_the_roster(
    raw: Raw, insight: Insight
) -> None:
    roster = {BOB: {"role": "Attendee"}, CAROL: {"role": "Consumer"}, ALICE: {"role": "Presenter"}}
    room = raw.new_room({"pstnDialOutEnabled": True, "participants": roster})
    room_id = room.pop("id")
    of_the_room = {
        "title": "A visit",
        "externalId": "visit/1",
        "scheduledStart": "2026-05-04T10:00:00+00:00",
        "scheduledEnd": "2026-05-04T11:00:00+00:00",
    }
    people = {
        ALICE: {"externalId": "a1", "name": "Alice"},
        BOB: {"externalId": "b2"},
        raw_id(4): {"name": "not invited"},
    }
    assert (
        insight.patch(f"/rooms/{room_id}/details", {"participants": people, **of_the_room}).status
        == 200
    )
    participants = [
        {"rawId": BOB, "role": "Attendee", "name": None, "externalId": "b2"},
        {"rawId": CAROL, "role": "Consumer", "name": None, "externalId": None},
        {"rawId": ALICE, "role": "Presenter", "name": "Alice", "externalId": "a1"},
    ]
    expected = {
        "roomId": room_id,
        "state": "open",
        **room,
        "roomJoinPolicy": "InviteOnly",
        "carrier": "own",
        **of_the_room,
        "participants": participants,
    }
    assert_is(insight.json(f"/rooms/{room_id}/overview"), expected)


@pytest.mark.parametrize(("opens", "state"), [(HOUR, "upcoming"), (-HOUR, "open")])
def test_the_state_is_that_of_now(raw: Raw, insight: Insight, opens: Ticks, state: str) -> None:
    at = now()
    room = raw.new_room({"validFrom": format_time(at + opens), "validUntil": format_time(at + DAY)})
    assert insight.json(f"/rooms/{room['id']}/overview")["state"] == state


def test_a_deleted_room_is_told_as_it_was(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room({"participants": {ALICE: {"role": "Presenter"}}})["id"]
    insight.patch(
        f"/rooms/{room_id}/details",
        {"title": "A visit", "participants": {ALICE: {"name": "Alice"}}},
    )
    before = insight.json(f"/rooms/{room_id}/overview")
    assert raw.delete(f"/rooms/{room_id}").status == 204
    assert_is(insight.json(f"/rooms/{room_id}/overview"), before | {"state": "deleted"})


def test_of_a_room_that_only_events_name_there_is_none(insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(call.started())
    assert_refused(insight.get(f"/rooms/{call.room_id}/overview"), 404, "NotFound")
