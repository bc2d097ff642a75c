import json
import re

import pytest
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent
from hypothesis import given, settings

from simulator.events import ADDED, ENDED, REMOVED, STARTED, Element, Schema, Shape, events, written
from simulator.meeting import Meeting
from simulator.script import write
from tests.simulator.meetings import START, meetings

MEETING = write(7, 12, START)
TOLD = events(MEETING, 7)
ROOM = "99400000000000001"
TIME = re.compile(r"2026-05-04T\d\d:\d\d:\d\d\.\d{7}Z")


@given(meeting=meetings())
@settings(max_examples=20, deadline=None)
def test_a_call_and_each_leg_have_a_beginning_and_an_end(meeting: Meeting) -> None:
    sent = events(meeting, 1)
    assert len({event.id for event in sent}) == len(sent)
    for call in meeting.calls:
        types = [event.type for event in sent if event.call is call]
        assert types[0] is STARTED
        assert [types.count(type_) for type_ in (STARTED, ADDED, REMOVED, ENDED)] == [
            1,
            len(call.legs),
            len(call.legs),
            1,
        ]


def test_ids_come_from_the_seed() -> None:
    assert events(MEETING, 7) == TOLD
    assert not {event.id for event in events(MEETING, 8)} & {event.id for event in TOLD}


@pytest.mark.parametrize("shape", Shape)
def test_the_sdks_read_both_schemas(shape: Shape) -> None:
    for event in TOLD:
        grid = EventGridEvent.from_json(json.dumps(written(event, ROOM, Schema.EVENT_GRID, shape)))
        cloud: CloudEvent[Element] = CloudEvent.from_json(
            json.dumps(written(event, ROOM, Schema.CLOUD, shape))
        )
        expected = (event.id, event.type.value, event.time)
        assert (
            (grid.id, grid.event_type, grid.event_time)
            == expected
            == (cloud.id, cloud.type, cloud.time)
        )
        assert (grid.subject, grid.topic, grid.data) == (cloud.subject, cloud.source, cloud.data)


def test_an_event_is_written_as_in_the_documentation() -> None:
    event = next(event for event in TOLD if event.type is ADDED)
    assert event.leg
    element = written(event, ROOM, Schema.EVENT_GRID, Shape.DOCUMENTED)
    assert TIME.fullmatch(element["eventTime"])
    raw_id = event.leg.person.raw_id
    assert element == {
        "id": event.id,
        "topic": element["topic"],
        "subject": f"call/{event.call.server_id}/participant/{raw_id}",
        "data": {
            "user": {"rawId": raw_id, "communicationUser": {"id": raw_id}, "role": event.leg.role},
            "displayName": event.leg.person.display_name,
            "participantId": event.leg.participant_id,
            "endpointType": event.leg.client,
            "startedBy": element["data"]["startedBy"],
            "serverCallId": event.call.server_id,
            "group": {"id": "00000000-0000-0000-0000-000000000000"},
            "room": {"id": ROOM},
            "isTwoParty": False,
            "correlationId": event.call.id,
            "isRoomsCall": True,
        },
        "eventType": "Microsoft.Communication.CallParticipantAdded",
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": element["eventTime"],
    }


def test_a_cloud_event_is_written_as_the_sdks_types_have_it() -> None:
    event = next(event for event in TOLD if event.type is ENDED)
    element, call = written(event, ROOM, Schema.CLOUD, Shape.TYPED), event.call
    assert (element["specversion"], element["type"]) == ("1.0", "Microsoft.Communication.CallEnded")
    assert TIME.fullmatch(element["time"])
    assert element["data"]["callDurationInSeconds"] == (call.ended - call.started).total_seconds()
    assert element["data"]["endedBy"]["communicationIdentifier"]["rawId"] == call.ended_by.raw_id
    assert (
        element["data"]["startedBy"]["communicationIdentifier"]["rawId"] == call.started_by.raw_id
    )
