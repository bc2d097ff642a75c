"""Events of calls count only if they come from the resources that the setting names."""

import json
from typing import Any

import pytest

from rooms.domain.time import parse_time
from rooms.intake.envelope import read_event
from rooms.intake.outcome import IgnoredEvent, RoomEvent, UnknownEvent
from rooms.settings import read_settings
from testkit.events import Meeting, in_cloud_events
from testkit.identifiers import raw_id

NOW = parse_time("2026-05-04T10:00:00Z")
OURS = (
    "/subscriptions/5d7fd0d2-6f4a-4b0c-9a0f-0a6e3d6c1b57/resourceGroups/contoso/providers/"
    "Microsoft.Communication/CommunicationServices/contoso-visits"
)
SECOND = OURS.replace("visits", "tests")
SOURCES = read_settings({"ROOMS_EVENT_SOURCE": f"{OURS}, {SECOND}/"}).event_sources
ADDED = Meeting("99445276259151407", NOW).added(1, raw_id(1))


def outcome(topic: Any, cloud: bool, **more: Any) -> object:
    event = ADDED | more | {"topic": topic}
    return read_event(json.dumps(in_cloud_events(event) if cloud else event), NOW, SOURCES)


@pytest.mark.parametrize("cloud", [False, True])
@pytest.mark.parametrize("source", [OURS, SECOND, OURS.lower(), OURS.upper(), f"{OURS}/"])
def test_one_of_ours_counts(source: str, cloud: bool) -> None:
    assert isinstance(outcome(source, cloud), RoomEvent)


@pytest.mark.parametrize("cloud", [False, True])
@pytest.mark.parametrize(
    "source",
    [
        OURS.replace("contoso-visits", "fabrikam"),
        f"{OURS}-2",
        OURS[:-1],
        f"{OURS}/x",
        f"{OURS}, {SECOND}",
        f" {OURS}",
        f"{OURS}\0",
        "",
        "/",
        None,
        1,
        [OURS],
        {"id": OURS},
    ],
)
def test_one_of_others_is_not_understood_and_the_reason_has_no_text_of_it(
    source: Any, cloud: bool
) -> None:
    field = "source" if cloud else "topic"
    reason = f"{field}: must be a resource that ROOMS_EVENT_SOURCE has"
    assert outcome(source, cloud) == UnknownEvent(reason)


def test_one_without_a_source_is_not_understood() -> None:
    event = {name: value for name, value in ADDED.items() if name != "topic"}
    assert isinstance(read_event(json.dumps(event), NOW, SOURCES), UnknownEvent)


def test_the_field_of_the_other_schema_does_not_count() -> None:
    cloud = in_cloud_events(ADDED | {"topic": "/other"}) | {"topic": OURS}
    assert isinstance(read_event(json.dumps(cloud), NOW, SOURCES), UnknownEvent)
    event = ADDED | {"topic": "/other", "source": OURS}
    assert isinstance(read_event(json.dumps(event), NOW, SOURCES), UnknownEvent)


def test_what_would_be_ignored_anyway_is_ignored() -> None:
    ignored = outcome("/other", False, eventType="Microsoft.Communication.SMSReceived")
    assert isinstance(ignored, IgnoredEvent)


def test_without_the_setting_any_counts() -> None:
    for topic in ("/other", None, 1):
        event = json.dumps(ADDED | {"topic": topic})
        assert isinstance(read_event(event, NOW), RoomEvent)


def test_an_event_of_call_automation_names_its_call_and_counts() -> None:
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "calling/callConnections/421f0b00",
        "type": "Microsoft.Communication.ParticipantsUpdated",
        "time": "2026-05-04T09:59:00Z",
        "data": {
            "room": {"id": "99445276259151407"},
            "correlationId": "c",
            "participants": [{"identifier": {"rawId": "4:+4930123456"}}],
        },
    }
    assert isinstance(read_event(json.dumps(event), NOW, SOURCES), RoomEvent)
