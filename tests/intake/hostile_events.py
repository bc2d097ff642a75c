"""Objects that arrive as events and that nobody would expect: each has a name, and what is to
become of it."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from rooms.domain.time import DAY, SECOND, Ticks, format_time

type Fate = Literal["understood", "quarantine", "other"]

MEGABYTE = "x" * 1_000_000

MISSING = object()
"""Instead of a value: the field is not there."""

PERSON = "8:acs:bc360ba8-d29b-4ef2-b698-769ebef85521_0000000c-1fb9-4878-07fd-0848220077e1"

EVIL_TEXTS = {
    "slash": "a/b",
    "backslash": "a\\b",
    "hash": "a#b",
    "question mark": "a?b",
    "percent": "a%2Fb%00",
    "quotes": "' or ''='\"",
    "newline": "a\r\nSet-Cookie: b",
    "NUL": "a\0b",
    "right to left": "\u202eb\u2066a",
    "beyond the BMP": "\U0001f469\u200d\U0001f52c",
    "no character": "\ufffe\uffff\ufffd",
    "spaces": " a ",
    "formula": '=HYPERLINK("http://example.com")',
}
WRONG_TEXTS: dict[str, Any] = {
    "number": 5,
    "true": True,
    "list": ["a"],
    "object": {"id": "a"},
    "huge number": 10**400,
}
WRONG_OBJECTS: dict[str, Any] = {"number": 0, "false": False, "list": [], "text": "a"}

TEXT_PATHS = (
    "id",
    "data.correlationId",
    "data.participantId",
    "data.displayName",
    "data.endpointType",
    "data.user.rawId",
    "data.user.role",
    "data.startedBy.rawId",
)
OBJECT_PATHS = (
    "data",
    "data.user",
    "data.startedBy",
    "data.user.communicationUser",
    "data.user.communicationIdentifier",
)
ADORNING = (
    "data.displayName",
    "data.endpointType",
    "data.user.role",
    "data.startedBy.rawId",
    "data.startedBy",
)
"""What is only for people to read."""


@dataclass(frozen=True, slots=True)
class HostileEvent:
    """`element` is one element of a delivery, nested less than 64 deep, so that the host passes it
    on."""

    name: str
    element: dict[str, Any]
    fate: Fate


def hostile_events(room_id: str, now: Ticks) -> list[HostileEvent]:
    """Those that are understood are of that room and of different keys; times are absurd, or not,
    as of `now`."""
    cases = [
        *_texts(),
        *_objects(),
        *_rooms(),
        *_types(),
        *_times(now),
        *_endings(),
        *_gaps(),
        *_unused(),
    ]
    return [
        HostileEvent(name, _changed(_added(name, room_id, now), changes), fate)
        for name, changes, fate in cases
    ]


type _Case = tuple[str, Mapping[str, Any], Fate]


def _added(event_id: str, room_id: str, now: Ticks) -> dict[str, Any]:
    return {
        "id": event_id,
        "topic": "/subscriptions/a",
        "subject": "call/a",
        "eventType": "Microsoft.Communication.CallParticipantAdded",
        "eventTime": format_time(now - 60 * SECOND),
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "data": {
            "user": {"rawId": PERSON, "communicationUser": {"id": PERSON}, "role": "Attendee"},
            "displayName": "Ann",
            "participantId": "041e3b8a-1cce-4ebf-b587-131312c39410",
            "endpointType": "web",
            "startedBy": {
                "rawId": PERSON,
                "communicationUser": {"id": PERSON},
                "role": "Presenter",
            },
            "serverCallId": "a",
            "group": {"id": "00000000-0000-0000-0000-000000000000"},
            "room": {"id": room_id},
            "isTwoParty": False,
            "correlationId": "1f0b7f3c-2c9e-4f0a-8a53-0e3f5c7d9b21",
            "isRoomsCall": True,
        },
    }


def _changed(element: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    for path, value in changes.items():
        *steps, last = path.split(".")
        place = element
        for step in steps:
            place = place[step]
        if value is MISSING:
            del place[last]
        else:
            place[last] = deepcopy(value)
    return element


def _texts() -> Iterator[_Case]:
    for path in TEXT_PATHS:
        for name, value in WRONG_TEXTS.items():
            yield (
                f"{path} is a {name}",
                {path: value},
                "understood" if path in ADORNING else "quarantine",
            )
    for path in ("id", "data.correlationId", "data.participantId", "data.user.rawId"):
        for name, text in EVIL_TEXTS.items():
            yield f"{path} with {name}", {path: text}, "understood"
        yield f"{path} as long as may be", {path: "i" * 512}, "understood"
        yield f"{path} too long", {path: "i" * 513}, "quarantine"
        yield f"{path} of 1 MB", {path: MEGABYTE}, "quarantine"
    for path in ("data.displayName", "data.user.role", "data.endpointType", "data.userAgent"):
        for name, text in EVIL_TEXTS.items():
            yield f"{path} with {name}", {path: text}, "understood"
        yield f"{path} of 1 MB", {path: MEGABYTE}, "understood"
        yield f"{path} of 1 MB beyond the BMP", {path: "\U0001f600" * 250_000}, "understood"
    yield "startedBy of 1 MB", {"data.startedBy.rawId": MEGABYTE}, "understood"


def _objects() -> Iterator[_Case]:
    for path in OBJECT_PATHS:
        for name, value in WRONG_OBJECTS.items():
            yield (
                f"{path} is a {name}",
                {path: value},
                "understood" if path in ADORNING else "quarantine",
            )
    yield "data is missing", {"data": MISSING}, "quarantine"
    yield "data is null", {"data": None}, "quarantine"
    yield "data is empty", {"data": {}}, "other"
    yield "data in base64", {"data": MISSING, "data_base64": "e30="}, "quarantine"


def _rooms() -> Iterator[_Case]:
    for name, text in EVIL_TEXTS.items():
        yield f"room with {name}", {"data.room.id": text}, "quarantine"
    for name, value in WRONG_TEXTS.items():
        yield f"room's id is a {name}", {"data.room.id": value}, "quarantine"
    for name, value in WRONG_OBJECTS.items():
        yield f"room is a {name}", {"data.room": value}, "quarantine"
    yield (
        "room's id with a newline at its end",
        {"data.room.id": "99400000000000000\n"},
        "quarantine",
    )
    yield (
        "room's id in digits of another script",
        {"data.room.id": "\u0669\u0669\u0664" + "\u0660" * 14},
        "quarantine",
    )
    yield "room's id too long", {"data.room.id": "9" * 65}, "quarantine"
    yield "room's id of 1 MB", {"data.room.id": MEGABYTE}, "quarantine"
    yield "room's id of dots", {"data.room.id": ".."}, "quarantine"
    for name, room in {
        "missing": MISSING,
        "null": None,
        "empty": {},
        "of null id": {"id": None},
        "of empty id": {"id": ""},
    }.items():
        yield f"room {name} in a room's call", {"data.room": room}, "quarantine"
        yield (
            f"room {name} in another call",
            {"data.room": room, "data.isRoomsCall": False},
            "other",
        )
        yield (
            f"room {name}, who knows in what call",
            {"data.room": room, "data.isRoomsCall": None},
            "other",
        )
        yield (
            f"room {name} in perhaps a room's call",
            {"data.room": room, "data.isRoomsCall": "true"},
            "quarantine",
        )
    yield (
        "another call that makes no sense",
        {"data": {"user": 5, "displayName": [], "room": None}, "eventTime": {}},
        "other",
    )


def _types() -> Iterator[_Case]:
    for name, value in {
        **WRONG_TEXTS,
        "null": None,
        "empty text": "",
        "text of 1 MB": MEGABYTE,
    }.items():
        yield f"eventType is a {name}", {"eventType": value}, "quarantine"
    yield "eventType is missing", {"eventType": MISSING}, "quarantine"
    yield "eventType of another maker", {"eventType": "Contoso.CallStarted"}, "quarantine"
    yield (
        "eventType in lower case",
        {"eventType": "microsoft.communication.callstarted"},
        "quarantine",
    )
    yield (
        "eventType after a space",
        {"eventType": " Microsoft.Communication.CallStarted"},
        "quarantine",
    )
    yield (
        "eventType of the subscription",
        {"eventType": "Microsoft.EventGrid.SubscriptionDeletedEvent"},
        "quarantine",
    )
    for other in ("SMSReceived", "RecordingFileStatusUpdated", "IncomingCall", "CallStarted2", ""):
        yield (
            f"eventType is {other or 'the prefix'}",
            {"eventType": f"Microsoft.Communication.{other}"},
            "other",
        )
    for close in ("callStarted", "CallStarted ", "callparticipantadded"):
        yield (
            f"eventType is {close}",
            {"eventType": f"Microsoft.Communication.{close}"},
            "quarantine",
        )
    yield "eventType only, in a CloudEvent", {"specversion": "1.0"}, "quarantine"
    yield (
        "type only, in no CloudEvent",
        {"eventType": MISSING, "type": "Microsoft.Communication.CallStarted"},
        "quarantine",
    )
    yield (
        "eventTime only, in a CloudEvent",
        {"specversion": "1.0", "type": "Microsoft.Communication.CallStarted"},
        "quarantine",
    )
    yield "specversion is null", {"specversion": None}, "understood"


def _times(now: Ticks) -> Iterator[_Case]:
    for name, value in {
        **WRONG_TEXTS,
        "null": None,
        "empty text": "",
        "text of 1 MB": MEGABYTE,
    }.items():
        yield f"eventTime is a {name}", {"eventTime": value}, "quarantine"
    yield "eventTime is missing", {"eventTime": MISSING}, "quarantine"
    for text in (
        "yesterday",
        "2025-05-04",
        "2025-05-04T10:00:00",
        "2025-05-04 10:00:00Z",
        "2025-05-04T10:00:00.1234567890Z",
        "2025-05-04T10:00:00,5Z",
        "2025-02-30T10:00:00Z",
        "2025-05-04T25:00:00Z",
        "2025-05-04T10:00:60Z",
        "2025-05-04T10:00:00+24:00",
        "2025-05-04T10:00:00Z\n",
        "\u0662\u0660\u0662\u0665-05-04T10:00:00Z",
        "20250504T100000Z",
        "Sun, 04 May 2025 10:00:00 GMT",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "0001-01-01T00:00:00Z",
        "1601-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2019-12-31T23:59:59.9999999Z",
        "2020-01-01T00:30:00+01:00",
        "9999-12-31T23:59:59.9999999Z",
        "9999-12-31T23:59:59-01:00",
        "10000-01-01T00:00:00Z",
        "-2025-05-04T10:00:00Z",
    ):
        yield f"eventTime {text}", {"eventTime": text}, "quarantine"
    yield "eventTime two days ahead", {"eventTime": format_time(now + 2 * DAY)}, "quarantine"
    yield "eventTime some hours ahead", {"eventTime": format_time(now + DAY // 2)}, "understood"
    for text in (
        "2020-01-01T00:00:00Z",
        "2025-05-04T10:00:00.123456789Z",
        "2025-05-04T10:00:00+23:59",
        "2024-02-29T00:00:00-00:00",
    ):
        yield f"eventTime {text}", {"eventTime": text}, "understood"


def _endings() -> Iterator[_Case]:
    ended = {"eventType": "Microsoft.Communication.CallEnded"}
    for name, value in {
        "text": "0",
        "fraction": 1.5,
        "true": True,
        "65 bits": 2**63,
        "huge number": -(10**400),
        "list": [],
    }.items():
        yield f"reason.code of {name}", {**ended, "data.reason": {"code": value}}, "understood"
        yield (
            f"reason.subCode of {name}",
            {**ended, "data.reason": {"subCode": value}},
            "understood",
        )
    for name, value in WRONG_OBJECTS.items():
        yield f"reason is a {name}", {**ended, "data.reason": value}, "understood"
        yield f"endedBy is a {name}", {**ended, "data.endedBy": value}, "understood"
    yield (
        "reason of 64 bits",
        {**ended, "data.reason": {"code": 2**63 - 1, "subCode": -(2**63)}},
        "understood",
    )
    yield "reason.phrase of 1 MB", {**ended, "data.reason": {"phrase": MEGABYTE}}, "understood"
    yield "reason.phrase is a number", {**ended, "data.reason": {"phrase": 5}}, "understood"
    yield "reason of nothing", {**ended, "data.reason": {}, "data.endedBy": {}}, "understood"
    yield (
        "a participant's nonsense in an ending",
        {**ended, "data.user": 5, "data.displayName": []},
        "understood",
    )


def _gaps() -> Iterator[_Case]:
    for name, value in {"missing": MISSING, "null": None, "empty": ""}.items():
        yield f"correlationId is {name}", {"data.correlationId": value}, "quarantine"
        yield f"participantId is {name}", {"data.participantId": value}, "understood"
        yield f"rawId is {name}", {"data.user.rawId": value}, "understood"
        yield f"displayName is {name}", {"data.displayName": value}, "understood"
        yield (
            f"envelope's id is {name}",
            {"id": value, "data.participantId": f"of no id, {name}"},
            "understood",
        )
    for name, user in {
        "missing": MISSING,
        "null": None,
        "empty": {},
        "of a role only": {"role": "Attendee"},
    }.items():
        yield f"user is {name}", {"data.user": user}, "understood"
        yield (
            f"user is {name}, no participantId",
            {"data.user": user, "data.participantId": None},
            "quarantine",
        )
    yield (
        "nobody at all",
        {"data.user": {"rawId": ""}, "data.participantId": "", "data.startedBy": None},
        "quarantine",
    )
    yield "data with the room only", {"data": {"room": {"id": "99400000000000000"}}}, "quarantine"


def _unused() -> Iterator[_Case]:
    deep: Any = "deep"
    for _ in range(28):
        deep = {"deeper": [deep]}
    for path in (
        "topic",
        "subject",
        "dataVersion",
        "data.group",
        "data.serverCallId",
        "data.isTwoParty",
        "data.isRoomsCall",
    ):
        for name, value in {
            "is a number": -1,
            "is a list": [[]],
            "is missing": MISSING,
            "is of 1 MB": MEGABYTE,
        }.items():
            yield f"{path} {name}", {path: value}, "understood"
    yield "a huge number that nobody reads", {"data.durationOfCall": 10**400}, "understood"
    yield "depths that nobody reads", {"data.custom": deep}, "understood"
    yield (
        "keys with evil texts",
        {f"data.{text.replace('.', '')}": text for text in EVIL_TEXTS.values()},
        "understood",
    )
    yield (
        "ten thousand fields that nobody reads",
        {f"data.field{number}": number for number in range(10_000)},
        "understood",
    )
    yield (
        "fields in another case",
        {"data.Room": 5, "data.ROOM": {"id": "/"}, "EventTime": 5, "ID": 5},
        "understood",
    )
    yield (
        "fields of a language",
        {"__proto__": {"id": "a"}, "data.__class__": "a", "data.constructor": None},
        "understood",
    )
