"""What is said over HTTP of calls whose events were lost: other evidence is used, estimates are
marked, and calls that are over do not look live."""

from typing import Any

import pytest

from testkit.events import Meeting, in_cloud_events, live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)
NUMBER, PHONE = "+4915110000001", "4:+4915110000001"
HOUR = 3600


def scheduled(insight: Insight, call: Meeting, start: float, end: float) -> None:
    """Schedule the call's room from and until these seconds of the call."""
    times = {"scheduledStart": call.at(start), "scheduledEnd": call.at(end)}
    assert insight.patch(f"/rooms/{call.room_id}/details", times).status == 200


def room_of(raw: Raw, *people: str) -> str:
    room_id: str = raw.new_room({"participants": {who: {} for who in people}})["id"]
    return room_id


def attendance(insight: Insight, room_id: str, query: str = "") -> dict[str, Any]:
    body = insight.json(f"/rooms/{room_id}/attendance{query}")
    return {person["rawId"]: person for person in body["value"]}


def interval(call: Meeting, start: float, end: float) -> dict[str, str]:
    return {"from": call.at(start), "until": call.at(end)}


# Evidence in other events.


def test_who_started_and_ended_a_call_attended_though_their_own_events_were_lost(
    raw: Raw, insight: Insight
) -> None:
    call = Meeting(room_of(raw, ALICE, BOB))
    scheduled(insight, call, 0, 1800)
    insight.deliver(call.started(10, by=ALICE), call.ended(1700, by=ALICE, as_participant=True))
    people = attendance(insight, call.room_id)
    alice, bob = people[ALICE], people[BOB]
    assert (alice["status"], alice["estimated"]) == ("attended", True)
    assert (alice["intervals"], alice["seconds"]) == ([interval(call, 10, 1700)], 1690)
    assert (bob["status"], bob["estimated"]) == ("absent", True)
    (leg,) = insight.json(f"/rooms/{call.room_id}/calls/{call.id}")["legs"]
    estimated = (leg["joinEstimated"], leg["leaveEstimated"])
    assert (leg["rawId"], leg["participantId"], estimated) == (ALICE, None, (True, True))
    (listed,) = insight.all(f"/rooms/{call.room_id}/calls")
    assert (listed["people"], listed["peak"], listed["peakEstimated"]) == (1, 1, True)
    record = insight.json(f"/rooms/{call.room_id}/log?kind=CallStarted")["value"][0]
    assert record["detail"]["startedBy"] == ALICE


def test_who_only_started_or_only_ended_a_call_attended_for_a_time_not_known(
    raw: Raw, insight: Insight
) -> None:
    call = Meeting(room_of(raw, ALICE, BOB))
    insight.deliver(call.started(10, by=ALICE), call.ended(60, by=BOB, as_participant=True))
    people = attendance(insight, call.room_id, f"?call={call.id}")
    assert [
        (people[who]["status"], people[who]["intervals"], people[who]["estimated"])
        for who in (ALICE, BOB)
    ] == [
        ("attended", [interval(call, 10, 10)], True),
        ("attended", [interval(call, 60, 60)], True),
    ]


def test_the_service_itself_was_not_in_a_call_that_it_ended(raw: Raw, insight: Insight) -> None:
    call = Meeting(room_of(raw, ALICE))
    insight.deliver(call.started(), call.ended(60, by=ALICE))
    person = attendance(insight, call.room_id, f"?call={call.id}")[ALICE]
    assert (person["status"], person["estimated"]) == ("absent", False)


def test_the_length_tells_when_a_call_began(raw: Raw, insight: Insight) -> None:
    call = Meeting(room_of(raw, BOB))
    insight.deliver(call.removed(3590, BOB), call.ended(3600, length=3600))
    body = insight.json(f"/rooms/{call.room_id}/calls/{call.id}")
    assert (body["startedAt"], body["startEstimated"]) == (call.at(0), True)
    assert (body["endedAt"], body["seconds"], body["peakEstimated"]) == (call.at(3600), 3600, True)
    bob = attendance(insight, call.room_id, f"?call={call.id}")[BOB]
    assert (bob["intervals"], bob["seconds"]) == ([interval(call, 0, 3590)], 3590)
    assert (bob["status"], bob["estimated"]) == ("attended", True)
    amid = insight.json(f"/rooms/{call.room_id}/presence?at={call.at(60).replace('+', '%2B')}")
    assert [(one["rawId"], one["estimated"]) for one in amid["call"]["participants"]] == [
        (BOB, True)
    ]


def test_a_length_that_the_events_contradict_is_not_believed(insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(*call.stay(100, 200, BOB), call.ended(300, length=150))
    body = insight.json(f"/rooms/{call.room_id}/calls/{call.id}")
    assert (body["startedAt"], body["startEstimated"]) == (call.at(100), True)


def test_a_leave_without_a_join_is_marked_in_presence_and_peak(raw: Raw, insight: Insight) -> None:
    call = Meeting(room_of(raw, ALICE, BOB))
    insight.deliver(
        call.started(), *call.stay(1, 300, ALICE), call.removed(300, BOB), call.ended(301)
    )
    body = insight.json(f"/rooms/{call.room_id}/presence?at={call.at(60).replace('+', '%2B')}")
    call_then = body["call"]
    assert (call_then["peak"], call_then["peakEstimated"]) == (2, True)
    assert {one["rawId"]: one["estimated"] for one in call_then["participants"]} == {
        ALICE: False,
        BOB: True,
    }


def test_a_leave_without_participant_id_ends_no_stay_that_has_one(insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    leave = call.removed(20, ALICE)
    leave["data"]["participantId"] = None
    insight.deliver(call.started(), call.added(10, ALICE), leave)
    body = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    assert [(one["rawId"], one["joinedAt"]) for one in body["participants"]] == [
        (ALICE, call.at(10))
    ]
    (leg,) = insight.json(f"/rooms/{call.room_id}/calls/{call.id}")["legs"]
    assert leg["leftAt"] is None


@pytest.mark.parametrize(
    ("identifier", "who"),
    [
        ({"phoneNumber": {"value": NUMBER}}, PHONE),
        ({"microsoftTeamsUser": {"userId": "u", "cloud": "gcch"}}, "8:gcch:u"),
    ],
)
def test_an_identifier_without_raw_id_has_the_one_of_the_sdks(
    insight: Insight, identifier: dict[str, Any], who: str
) -> None:
    call = live_meeting(room_of_another_service())
    join = call.added(1, None)
    join["data"] |= {"user": identifier, "participantId": None}
    insight.deliver(call.started(), join)
    body = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    assert [one["rawId"] for one in body["participants"]] == [who]


# Dead calls.


def test_a_start_and_nothing_else_is_not_live_for_a_day(raw: Raw, insight: Insight) -> None:
    call = live_meeting(room_of(raw, ALICE), 125)
    insight.deliver(call.started(0))
    assert insight.json(f"/rooms/{call.room_id}/presence")["live"] is False
    assert call.room_id not in [room["roomId"] for room in insight.all("/live")]
    body = insight.json(f"/rooms/{call.room_id}/calls/{call.id}")
    assert (body["endedAt"], body["endEstimated"]) == (call.at(0), True)
    assert body["lastEventAt"] == call.at(0)


def answers(insight: Insight, call: Meeting) -> list[object]:
    """When the call ended, as each route has it; None: it is live."""
    path = f"/rooms/{call.room_id}"
    live = call.room_id in [room["roomId"] for room in insight.all("/live")]
    presence = insight.json(f"{path}/presence")["live"]
    until = insight.json(f"{path}/attendance?call={call.id}")["until"]
    return [
        insight.json(f"{path}/calls/{call.id}")["endedAt"],
        *(listed["endedAt"] for listed in insight.all(f"{path}/calls")),
        None if live else until,
        None if presence else until,
        until,
    ]


def test_an_hour_after_its_planned_end_a_silent_call_is_overdue(raw: Raw, insight: Insight) -> None:
    call = live_meeting(room_of(raw, ALICE), 3 * HOUR)
    insight.deliver(call.started(), call.added(1, ALICE), call.added(0.5 * HOUR, BOB))
    scheduled(insight, call, 0, HOUR)
    assert answers(insight, call) == [None] * 5
    body = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    assert (body["overdue"], body["lastEventAt"]) == (True, call.at(0.5 * HOUR))
    (live,) = [room for room in insight.all("/live") if room["roomId"] == call.room_id]
    assert (live["overdue"], live["lastEventAt"]) == (True, call.at(0.5 * HOUR))


@pytest.mark.parametrize(("last", "end"), [(0.5 * HOUR, 2.5 * HOUR), (2.5 * HOUR, HOUR)])
def test_within_an_hour_of_its_last_event_or_planned_end_it_is_not(
    raw: Raw, insight: Insight, last: float, end: float
) -> None:
    call = live_meeting(room_of(raw, ALICE), 3 * HOUR)
    insight.deliver(call.started(), call.added(1, ALICE), call.added(last, BOB))
    scheduled(insight, call, 0, end)
    assert insight.json(f"/rooms/{call.room_id}/presence")["call"]["overdue"] is False


def test_four_hours_after_its_planned_end_a_silent_call_has_ended(
    raw: Raw, insight: Insight
) -> None:
    call = live_meeting(room_of(raw, ALICE), 6 * HOUR)
    insight.deliver(call.started(), call.added(1, ALICE), call.added(HOUR, BOB))
    assert answers(insight, call) == [None] * 5  # nothing is planned yet
    scheduled(insight, call, 0, 1.5 * HOUR)
    assert answers(insight, call) == [call.at(HOUR)] * 5
    body = insight.json(f"/rooms/{call.room_id}/calls/{call.id}")
    assert body["endEstimated"] is True
    insight.deliver(call.added(3 * HOUR, CAROL))
    assert answers(insight, call) == [None] * 5


def test_a_call_of_a_room_that_only_events_know_is_never_overdue(insight: Insight) -> None:
    call = live_meeting(room_of_another_service(), 6 * HOUR)
    insight.deliver(call.started(), call.added(1, ALICE))
    body = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    assert (body["overdue"], body["lastEventAt"]) == (False, call.at(1))


# Telephones.


def test_telephones_of_call_automation_are_in_the_call(raw: Raw, insight: Insight) -> None:
    call = live_meeting(room_of(raw, ALICE))
    insight.deliver(call.started(), call.added(1, ALICE), in_cloud_events(call.phones(10, NUMBER)))
    body = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    assert [(one["rawId"], one["estimated"]) for one in body["participants"]] == [
        (ALICE, False),
        (PHONE, False),
    ]
    insight.deliver(call.phones(20), call.phones(30, NUMBER), call.ended(40))
    told = insight.json(f"/rooms/{call.room_id}/calls/{call.id}")
    assert [
        (leg["endpointType"], leg["joinedAt"], leg["leftAt"], leg["leaveEstimated"])
        for leg in told["legs"]
        if leg["rawId"] == PHONE
    ] == [
        ("phone", call.at(10), call.at(20), False),
        ("phone", call.at(30), call.at(40), True),
    ]
    alice = attendance(insight, call.room_id, f"?call={call.id}")[ALICE]
    assert alice["aloneEstimated"] is True
    records = insight.json(f"/rooms/{call.room_id}/log?kind=PhonesUpdated")["value"]
    assert [(record["text"], record["detail"]["phones"]) for record in records] == [
        ("1 telephone is in the call", [PHONE]),
        ("no telephone is in the call any more", []),
        ("1 telephone is in the call", [PHONE]),
    ]


def test_of_a_room_with_dial_out_nobody_is_known_to_be_alone(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room({"participants": {ALICE: {}}, "pstnDialOutEnabled": True})["id"]
    call = Meeting(room_id)
    insight.deliver(*call.whole(60, call.stay(10, 50, ALICE)))
    alice = attendance(insight, room_id, f"?call={call.id}")[ALICE]
    assert (alice["aloneSeconds"], alice["aloneEstimated"], alice["estimated"]) == (40, True, False)


def test_what_call_automation_tells_without_a_room_is_left(insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    element = call.phones(10, NUMBER)
    element["data"]["room"] = None
    insight.deliver(call.started(), call.added(1, ALICE), element)
    assert element["id"] not in str(insight.json("/quarantine"))
    body = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    assert [one["rawId"] for one in body["participants"]] == [ALICE]
