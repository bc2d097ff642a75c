"""Events that nobody would expect, through the webhook: taken, and understood or kept whole, and
all answers go on."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from devhost.eventgrid import element_text
from rooms.domain.time import now
from rooms.storage.keys import hashed
from testkit.events import room_of_another_service
from testkit.insight import ROOM_READS, Insight
from testkit.raw import Raw
from tests.effort import THOROUGH
from tests.intake.hostile_events import HostileEvent, hostile_events


@pytest.fixture(scope="module")
def room_id(raw: Raw) -> str:
    room_id: str = raw.new_room()["id"]
    return room_id


@pytest.fixture(scope="module")
def delivered(insight: Insight, room_id: str) -> list[HostileEvent]:
    """Many of them, each of which was taken, twice, and among others. Tests of the intake
    understand all."""
    events = hostile_events(room_id, now())[:: 1 if THOROUGH else 3]
    for _ in range(2):
        insight.deliver(*(event.element for event in events))
    return events


def expected(events: list[HostileEvent], fate: str) -> Iterator[HostileEvent]:
    return (event for event in events if event.fate == fate)


def test_there_are_many_of_each_fate(delivered: list[HostileEvent]) -> None:
    assert Counter(event.fate for event in delivered).keys() == {
        "understood",
        "quarantine",
        "other",
    }
    assert len(delivered) >= 100


def test_each_that_is_not_understood_is_in_quarantine_whole(
    insight: Insight, delivered: list[HostileEvent]
) -> None:
    kept = {one["id"]: one for one in insight.all("/quarantine")}
    for event in delivered:
        text = element_text(event.element)
        assert (hashed(text) in kept) == (event.fate == "quarantine"), event.name
        if event.fate == "quarantine":
            assert kept[hashed(text)]["reason"]
            assert insight.json(f"/quarantine/{hashed(text)}")["event"] == text, event.name


def test_each_that_is_understood_is_in_the_log_once(
    insight: Insight, delivered: list[HostileEvent], room_id: str
) -> None:
    log = insight.all(f"/rooms/{room_id}/log?actor=event-grid")
    assert len({record["id"] for record in log}) == len(log)
    assert Counter(record["requestId"] for record in log) == Counter(
        event.element.get("id") or "" for event in expected(delivered, "understood")
    )


def test_every_answer_about_the_room_goes_on(
    insight: Insight, delivered: list[HostileEvent], room_id: str
) -> None:
    calls = insight.all(f"/rooms/{room_id}/calls")
    assert calls
    for read in ROOM_READS:
        if read != "calls/x":
            assert insight.get(f"/rooms/{room_id}/{read}").status == 200, read
    everything = "from=2020-01-01T00:00:00Z&until=9999-01-01T00:00:00Z"
    for query in ("format=csv", "format=ndjson", everything, f"{everything}&format=csv"):
        assert insight.get(f"/rooms/{room_id}/log?{query}").status == 200, query
    for query in (everything, f"{everything}&format=csv"):
        assert insight.get(f"/rooms/{room_id}/attendance?{query}").status == 200, query
    for day in ("2020-01-01", "2024-02-29", "2025-05-04"):
        assert insight.get(f"/rooms/{room_id}/presence?at={day}T12:00:00Z").status == 200, day
    assert {call["id"] for call in calls} <= {
        call["id"] for call in insight.all(f"/calls?{everything}")
    }
    assert insight.json("/live")["value"]


def test_a_delivery_that_the_host_cannot_read_is_not_taken(insight: Insight) -> None:
    for body in (b"", b"[", b"[1]", b'["a"]', b"[[]]", b"null"):
        assert insight.deliver_bytes(body).status == 500


def test_a_delivery_of_nothing_or_of_one_event_outside_of_an_array(insight: Insight) -> None:
    assert insight.deliver_bytes(b"[]").status == 202
    event = hostile_events(room_of_another_service(), now())[-1].element
    assert insight.deliver_bytes(json.dumps(event).encode()).status == 202
    assert len(insight.all(f"/rooms/{event['data']['room']['id']}/log")) == 1
