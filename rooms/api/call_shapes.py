"""The shapes of answers about calls and of records of the log. As in shapes.py."""

from typing import NotRequired, TypedDict

from rooms.api.shapes import CallRoomId, Count, LogKind, Reason, Seconds, Time
from rooms.domain.roster import Role


class Call(TypedDict):
    """A call of a room. `endedAt` and `seconds` are null while it goes on.

    `startEstimated`, `endEstimated`: the event that would tell never came. `peak`: the most people
    at one time, since `peakAt`.
    """

    id: str
    roomId: CallRoomId
    startedAt: Time
    startEstimated: bool
    endedAt: Time | None
    endEstimated: bool
    seconds: Seconds | None
    people: Count
    peak: Count
    peakAt: Time | None


class EndReason(TypedDict):
    """Why a call ended, as the calling service says it."""

    code: int | None
    subCode: int | None
    phrase: str | None


class Leg(TypedDict):
    """One stay of one device. `leftAt` and `seconds` are null while it goes on."""

    participantId: str | None
    rawId: str | None
    displayName: str | None
    role: str | None
    endpointType: str | None
    joinedAt: Time
    joinEstimated: bool
    leftAt: Time | None
    leaveEstimated: bool
    seconds: Seconds | None


class CallWithLegs(Call):
    """A call, who started and ended it, and who was in it, by the time of joining."""

    startedBy: str | None
    endedBy: str | None
    endReason: EndReason | None
    legs: list[Leg]


class PresentPerson(TypedDict):
    """Who is there: since when without a break, and with how many devices (`legs`)."""

    rawId: str
    name: str | None
    displayName: str | None
    role: str | None
    invited: bool
    joinedAt: Time
    legs: Count


class PresentCall(TypedDict):
    """The call that goes on, and who is in it."""

    id: str
    startedAt: Time
    startEstimated: bool
    peak: Count
    peakAt: Time | None
    count: Count
    participants: list[PresentPerson]


class Presence(TypedDict):
    """Who is, or was at `asOf`, in a room."""

    roomId: CallRoomId
    asOf: Time
    live: bool
    call: PresentCall | None


class LivePerson(TypedDict):
    """Who is there, and since when without a break."""

    rawId: str
    name: str | None
    displayName: str | None
    role: str | None
    joinedAt: Time


class LiveRoom(TypedDict):
    """A room with a call now, and who is in it."""

    roomId: CallRoomId
    title: str | None
    callId: str
    startedAt: Time
    count: Count
    participants: list[LivePerson]


class LoggedRoom(TypedDict):
    """A room's validity at the time of a record."""

    createdAt: Time
    validFrom: Time
    validUntil: Time
    pstnDialOutEnabled: bool


class RoomCreated(LoggedRoom):
    """The detail of RoomCreated: the room, and the role of each raw id."""

    participants: dict[str, Role]


class RoomUpdated(TypedDict):
    """The detail of RoomUpdated."""

    before: LoggedRoom
    after: LoggedRoom


class RoomDeleted(TypedDict):
    """The detail of RoomDeleted: nothing."""


class RoleChange(TypedDict):
    """A role before and after."""

    before: Role
    after: Role


class ParticipantsUpdated(TypedDict):
    """The detail of ParticipantsUpdated, by raw id."""

    added: dict[str, Role]
    changed: dict[str, RoleChange]
    removed: dict[str, Role]


class LoggedNames(TypedDict):
    """Of somebody, what changed."""

    name: NotRequired[str]
    externalId: NotRequired[str]


class LoggedDetails(TypedDict):
    """Of the details, what changed."""

    title: NotRequired[str]
    externalId: NotRequired[str]
    scheduledStart: NotRequired[Time]
    scheduledEnd: NotRequired[Time]
    participants: NotRequired[dict[str, LoggedNames]]


class DetailsUpdated(TypedDict):
    """The detail of DetailsUpdated."""

    before: LoggedDetails
    after: LoggedDetails


class Asker(TypedDict):
    """Who asked to be let in."""

    rawId: str
    displayName: NotRequired[str]


class AdmittedDetail(Asker):
    """The detail of Admitted."""

    role: Role


class RefusedDetail(Asker):
    """The detail of Refused."""

    reasons: list[Reason]


class EventDetail(TypedDict):
    """The detail of CallStarted, CallEnded, ParticipantAdded and ParticipantRemoved: what the event
    tells."""

    callId: str
    participantId: NotRequired[str]
    rawId: NotRequired[str]
    displayName: NotRequired[str]
    role: NotRequired[str]
    endpointType: NotRequired[str]
    startedBy: NotRequired[str]
    endedBy: NotRequired[str]
    endReason: NotRequired[EndReason]


type LogDetail = (
    RoomCreated
    | RoomUpdated
    | RoomDeleted
    | ParticipantsUpdated
    | DetailsUpdated
    | AdmittedDetail
    | RefusedDetail
    | EventDetail
)


class LogRecord(TypedDict):
    """What happened, who did it and when; `text` says it in a sentence.

    `actor` is the name of a key, the object id of a token, `event-grid` or `upkeep`; `requestId` is
    the x-ms-client-request-id of a change, and of what an event tells the event's id.
    """

    id: str
    time: Time
    kind: LogKind
    actor: str
    requestId: str
    text: str
    detail: LogDetail
