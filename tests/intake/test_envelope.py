import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from azure.communication.identity import (
    CommunicationCloudEnvironment,
    MicrosoftTeamsAppIdentifier,
    MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier,
)
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.events import SERVICE_LOG, CallEvent, EndReason
from rooms.domain.limits import LIMITS
from rooms.domain.time import DAY, SECOND, format_time, parse_time
from rooms.intake.envelope import read_event
from rooms.intake.fields import EARLIEST
from rooms.intake.outcome import IgnoredEvent, RoomEvent, UnknownEvent
from tests.intake.hostile_events import HostileEvent, hostile_events

NOW = parse_time("2026-05-04T10:00:00Z")

ROOM = "99445276259151407"
CALL = "1f0b7f3c-2c9e-4f0a-8a53-0e3f5c7d9b21"
EDGE = "8:acs:bc360ba8-d29b-4ef2-b698-769ebef85521_0000000c-1fb9-4878-07fd-0848220077e1"
CHROME = "8:acs:bc360ba8-d29b-4ef2-b698-769ebef85521_0000000c-1fb9-27cc-07fd-0848220077d8"
CLIENT = (
    "acs-web-test-client-ACSWeb(3617/1.0.0.0/os=windows; browser=chrome; browserVer=93.0; "
    "deviceType=Desktop)"
    "/TsCallingVersion=_TS_BUILD_VERSION_/Ovb=_TS_OVB_VERSION_"
)

# The payloads of the documentation's shape are its samples, with values for what it has in braces.
# Of the SDKs' shape no sample is published: those are the same events as the models have them. Each
# is there in both schemas.
PAYLOADS = Path(__file__).parent / "events"
SCHEMAS = ("event_grid", "cloud_events")

STARTED = CallEvent(
    kind="CallStarted",
    id="a8bcd8a3-12d7-46ba-8cde-f6d0bda8feeb",
    call=CALL,
    at=parse_time("2021-09-22T17:02:38.6905856Z"),
    participant_id=None,
    raw_id=None,
    display_name=None,
    role=None,
    endpoint_type=None,
    started_by=EDGE,
    ended_by=None,
    end_reason=None,
)
ADDED = CallEvent(
    kind="ParticipantAdded",
    id="615adcbd-23b2-4563-aba7-9d1b424d3d38",
    call=CALL,
    at=parse_time("2021-09-22T17:02:39.2843314Z"),
    participant_id="041e3b8a-1cce-4ebf-b587-131312c39410",
    raw_id=EDGE,
    display_name="Sharif Edge",
    role="Presenter",
    endpoint_type=CLIENT,
    started_by=EDGE,
    ended_by=None,
    end_reason=None,
)
REMOVED = CallEvent(
    kind="ParticipantRemoved",
    id="7b2307f3-57ec-4257-85a1-8ce654534ea9",
    call=CALL,
    at=parse_time("2021-09-22T17:28:41.1497652Z"),
    participant_id="750a1442-3156-4914-94d2-62cf73796833",
    raw_id=CHROME,
    display_name="Sharif Chrome",
    role="Attendee",
    endpoint_type=CLIENT,
    started_by=EDGE,
    ended_by=None,
    end_reason=None,
)
ENDED_AS_DOCUMENTED = CallEvent(
    kind="CallEnded",
    id="530183db-987b-4a3a-b6c1-3391bab12864",
    call=CALL,
    at=parse_time("2021-09-22T17:03:12.6143005Z"),
    participant_id=None,
    raw_id=None,
    display_name=None,
    role=None,
    endpoint_type=None,
    started_by=EDGE,
    ended_by=None,
    end_reason=None,
    duration=497_286_172,
)
ENDED_AS_TYPED = CallEvent(
    kind="CallEnded",
    id="530183db-987b-4a3a-b6c1-3391bab12864",
    call=CALL,
    at=parse_time("2021-09-22T17:03:12.6143005Z"),
    participant_id=None,
    raw_id=None,
    display_name=None,
    role=None,
    endpoint_type=None,
    started_by=EDGE,
    ended_by=EDGE,
    end_reason=EndReason(code=0, sub_code=5300, phrase="The call was ended for everyone."),
    ended_by_participant=True,
    duration=497_286_172,
)
EXPECTED = {
    "documented.CallStarted": STARTED,
    "documented.CallParticipantAdded": ADDED,
    "documented.CallParticipantRemoved": REMOVED,
    "documented.CallEnded": ENDED_AS_DOCUMENTED,
    "typed.CallStarted": STARTED,
    "typed.CallParticipantAdded": ADDED,
    "typed.CallParticipantRemoved": REMOVED,
    "typed.CallEnded": ENDED_AS_TYPED,
}


def payload(name: str) -> dict[str, Any]:
    element: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return element


def read(element: object) -> RoomEvent | IgnoredEvent | UnknownEvent:
    return read_event(json.dumps(element), NOW)


def understood(element: object) -> CallEvent:
    result = read(element)
    assert isinstance(result, RoomEvent)
    return result.event


def reason(element: object) -> str:
    result = read(element)
    assert isinstance(result, UnknownEvent)
    return result.reason


@pytest.fixture
def added() -> dict[str, Any]:
    return payload("event_grid.documented.CallParticipantAdded")


@pytest.fixture
def added_as_typed() -> dict[str, Any]:
    return payload("event_grid.typed.CallParticipantAdded")


@pytest.fixture
def ended() -> dict[str, Any]:
    return payload("event_grid.typed.CallEnded")


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("name", EXPECTED)
def test_golden(schema: str, name: str) -> None:
    assert read(payload(f"{schema}.{name}")) == RoomEvent(ROOM, EXPECTED[name])


def test_every_golden_payload_is_tested() -> None:
    assert {path.stem for path in PAYLOADS.iterdir()} == {
        f"{schema}.{name}" for schema in SCHEMAS for name in EXPECTED
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_an_event_has_the_same_key_in_both_schemas(name: str) -> None:
    event_grid, cloud_events = (understood(payload(f"{schema}.{name}")) for schema in SCHEMAS)
    assert event_grid.key == cloud_events.key


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "another"),
        ("eventTime", "2021-09-22T17:02:39.2843315Z"),
        ("eventType", "Microsoft.Communication.CallParticipantRemoved"),
        ("data.correlationId", "another"),
        ("data.participantId", "another"),
        ("data.user.rawId", "another"),
    ],
)
def test_two_events_that_differ_in_what_identifies_them_have_different_keys(
    added: dict[str, Any], path: str, value: str
) -> None:
    assert understood(replaced(added, tuple(path.split(".")), value)).key != understood(added).key


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("topic", "another"),
        ("subject", "another"),
        ("data.displayName", "another"),
        ("data.user.role", "another"),
        ("data.endpointType", "another"),
        ("data.startedBy", None),
        ("eventTime", "2021-09-22T19:02:39.284331400+02:00"),
    ],
)
def test_two_deliveries_of_an_event_have_the_same_key(
    added: dict[str, Any], path: str, value: str | None
) -> None:
    assert understood(replaced(added, tuple(path.split(".")), value)).key == understood(added).key


def test_events_of_one_time_are_in_the_order_of_a_call() -> None:
    elements = [
        payload(f"cloud_events.typed.{name}")
        for name in ("CallEnded", "CallParticipantRemoved", "CallStarted")
    ]
    elements += [payload("event_grid.typed.CallParticipantAdded")]
    for element in elements:
        element["time" if "time" in element else "eventTime"] = "2025-05-04T10:00:00Z"
    events = sorted(map(understood, elements))
    assert [event.kind for event in events] == [
        "CallStarted",
        "ParticipantAdded",
        "ParticipantRemoved",
        "CallEnded",
    ]


def test_the_raw_id_is_the_first_that_there_is(added: dict[str, Any]) -> None:
    added["data"]["user"] = {
        "rawId": "first",
        "communicationIdentifier": {"rawId": "second", "communicationUser": {"id": "fourth"}},
        "communicationUser": {"id": "third"},
    }
    assert understood(added).raw_id == "first"
    added["data"]["user"]["rawId"] = ""
    assert understood(added).raw_id == "second"
    added["data"]["user"]["communicationIdentifier"]["rawId"] = None
    assert understood(added).raw_id == "third"
    added["data"]["user"]["communicationUser"] = None
    assert understood(added).raw_id == "fourth"
    added["data"]["user"]["communicationIdentifier"] = None
    assert understood(added).raw_id is None


@pytest.mark.parametrize(
    ("identifier", "raw_id"),
    [
        ({"phoneNumber": {"value": "+4915"}}, "4:+4915"),
        ({"microsoftTeamsUser": {"userId": "u"}}, "8:orgid:u"),
        ({"microsoftTeamsUser": {"userId": "u", "cloud": "public"}}, "8:orgid:u"),
        ({"microsoftTeamsUser": {"userId": "u", "cloud": "dod"}}, "8:dod:u"),
        ({"microsoftTeamsUser": {"userId": "u", "cloud": "GCCH"}}, "8:gcch:u"),
        ({"microsoftTeamsUser": {"userId": "u", "isAnonymous": True}}, "8:teamsvisitor:u"),
        (
            {"microsoftTeamsUser": {"userId": "u", "isAnonymous": True, "cloud": "dod"}},
            "8:teamsvisitor:u",
        ),
        ({"microsoftTeamsApp": {"appId": "a"}}, "28:orgid:a"),
        ({"microsoftTeamsApp": {"appId": "a", "cloud": "dod"}}, "28:dod:a"),
        ({"microsoftTeamsApp": {"appId": "a", "cloud": "gcch"}}, "28:gcch:a"),
        ({"communicationUser": {"id": "c"}, "phoneNumber": {"value": "+4915"}}, "c"),
        ({"rawId": "r", "phoneNumber": {"value": "+4915"}}, "r"),
        ({"phoneNumber": {"value": ""}, "microsoftTeamsUser": 5}, None),
        ({"phoneNumber": "+4915", "microsoftTeamsApp": {"appId": ["a"]}}, None),
    ],
)
def test_a_raw_id_that_is_missing_is_made_as_the_sdks_make_it(
    added: dict[str, Any], identifier: dict[str, Any], raw_id: str | None
) -> None:
    for user in (identifier, {"communicationIdentifier": identifier}):
        added["data"]["user"] = user
        assert understood(added).raw_id == raw_id
        event = understood(replaced(added, ("data", "startedBy"), user))
        assert event.started_by == raw_id


@pytest.mark.parametrize(
    ("made", "identifier"),
    [
        (PhoneNumberIdentifier("+4915"), {"phoneNumber": {"value": "+4915"}}),
        (MicrosoftTeamsUserIdentifier("u"), {"microsoftTeamsUser": {"userId": "u"}}),
        *(
            (
                MicrosoftTeamsUserIdentifier("u", cloud=cloud),
                {"microsoftTeamsUser": {"userId": "u", "cloud": cloud.value.lower()}},
            )
            for cloud in CommunicationCloudEnvironment
        ),
        (
            MicrosoftTeamsUserIdentifier("u", is_anonymous=True),
            {"microsoftTeamsUser": {"userId": "u", "isAnonymous": True}},
        ),
        *(
            (
                MicrosoftTeamsAppIdentifier("a", cloud=cloud),
                {"microsoftTeamsApp": {"appId": "a", "cloud": cloud.value.lower()}},
            )
            for cloud in CommunicationCloudEnvironment
        ),
    ],
)
def test_the_sdk_makes_the_same_raw_ids(
    added: dict[str, Any],
    made: PhoneNumberIdentifier | MicrosoftTeamsUserIdentifier | MicrosoftTeamsAppIdentifier,
    identifier: dict[str, Any],
) -> None:
    added["data"]["user"] = identifier
    assert understood(added).raw_id == made.raw_id


@pytest.mark.parametrize("field", ["durationOfCall", "callDurationInSeconds"])
@pytest.mark.parametrize(
    ("value", "ticks"),
    [
        (3600, 3600 * SECOND),
        (0.25, 2_500_000),
        (604_800, 7 * DAY),
        (604_800.1, None),
        (0, None),
        (1e-9, None),
        (-5, None),
        (True, None),
        ("3600", None),
        ([], None),
        (10**400, None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
def test_the_length_of_a_call_is_of_either_shape_if_it_is_a_length(
    ended: dict[str, Any], field: str, value: object, ticks: int | None
) -> None:
    del ended["data"]["callDurationInSeconds"]
    ended["data"][field] = value
    assert understood(ended).duration == ticks


@pytest.mark.parametrize(
    ("kind", "was_there"),
    [
        ("Participant", True),
        ("participant", True),
        ("MicrosoftInternal", False),
        (None, False),
        (5, False),
    ],
)
def test_who_ended_the_call_was_in_it_if_the_type_says_so(
    ended: dict[str, Any], kind: object, was_there: bool
) -> None:
    ended["data"]["endedBy"]["type"] = kind
    event = understood(ended)
    assert (event.ended_by, event.ended_by_participant) == (EDGE, was_there)


@pytest.mark.parametrize(
    "starter", [{"communicationIdentifier": {"communicationUser": {"id": "me"}}}, {"rawId": "me"}]
)
def test_who_started_and_ended_a_call_is_found_in_either_shape(
    ended: dict[str, Any], starter: dict[str, Any]
) -> None:
    ended["data"] |= {"startedBy": starter, "endedBy": starter}
    event = understood(ended)
    assert (event.started_by, event.ended_by) == ("me", "me")


def test_the_endpoint_is_the_first_that_there_is(added: dict[str, Any]) -> None:
    added["data"] |= {"endpointType": "first", "userAgent": "second"}
    assert understood(added).endpoint_type == "first"
    added["data"]["endpointType"] = ""
    assert understood(added).endpoint_type == "second"


@pytest.mark.parametrize(
    "field",
    ["group", "isRoomsCall", "user", "displayName", "startedBy", "endpointType", "serverCallId"],
)
def test_what_may_be_missing_or_null(added: dict[str, Any], field: str) -> None:
    added["data"][field] = None
    of_null = understood(added)
    del added["data"][field]
    assert understood(added) == of_null


def test_an_event_without_id_is_one_of_empty_id(added: dict[str, Any]) -> None:
    for element in (
        added | {"id": ""},
        added | {"id": None},
        {key: value for key, value in added.items() if key != "id"},
    ):
        assert understood(element).id == ""


@pytest.mark.parametrize(
    "name", ["SMSReceived", "IncomingCall", "RecordingFileStatusUpdated", "CallStarted2"]
)
@pytest.mark.parametrize("field", ["eventType", "type"])
def test_other_events_of_the_calling_service_are_left(name: str, field: str) -> None:
    element = {
        field: f"Microsoft.Communication.{name}",
        "specversion": "1.0" if field == "type" else None,
    }
    assert isinstance(read(element), IgnoredEvent)


@pytest.mark.parametrize(
    ("data", "room"),
    [({"room": {"id": "r\n1"}}, "r\n1"), ({"room": {"id": 5}}, "not named"), (5, "not named")],
)
def test_an_unknown_type_of_the_calling_service_is_told_with_its_room(
    data: object, room: str
) -> None:
    kind = "Microsoft.Communication.CallTransferred"
    left = IgnoredEvent(f"of the type {kind} of calls, which is not known; room {room}", True)
    assert read({"eventType": kind, "data": data}) == left
    assert read({"type": kind, "specversion": "1.0", "data": data}) == left


# Telephones, of which Call Automation tells.


def updated(*participants: object, **data: object) -> dict[str, Any]:
    """As Call Automation writes it (azure-docs, articles/communication-services/concepts/
    call-automation/call-automation.md), with a room."""
    return {
        "id": "u-1",
        "source": "calling/callConnections/401f3500",
        "type": "Microsoft.Communication.ParticipantsUpdated",
        "data": {
            "participants": [*participants],
            "sequenceNumber": 3,
            "version": "2023-10-15",
            "callConnectionId": "401f3500",
            "serverCallId": "aHR0cHM6Ly9",
            "correlationId": CALL,
            "room": {"id": ROOM},
            **data,
        },
        "time": "2026-05-04T09:00:00Z",
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "subject": "calling/callConnections/401f3500",
    }


PHONE = {"rawId": "4:+4915", "kind": "phoneNumber", "phoneNumber": {"value": "+4915"}}


def test_telephones_are_taken_from_an_event_of_call_automation() -> None:
    element = updated(
        {"identifier": PHONE, "isMuted": False, "isOnHold": False},
        {"identifier": {"rawId": EDGE, "communicationUser": {"id": EDGE}}, "isMuted": True},
        {"identifier": {"phoneNumber": {"value": "+4900"}}},
        {"identifier": {"microsoftTeamsUser": {"userId": "u"}}},
        {"rawId": "4:anonymous"},
        {"identifier": PHONE},
    )
    event = CallEvent(
        "PhonesUpdated",
        "u-1",
        CALL,
        parse_time("2026-05-04T09:00:00Z"),
        phones=("4:+4900", "4:+4915", "4:anonymous"),
    )
    assert read(element) == RoomEvent(ROOM, event)
    in_event_grid = {
        "id": element["id"],
        "topic": element["source"],
        "subject": element["subject"],
        "eventType": element["type"],
        "eventTime": element["time"],
        "dataVersion": "1.0",
        "data": element["data"],
    }
    assert read(in_event_grid) == RoomEvent(ROOM, event)


def test_no_telephone_may_be_there() -> None:
    assert understood(updated()).phones == ()


@pytest.mark.parametrize(
    "data",
    [
        {"room": None},
        {"room": {"id": None}},
        {"room": None, "isRoomsCall": True},
        {"correlationId": None},
    ],
)
def test_an_event_of_call_automation_that_names_no_call_of_a_room_is_left(
    data: dict[str, Any],
) -> None:
    result = read(updated({"identifier": PHONE}, **data))
    assert isinstance(result, IgnoredEvent)
    assert not result.is_of_calls


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"participants": None}, "data.participants: must be a list"),
        ({"correlationId": 5}, "data.correlationId: must be text"),
        (
            {"room": {"id": "a/b"}},
            "data.room.id: must be a room's id: 1 to 64 of A-Z, a-z, 0-9, - and _",
        ),
        (
            {"participants": [{"rawId": f"4:{number}"} for number in range(351)]},
            "data: must have at most 350 telephones",
        ),
        *(
            (
                {"participants": [{"identifier": PHONE}, unknown]},
                "data: must have a rawId or another identifier for each participant",
            )
            for unknown in (
                {"identifier": {"phoneNumber": {"value": 5}}},
                {"identifier": {"rawId": 5}},
                {},
                5,
                None,
            )
        ),
        *(
            (
                {"participants": [{"rawId": f"4:{number}"}]},
                "data: must have telephones like 4:+49..., of at most 64 of A-Z, a-z, 0-9 and "
                "+ - . ; = _",
            )
            for number in ("1" * 63, "", "\U0001f600", "\0", '"')
        ),
    ],
)
def test_an_event_of_call_automation_that_is_wrong_is_not_understood(
    data: dict[str, Any], words: str
) -> None:
    assert reason(updated(**data)) == words


def test_as_many_and_as_long_telephones_as_may_be() -> None:
    numbers = [f"4:+{number:061d}" for number in range(350)]
    assert len(understood(updated(*({"rawId": number} for number in numbers))).phones) == 350


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("rooms_call", [False, None])
@pytest.mark.parametrize("room", [None, {}, {"id": None}, {"id": ""}])
def test_events_of_calls_in_no_room_are_left(
    name: str, rooms_call: bool | None, room: dict[str, Any] | None
) -> None:
    element = payload(f"event_grid.{name}")
    element["data"] |= {"room": room, "isRoomsCall": rooms_call}
    assert isinstance(read(element), IgnoredEvent)


@pytest.mark.parametrize("room", [None, {}, {"id": None}, {"id": ""}])
def test_a_rooms_call_without_room_is_not_understood(
    added: dict[str, Any], room: dict[str, Any] | None
) -> None:
    added["data"]["room"] = room
    assert reason(added) == "data.room.id: missing, though data.isRoomsCall is not false"


def test_the_log_of_the_service_is_no_room_of_a_call(added: dict[str, Any]) -> None:
    added["data"]["room"]["id"] = SERVICE_LOG
    assert reason(added) == "data.room.id: must not be _service, the log of the service"


@pytest.mark.parametrize("rooms_call", [True, False, None, "yes"])
def test_what_has_a_room_is_of_a_rooms_call(added: dict[str, Any], rooms_call: object) -> None:
    added["data"]["isRoomsCall"] = rooms_call
    assert isinstance(read(added), RoomEvent)


@pytest.mark.parametrize(
    "element", [{"id": "a"}, {"eventType": "Contoso.CallStarted"}, {"eventType": 5}, {"type": "a"}]
)
def test_of_an_unknown_type_the_expected_ones_are_named(element: dict[str, Any]) -> None:
    assert reason(element) == (
        "eventType: must be one of Microsoft.Communication.CallStarted, CallParticipantAdded, "
        "CallParticipantRemoved, CallEnded, ParticipantsUpdated"
    )
    assert reason(element | {"specversion": "1.0"}).startswith(
        "type: must be one of Microsoft.Communication."
    )


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("data", None, "data: must be an object"),
        ("data", "{}", "data: must be an object"),
        ("id", 5, "id: must be text"),
        ("data.participantId", 5, "data.participantId: must be text"),
        ("data.user", "Ann", "data.user: must be an object"),
        ("data.user.rawId", {}, "data.user.rawId: must be text"),
        ("data.correlationId", 5, "data.correlationId: must be text"),
        ("data.correlationId", "", "data.correlationId: missing"),
        ("data.room", [], "data.room: must be an object"),
        ("data.room.id", 5, "data.room.id: must be text"),
        (
            "data.room.id",
            "a/b",
            "data.room.id: must be a room's id: 1 to 64 of A-Z, a-z, 0-9, - and _",
        ),
        (
            "data.room.id",
            "9" * 65,
            "data.room.id: must be a room's id: 1 to 64 of A-Z, a-z, 0-9, - and _",
        ),
        ("data.user.rawId", "i" * 513, "data.user.rawId: must be text of at most 512 characters"),
        (
            "eventTime",
            "soon",
            "eventTime: must be a time of RFC 3339 with an offset and at most 9 fraction digits",
        ),
        (
            "eventTime",
            5,
            "eventTime: must be a time of RFC 3339 with an offset and at most 9 fraction digits",
        ),
        ("eventTime", "2019-12-31T23:59:59Z", "eventTime: earlier than 2020"),
        (
            "eventTime",
            "2026-05-05T10:00:00.0000001Z",
            "eventTime: more than 24 hours ahead of this service's clock",
        ),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_path(
    added: dict[str, Any], path: str, value: object, words: str
) -> None:
    assert reason(replaced(added, tuple(path.split(".")), value)) == words


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "data.user.communicationIdentifier",
            [],
            "data.user.communicationIdentifier: must be an object",
        ),
        (
            "data.user.communicationIdentifier.rawId",
            5,
            "data.user.communicationIdentifier.rawId: must be text",
        ),
    ],
)
def test_so_it_is_in_the_shape_of_the_sdks(
    added_as_typed: dict[str, Any], path: str, value: object, words: str
) -> None:
    assert reason(replaced(added_as_typed, tuple(path.split(".")), value)) == words


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("data.displayName", ["Ann"], "display_name"),
        ("data.user.role", 1, "role"),
        ("data.startedBy", "Ann", "started_by"),
        ("data.startedBy.rawId", 5, "started_by"),
        ("data.startedBy.rawId", "x" * 513, "started_by"),
    ],
)
def test_what_only_adorns_an_event_may_be_wrong(
    added: dict[str, Any], path: str, value: object, field: str
) -> None:
    event, as_it_was = understood(replaced(added, tuple(path.split(".")), value)), understood(added)
    assert getattr(event, field) is None
    assert replace(event, **{field: getattr(as_it_was, field)}) == as_it_was


@pytest.mark.parametrize(
    ("end_reason", "expected"),
    [
        (5, None),
        ([], None),
        ({"code": "0", "phrase": "gone"}, EndReason(None, None, "gone")),
        ({"code": 0, "subCode": 1.5}, EndReason(0)),
        ({"code": 0, "subCode": True}, EndReason(0)),
        ({"code": 2**63, "subCode": 1}, EndReason(None, 1)),
        ({"code": -(2**63) - 1}, EndReason()),
        ({"code": 1, "phrase": []}, EndReason(1)),
    ],
)
def test_a_call_ends_whatever_the_reason(
    ended: dict[str, Any], end_reason: object, expected: EndReason | None
) -> None:
    ended["data"] |= {"reason": end_reason, "endedBy": 5}
    event = understood(ended)
    assert (event.end_reason, event.ended_by) == (expected, None)


@pytest.mark.parametrize("name", ["callstarted", "CallEnded ", "callParticipantAdded"])
def test_a_type_that_is_almost_one_of_ours_is_not_left(name: str) -> None:
    words = (
        "must be one of these, to the letter: CallStarted, CallParticipantAdded, "
        "CallParticipantRemoved, CallEnded, ParticipantsUpdated"
    )
    assert reason({"eventType": f"Microsoft.Communication.{name}"}) == f"eventType: {words}"


def test_a_time_of_a_cloud_event_is_named_as_there() -> None:
    element = payload("cloud_events.typed.CallStarted")
    assert reason(element | {"time": "1999-01-01T00:00:00Z"}) == "time: earlier than 2020"
    del element["time"]
    assert reason(element | {"eventTime": "2025-01-01T00:00:00Z"}) == "time: missing"


def test_the_first_and_the_last_time_that_may_be(added: dict[str, Any]) -> None:
    for at in (EARLIEST, NOW + DAY):
        assert understood(added | {"eventTime": format_time(at)}).at == at


@pytest.mark.parametrize("field", ["participantId", "user"])
def test_a_participant_needs_one_id(added: dict[str, Any], field: str) -> None:
    added["data"][field] = None
    assert isinstance(read(added), RoomEvent)
    added["data"] |= {"participantId": "", "user": {"rawId": "", "role": "Attendee"}}
    assert reason(added) == "data: must have participantId or user.rawId"


def test_long_names_are_cut_and_long_ids_are_not(added: dict[str, Any]) -> None:
    added["data"] |= {
        "displayName": "n" * 300,
        "endpointType": "e" * 300,
        "participantId": "i" * LIMITS.event_id,
    }
    added["data"]["user"]["role"] = "r" * 300
    event = understood(added)
    assert (event.display_name, event.endpoint_type, event.role) == (
        "n" * LIMITS.event_text,
        "e" * LIMITS.event_text,
        "r" * LIMITS.event_text,
    )
    assert event.participant_id == "i" * LIMITS.event_id


def test_what_is_not_used_may_be_anything(added: dict[str, Any]) -> None:
    expected = understood(added)
    added["data"] |= {
        "group": 5,
        "serverCallId": [],
        "isTwoParty": "perhaps",
        "reason": 5,
        "endedBy": 5,
        "custom": 10**400,
    }
    added["data"]["startedBy"]["role"] = 5
    assert (
        understood(added | {"topic": 5, "subject": {}, "dataVersion": None, "time": 5, "type": []})
        == expected
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nonsense",
        "{",
        '{"eventType":"Microsoft.Communication.CallStarted"',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":' + "9" * 100_000 + "}",
        '{"a":"\ud800"}',
        '{"a":"\\ud800"}',
        '{"\ud800":1}',
        '{"a":"\x00"}',
        "\ufeff{}",
        "[]",
        "[{}]",
        "null",
        "true",
        "1e400",
        "NaN",
        "Infinity",
        '"text"',
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_text_that_is_no_object(text: str) -> None:
    assert_harmless(read_event(text, NOW))
    assert isinstance(read_event(text, NOW), UnknownEvent)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e400", "-1e400", "9" * 4000])
@pytest.mark.parametrize(
    "path", ["id", "eventTime", "data.displayName", "data.room.id", "data.durationOfCall"]
)
def test_numbers_beyond_bounds(added: dict[str, Any], number: str, path: str) -> None:
    text = json.dumps(replaced(added, tuple(path.split(".")), "HERE")).replace('"HERE"', number)
    assert isinstance(
        read_event(text, NOW),
        RoomEvent if path in ("data.durationOfCall", "data.displayName") else UnknownEvent,
    )


HOSTILE = hostile_events(ROOM, NOW)
FATES = {"understood": RoomEvent, "quarantine": UnknownEvent, "other": IgnoredEvent}


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: ascii(hostile.name))
def test_hostile(hostile: HostileEvent) -> None:
    result = read(hostile.element)
    assert isinstance(result, FATES[hostile.fate])
    assert_harmless(result)


def test_the_hostile_events_are_many_and_distinct() -> None:
    assert (
        len({json.dumps(hostile.element) for hostile in HOSTILE if hostile.fate != "other"}) >= 100
    )
    assert (
        len({hostile.name for hostile in HOSTILE})
        == len({json.dumps(hostile.element) for hostile in HOSTILE})
        == len(HOSTILE)
    )
    keys = [understood(hostile.element).key for hostile in HOSTILE if hostile.fate == "understood"]
    assert len(set(keys)) == len(keys)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.just("x" * 600),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
GOLDEN = [payload(f"{schema}.{name}") for schema in SCHEMAS for name in EXPECTED]

type _Path = tuple[str, ...]


def paths(value: object, above: _Path = ()) -> Iterator[_Path]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*above, name)
            yield from paths(inner, (*above, name))


def replaced(element: dict[str, Any], path: _Path, value: object) -> dict[str, Any]:
    changed = deepcopy(element)
    place: Any = changed
    for step in path[:-1]:
        place = place.get(step) if isinstance(place, dict) else None
    if isinstance(place, dict):
        place[path[-1]] = value
    return changed


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    element: dict[str, Any] = draw(st.sampled_from(GOLDEN))
    for path in draw(st.lists(st.sampled_from(list(paths(element))), min_size=1, max_size=3)):
        element = replaced(element, path, draw(JSON))
    return element


def assert_harmless(result: RoomEvent | IgnoredEvent | UnknownEvent) -> None:
    """Its texts can be encoded and keep their limits; a reason fits into a line."""
    if not isinstance(result, RoomEvent):
        assert 0 < len(result.reason) <= 300
        assert result.reason.isprintable()
        return
    event, end = result.event, result.event.end_reason or EndReason()
    ids = [
        event.id,
        event.call,
        event.participant_id,
        event.raw_id,
        event.started_by,
        event.ended_by,
    ]
    names = [event.display_name, event.role, event.endpoint_type, end.phrase]
    assert all(len(text or "") <= LIMITS.event_id for text in ids)
    assert all(len(text or "") <= LIMITS.event_text for text in names)
    assert "" not in [event.call, *ids[2:], *names]
    assert all(-(2**63) <= (code or 0) < 2**63 for code in (end.code, end.sub_code))
    assert EARLIEST <= event.at <= NOW + DAY
    assert "".join(text or "" for text in [result.room_id, *ids, *names]).encode()
    assert len(event.key) == 64


@given(
    st.text(st.characters())
    | st.dictionaries(st.text(), JSON).map(json.dumps)
    | JSON.map(json.dumps)
)
def test_any_text_has_an_answer(text: str) -> None:
    assert_harmless(read_event(text, NOW))


@given(mutated(), st.booleans())
def test_any_change_of_an_event_has_an_answer(element: dict[str, Any], in_ascii: bool) -> None:
    assert_harmless(read_event(json.dumps(element, ensure_ascii=in_ascii), NOW))
