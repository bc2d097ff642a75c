"""What the answers say of a person who comes back to a call very often."""

from uuid import uuid4

import pytest

from testkit.events import Meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.contract.stored import store

ALICE, BOB = raw_id(1), raw_id(2)
TIMES = 160
"""More than a call has legs of a person."""


@pytest.fixture(scope="module")
def storm(app: RunningApp, raw: Raw) -> Meeting:
    """A meeting in which one person is there all the time, and another comes 160 times for 2 s."""
    room_id = raw.new_room({"participants": {ALICE: {}, BOB: {}}})["id"]
    call = Meeting(room_id)
    stays = [
        event
        for n in range(TIMES)
        for event in (
            call.added(5 + 6 * n + n / 1000, ALICE, device=str(uuid4())),
            call.removed(7 + 6 * n + n / 1000, ALICE),
        )
    ]
    for join, leave in zip(stays[::2], stays[1::2], strict=True):
        leave["data"]["participantId"] = join["data"]["participantId"]
    store(app, *call.whole(1000, call.stay(1, 999, BOB), stays))
    return call


def test_a_call_has_100_legs_of_the_person_with_all_joins(insight: Insight, storm: Meeting) -> None:
    body = insight.json(f"/rooms/{storm.room_id}/calls/{storm.id}")
    own = [leg for leg in body["legs"] if leg["rawId"] == ALICE]
    (other,) = (leg for leg in body["legs"] if leg["rawId"] == BOB)
    assert (len(own), sum(leg["joins"] for leg in own)) == (100, TIMES)
    assert sum(leg["seconds"] for leg in own) == pytest.approx(2 * TIMES)
    assert (other["joins"], other["awaySeconds"], other["seconds"]) == (1, 0, 998)
    merged = next(leg for leg in own if leg["joins"] > 1)
    assert merged["awaySeconds"] > 0
    assert (body["people"], body["peak"], body["incomplete"]) == (2, 2, False)


def test_attendance_has_all_joins_and_seconds_in_100_intervals(
    insight: Insight, storm: Meeting
) -> None:
    body = insight.json(f"/rooms/{storm.room_id}/attendance?call={storm.id}")
    alice, bob = body["value"]
    assert body["incomplete"] is False
    assert (alice["joins"], len(alice["intervals"]), alice["merged"]) == (TIMES, 100, True)
    assert alice["seconds"] == pytest.approx(2 * TIMES)
    assert (alice["estimated"], bob["estimated"], bob["merged"]) == (False, False, False)
    assert (bob["seconds"], bob["aloneEstimated"]) == (998, True)


def test_who_may_have_been_away_just_then_is_estimated(insight: Insight, storm: Meeting) -> None:
    legs = insight.json(f"/rooms/{storm.room_id}/calls/{storm.id}")["legs"]
    merged = next(leg for leg in legs if leg["joins"] > 1)
    at = merged["joinedAt"].replace("+00:00", "Z")
    presence = insight.json(f"/rooms/{storm.room_id}/presence?at={at}")
    estimated = {one["rawId"]: one["estimated"] for one in presence["call"]["participants"]}
    assert estimated == {ALICE: True, BOB: False}
    assert presence["call"]["incomplete"] is False
