"""The details of log records, by kind."""

from typing import NotRequired, TypedDict

from rooms.api.shapes import Time
from rooms.domain.admission import ReasonCode
from rooms.domain.roster import Role


class Reason(TypedDict):
    """Why somebody may not come in. `subCode` is that of ACS's calling service; `opensAt` is told
    with NotOpenYet."""

    code: ReasonCode
    subCode: int | None
    message: str
    opensAt: NotRequired[Time]


class EndReason(TypedDict):
    """Why a call ended, as the calling service says it."""

    code: int | None
    subCode: int | None
    phrase: str | None


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
