"""Events that were not understood, seen, redriven and deleted over HTTP."""

import asyncio
import json
import random
import string
from typing import Any
from urllib.parse import quote

import pytest
from azure.data.tables.aio import TableClient

from devhost.eventgrid import element_text
from rooms.domain.time import format_time, now, parse_time
from rooms.storage.keys import hashed
from rooms.storage.quarantine import Quarantine
from rooms.storage.table import Table
from testkit.events import Element, Meeting, in_cloud_events, live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, assert_refused
from testkit.running import RunningApp, shared_storage
from tests.effort import thorough

ALICE, BOB = raw_id(1), raw_id(2)
PAGE = 30


def id_of(event: Element) -> str:
    return hashed(element_text(event))


def not_understood(call: Meeting, **more: Any) -> Element:
    """An event that no version of this service understands."""
    event = call.added(1, ALICE)
    event["eventTime"] = "yesterday"
    return event | more


def put(app: RunningApp, *events: Element) -> list[str]:
    """Into quarantine, as a version of this service did that did not understand them."""

    async def put() -> list[str]:
        async with TableClient.from_connection_string(shared_storage(), app.table) as client:
            quarantine = Quarantine(Table(client), now)
            return [
                await quarantine.put(element_text(event), "not understood then") for event in events
            ]

    return asyncio.run(put())


def test_an_event_that_is_not_understood_is_there_whole(insight: Insight) -> None:
    event = not_understood(
        Meeting(room_of_another_service()), more={"é": ["\u2028\0", None, {"a": 1.5}]}
    )
    before = now()
    insight.deliver(event)
    about = {"id": id_of(event), "size": len(element_text(event))}
    (listed,) = (one for one in insight.all("/quarantine") if one["id"] == id_of(event))
    expected = {
        "id": id_of(event),
        "receivedAt": listed["receivedAt"],
        "reason": "eventTime: must be a time of RFC 3339 with an offset and at most 9 fraction"
        " digits",
        "size": about["size"],
        "excerpt": element_text(event)[:1_000],
    }
    assert_is(listed, expected)
    assert listed["receivedAt"] == format_time(parse_time(listed["receivedAt"]))
    assert before <= parse_time(listed["receivedAt"]) <= now()
    assert_is(
        insight.json(f"/quarantine/{id_of(event)}"), expected | {"event": element_text(event)}
    )


def test_delivered_again_it_is_there_once(insight: Insight) -> None:
    event = not_understood(Meeting(room_of_another_service()))
    insight.deliver(event, event, event)
    kept = insight.json(f"/quarantine/{id_of(event)}")
    insight.deliver(event)
    assert insight.json(f"/quarantine/{id_of(event)}") == kept
    assert [one["id"] for one in insight.all("/quarantine")].count(id_of(event)) == 1


def test_of_a_delivery_each_event_has_its_own_fate(insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    bad = [not_understood(call, id=str(number)) for number in range(3)]
    other = call.added(1, BOB)
    other["data"] |= {"room": None, "isRoomsCall": False}
    insight.deliver(
        bad[0],
        call.started(),
        bad[1],
        other,
        call.added(2, ALICE),
        in_cloud_events(bad[2]),
        call.removed(3, BOB),
    )
    ids = {one["id"] for one in insight.all("/quarantine")}
    assert {id_of(bad[0]), id_of(bad[1]), id_of(in_cloud_events(bad[2]))} <= ids
    assert id_of(other) not in ids
    assert [
        one["rawId"]
        for one in insight.json(f"/rooms/{call.room_id}/presence")["call"]["participants"]
    ] == [ALICE]
    assert len(insight.all(f"/rooms/{call.room_id}/log")) == 3


def test_quarantine_over_all_pages(insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    events = [not_understood(call, id=str(number)) for number in range(2 * PAGE + 1)]
    insight.deliver(*events)
    pages = [[one["id"] for one in page["value"]] for page in insight.pages("/quarantine")]
    assert len(pages) >= 3
    assert all(len(page) <= PAGE for page in pages)
    ids = [event_id for page in pages for event_id in page]
    assert ids == sorted(set(ids))
    assert {id_of(event) for event in events} <= set(ids)
    for event in events:
        assert insight.send("DELETE", f"/quarantine/{id_of(event)}").status == 204


def test_what_was_deleted_is_gone(insight: Insight) -> None:
    event = not_understood(Meeting(room_of_another_service()))
    insight.deliver(event)
    answer = insight.send("DELETE", f"/quarantine/{id_of(event)}")
    assert (answer.status, answer.body, answer.headers.get("content-type")) == (204, b"", None)
    assert id_of(event) not in [one["id"] for one in insight.all("/quarantine")]
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/redrive")):
        assert_refused(insight.send(method, f"/quarantine/{id_of(event)}{path}"), 404, "NotFound")


def test_an_event_still_not_understood_stays_and_the_answer_says_why(insight: Insight) -> None:
    event = not_understood(Meeting(room_of_another_service()))
    insight.deliver(event)
    kept = insight.json(f"/quarantine/{id_of(event)}")
    for _ in range(2):
        answer = insight.send("POST", f"/quarantine/{id_of(event)}/redrive")
        assert assert_refused(answer, 409, "NotUnderstood") == kept["reason"]
    assert insight.json(f"/quarantine/{id_of(event)}") == kept


def test_redriven_after_a_fix_an_event_counts_as_if_it_had_been_understood(
    insight: Insight, app: RunningApp
) -> None:
    call = live_meeting(room_of_another_service())
    insight.deliver(call.started())
    for event, there in (
        (call.added(1, ALICE), [ALICE]),
        (in_cloud_events(call.added(2, BOB)), [ALICE, BOB]),
    ):
        (event_id,) = put(app, event)
        answer = insight.send("POST", f"/quarantine/{event_id}/redrive")
        assert answer.status == 200
        assert_is(
            answer.json(),
            {"id": event_id, "outcome": "recorded", "roomId": call.room_id, "callId": call.id},
        )
        present = insight.json(f"/rooms/{call.room_id}/presence")["call"]["participants"]
        assert [one["rawId"] for one in present] == there
        assert_refused(insight.get(f"/quarantine/{event_id}"), 404, "NotFound")
        assert event_id not in [one["id"] for one in insight.all("/quarantine")]


def test_redriven_twice_or_after_it_was_recorded_an_event_counts_once(
    insight: Insight, app: RunningApp
) -> None:
    call = live_meeting(room_of_another_service())
    event = call.added(1, ALICE)
    insight.deliver(event)
    expected = insight.json(f"/rooms/{call.room_id}/presence")["call"]
    (event_id,) = put(app, event)  # as a crash between the recording and the removal leaves it
    assert insight.send("POST", f"/quarantine/{event_id}/redrive").status == 200
    assert_refused(insight.send("POST", f"/quarantine/{event_id}/redrive"), 404, "NotFound")
    assert insight.json(f"/rooms/{call.room_id}/presence")["call"] == expected
    assert len(insight.all(f"/rooms/{call.room_id}/log")) == 1


def test_redriven_an_event_that_is_of_no_room_is_left(insight: Insight, app: RunningApp) -> None:
    event = Meeting("a").added(1, ALICE)
    event["data"] |= {"room": None, "isRoomsCall": False}
    (event_id,) = put(app, event)
    answer = insight.send("POST", f"/quarantine/{event_id}/redrive")
    assert_is(answer.json(), {"id": event_id, "outcome": "left", "reason": "of a call in no room"})
    assert_refused(insight.get(f"/quarantine/{event_id}"), 404, "NotFound")


@pytest.mark.parametrize("megabytes", [2.5, *thorough(1)])
def test_a_large_event_that_does_not_compress_is_kept_whole_and_redriven(
    insight: Insight, app: RunningApp, megabytes: float
) -> None:
    text = "".join(
        random.Random(1).choices(
            string.ascii_letters + string.digits + "+/", k=int(megabytes * 1_000_000)
        )
    )
    call = live_meeting(room_of_another_service())
    event = not_understood(call, more=text)
    insight.deliver(event)
    kept = insight.json(f"/quarantine/{id_of(event)}")
    assert json.loads(kept["event"]) == event
    assert (kept["size"], len(kept["excerpt"])) == (len(element_text(event)), 1_000)
    assert_refused(
        insight.send("POST", f"/quarantine/{id_of(event)}/redrive"), 409, "NotUnderstood"
    )
    assert insight.send("DELETE", f"/quarantine/{id_of(event)}").status == 204
    assert_refused(insight.get(f"/quarantine/{id_of(event)}"), 404, "NotFound")


def test_an_event_too_large_to_be_recorded_is_in_quarantine_too(insight: Insight) -> None:
    text = "".join(
        random.Random(2).choices(string.ascii_letters + string.digits + "+/", k=1_300_000)
    )
    call = live_meeting(room_of_another_service())
    insight.deliver(call.started() | {"more": text}, call.added(1, ALICE))
    (kept,) = (one for one in insight.all("/quarantine") if "896 KiB" in one["reason"])
    assert kept["size"] > len(text)
    assert insight.json(f"/rooms/{call.room_id}/presence")["call"]["startEstimated"] is True
    assert insight.send("DELETE", f"/quarantine/{kept['id']}").status == 204


def test_a_large_event_that_does_not_compress_and_just_fits_is_recorded(insight: Insight) -> None:
    text = "".join(
        random.Random(3).choices(string.ascii_letters + string.digits + "+/", k=1_150_000)
    )
    call = live_meeting(room_of_another_service())
    insight.deliver(call.started() | {"more": text})
    insight.deliver(call.started() | {"more": text}, call.added(1, ALICE))
    assert insight.json(f"/rooms/{call.room_id}/presence")["call"]["startEstimated"] is False


@pytest.mark.parametrize(
    "event_id",
    ["0" * 63, "0" * 64, "..%2Frooms", *thorough("x", "A" * 64, "a%2Fb", "é", "0" * 1_000)],
)
def test_an_id_that_is_none(insight: Insight, event_id: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/redrive")):
        assert_refused(
            insight.send(method, f"/quarantine/{quote(event_id, safe='%')}{path}"), 404, "NotFound"
        )


@pytest.mark.parametrize("token", ["x", "AAAA", "%00", "LnF1YXJhbnRpbmU6", "A" * 5_000])
def test_tokens_that_are_none(insight: Insight, token: str) -> None:
    assert_invalid(insight.get(f"/quarantine?nextLink={token}"), "nextLink")


def test_event_grid_subscribes_with_a_handshake(insight: Insight) -> None:
    validation = {
        "id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
        "topic": "/subscriptions/a",
        "subject": "",
        "data": {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"},
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": "2026-05-04T10:00:00Z",
        "metadataVersion": "1",
        "dataVersion": "1",
    }
    answer = insight.deliver_bytes(json.dumps([validation]).encode(), kind="SubscriptionValidation")
    assert (answer.status, answer.json()) == (
        200,
        {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"},
    )
