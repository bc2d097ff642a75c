"""The shapes of answers, with their keys in the order of the wire.

mypy checks that what is answered has them, and the OpenAPI document is made from them: names and
docstrings are those of its schemas. Values of `type` are built only when the document is.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import WithJsonSchema

from rooms.domain.admission import ReasonCode
from rooms.domain.attendance import Status
from rooms.domain.capabilities import Grant, Restriction
from rooms.domain.events import CALL_ROOM_ID
from rooms.domain.log import LOG_KINDS
from rooms.domain.room import ROOM_ID, RoomState
from rooms.domain.roster import Role
from rooms.domain.time import WIRE_TIME

type Time = Annotated[
    str, WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{WIRE_TIME}$"})
]
type RoomId = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^{ROOM_ID.pattern}$"})]
type CallRoomId = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": f"^{CALL_ROOM_ID.pattern}$"})
]
type Link = Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]
type Seconds = Annotated[int | float, WithJsonSchema({"type": "number", "minimum": 0})]
type Count = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0})]
type LogKind = Annotated[str, WithJsonSchema({"type": "string", "enum": list(LOG_KINDS)})]


class Page[Item](TypedDict):
    """A page of a list. If there may be more, `nextLink` is the next page's URL; a page may be
    short, or empty, and have one."""

    value: list[Item]
    nextLink: NotRequired[Link]


class Room(TypedDict):
    """A room, as ACS has it. Of api-version 2023-06-14 there is no `pstnDialOutEnabled`."""

    id: RoomId
    createdAt: Time
    validFrom: Time
    validUntil: Time
    pstnDialOutEnabled: NotRequired[bool]


class ListedRoom(Room):
    """A room as our lists show it: as ACS's do, and what it is called."""

    title: str | None


class Participant(TypedDict):
    """Who is invited, and as what."""

    rawId: str
    role: Role


class Participants(TypedDict):
    """All who are invited, in the order in which they were."""

    value: list[Participant]


class NoContent(TypedDict):
    """An empty object."""


class ErrorContent(TypedDict):
    """What went wrong. `target` is the parameter or field at fault, on routes that ACS does not
    have."""

    code: str
    message: str
    target: NotRequired[str]


class Error(TypedDict):
    """An error with a code, which the header x-ms-error-code has, too."""

    error: ErrorContent


class FaultOfField(TypedDict):
    """A field at fault, by its path."""

    code: Literal["BadArgument"]
    message: str
    target: str


class ValidationErrorContent(TypedDict):
    """That the request is not valid, and what is wrong with it."""

    code: Literal["BadRequest"]
    message: str
    details: list[FaultOfField]


class ValidationError(TypedDict):
    """A request of ACS's that is understood but not valid. There is no header x-ms-error-code."""

    error: ValidationErrorContent


class Names(TypedDict):
    """What people call somebody; null where nothing is known."""

    name: str | None
    externalId: str | None


class Details(TypedDict):
    """What people call a room and those invited, by raw id, and when it is meant to be used."""

    title: str | None
    externalId: str | None
    scheduledStart: Time | None
    scheduledEnd: Time | None
    participants: dict[str, Names]


class NamedParticipant(Participant, Names):
    """Who is invited, as what, and what people call them."""


class Overview(TypedDict):
    """All that is known of a room itself."""

    roomId: RoomId
    state: RoomState | Literal["deleted"]
    createdAt: Time
    validFrom: Time
    validUntil: Time
    pstnDialOutEnabled: bool
    title: str | None
    externalId: str | None
    scheduledStart: Time | None
    scheduledEnd: Time | None
    participants: list[NamedParticipant]


class Allowed(TypedDict):
    """A capability: `only` with the web calling SDK, or only of remote streams."""

    name: str
    only: NotRequired[Restriction]


class Admitted(TypedDict):
    """They may come in: as what, with which capabilities, and until just before when."""

    roomId: RoomId
    rawId: str
    admitted: Literal[True]
    role: Role
    capabilities: list[Allowed]
    validUntil: Time


class Reason(TypedDict):
    """Why somebody may not come in. `subCode` is that of ACS's calling service; `opensAt` is told
    with NotOpenYet."""

    code: ReasonCode
    subCode: int | None
    message: str
    opensAt: NotRequired[Time]


class Refused(TypedDict):
    """They may not come in: all reasons that apply."""

    roomId: RoomId
    rawId: str
    admitted: Literal[False]
    reasons: list[Reason]


class RefusedAdmission(Error, Refused):
    """The same as an error, whose message is that of the first reason."""


class Capability(TypedDict):
    """Something to do in a call, and which roles may; `needs` is what the room has to allow, too."""

    name: str
    group: str
    description: str
    roles: dict[Role, Grant]
    needs: NotRequired[Literal["pstnDialOutEnabled"]]


class Roles(TypedDict):
    """What each role may do."""

    value: list[Capability]


class QuarantinedEvent(TypedDict):
    """An event that was not understood. `size` counts the characters of its text; `excerpt` has the
    first thousand."""

    id: str
    receivedAt: Time
    reason: str
    size: Count
    excerpt: str


class WholeQuarantinedEvent(QuarantinedEvent):
    """The same with its whole text, which may not be JSON."""

    event: str


class RecordedEvent(TypedDict):
    """The event is understood now, and taken in."""

    id: str
    outcome: Literal["recorded"]
    roomId: CallRoomId
    callId: str


class LeftEvent(TypedDict):
    """The event is understood now, and is of no room's call."""

    id: str
    outcome: Literal["left"]
    reason: str


# `from` is a keyword.
Stay = TypedDict("Stay", {"from": Time, "until": Time | None})
Stay.__doc__ = "A time in which somebody was there; `until` is null if they still are."


class AttendanceSummary(TypedDict):
    """How many were invited, and of these came or did not; and how many came uninvited."""

    invited: Count
    attended: Count
    absent: Count
    uninvited: Count


class Attendee(TypedDict):
    """What one person did in the time asked about. `aloneSeconds`: with nobody else there. `joins`
    counts stays of each device.

    `lateSeconds`: first join after that time's beginning; `leftEarlySeconds`: last leave before its
    end, once that has passed. `estimated`: an event that would tell a time used here never came.
    """

    rawId: str
    name: str | None
    externalId: str | None
    displayName: str | None
    role: str | None
    status: Status
    intervals: list[Stay]
    seconds: Seconds
    aloneSeconds: Seconds
    joins: Count
    lateSeconds: Seconds | None
    leftEarlySeconds: Seconds | None
    estimated: bool


Attendance = TypedDict(
    "Attendance",
    {
        "roomId": CallRoomId,
        "title": str | None,
        "from": Time,
        "until": Time | None,
        "summary": AttendanceSummary,
        "value": list[Attendee],
    },
)
Attendance.__doc__ = "Who was invited and who came between `from` and `until`, which is null as long as the call goes on."
