"""The details of log records, by kind."""

from typing import Literal, NotRequired, TypedDict

from rooms.domain.admission import ReasonCode
from rooms.domain.room import JoinPolicy, RoomCarrier
from rooms.domain.roster import Role
from rooms.domain.time import Time


class Reason(TypedDict):
    """A reason of a refusal. `subCode` is the subcode of ACS's calling service. Only NotOpenYet
    has `opensAt`."""

    code: ReasonCode
    subCode: int | None
    message: str
    opensAt: NotRequired[Time]


class EndReason(TypedDict):
    """The reason that the calling service gives for the end of a call."""

    code: int | None
    subCode: int | None
    phrase: str | None


class LoggedRoom(TypedDict):
    """A room at the time of a log record. Records from before open rooms have no
    `roomJoinPolicy`: those rooms were for the invited only."""

    createdAt: Time
    validFrom: Time
    validUntil: Time
    pstnDialOutEnabled: bool
    roomJoinPolicy: NotRequired[JoinPolicy]


class RoomCreated(LoggedRoom):
    """The detail of RoomCreated: the room, and its roles by raw id. A room that was made at ACS has
    `carrier`; one that was found there also when it was first seen, and by whom: its roster is the
    one that it had then."""

    participants: dict[str, Role]
    carrier: NotRequired[RoomCarrier]
    seenAt: NotRequired[Time]
    seenBy: NotRequired[str]


class RoomUpdated(TypedDict):
    """The detail of RoomUpdated: the room before and after. `seenBy` is who imported a change that
    was made at ACS."""

    before: LoggedRoom
    after: LoggedRoom
    seenBy: NotRequired[str]


class RoomMoved(TypedDict):
    """The detail of RoomMoved: where the calls of the room ran, and where they run from then on."""

    before: RoomCarrier
    after: RoomCarrier


class RoomDeleted(TypedDict):
    """The detail of RoomDeleted. It is empty."""


class RoleChange(TypedDict):
    """A role before and after a change."""

    before: Role
    after: Role


class ParticipantsUpdated(TypedDict):
    """The detail of ParticipantsUpdated: roles by raw id. `seenBy` as in RoomUpdated."""

    added: dict[str, Role]
    changed: dict[str, RoleChange]
    removed: dict[str, Role]
    seenBy: NotRequired[str]


class LoggedNames(TypedDict):
    """The changed names of a participant."""

    name: NotRequired[str]
    externalId: NotRequired[str]


class LoggedDetails(TypedDict):
    """The changed fields of the details."""

    title: NotRequired[str]
    externalId: NotRequired[str]
    scheduledStart: NotRequired[Time]
    scheduledEnd: NotRequired[Time]
    participants: NotRequired[dict[str, LoggedNames]]


class DetailsUpdated(TypedDict):
    """The detail of DetailsUpdated: the changed fields before and after."""

    before: LoggedDetails
    after: LoggedDetails


class Asker(TypedDict):
    """The person who asked to join. `incomplete` is true if the call had too many events to count
    everybody in it: then the people known counted. `link` is the id of the join link that they
    have, if they have one."""

    rawId: str
    displayName: NotRequired[str]
    incomplete: NotRequired[bool]
    link: NotRequired[str]


class AdmittedDetail(Asker):
    """The detail of Admitted: the person and their role. Records from before open rooms have no
    `guest`: all of them were invited."""

    role: Role
    guest: NotRequired[bool]


class RefusedDetail(Asker):
    """The detail of Refused: the person and the reasons."""

    reasons: list[Reason]


class JoinLinkMade(TypedDict):
    """The detail of JoinLinkMade: for whom, until when, and the id of the link. Admitted names it,
    too."""

    rawId: str
    expiresAt: Time
    link: str


type Looked = Literal["attendance", "calls", "live", "log", "presence"]
"""What somebody looked at."""

AccessQuery = TypedDict(
    "AccessQuery",
    {
        "from": NotRequired[Time],
        "until": NotRequired[Time],
        "at": NotRequired[Time],
        "kind": NotRequired[str],
        "call": NotRequired[str],
    },
)
AccessQuery.__doc__ = "The times, the kind of log records, and the call that were asked for."


class Accessed(TypedDict):
    """The detail of Accessed: what somebody looked at, and the raw id or external id of the one
    person, if they asked for one."""

    what: Looked
    query: AccessQuery
    person: NotRequired[str]


class ErasedFrom(TypedDict):
    """In how much a person was found."""

    rooms: NotRequired[int]
    rosters: NotRequired[int]
    details: NotRequired[int]
    events: NotRequired[int]
    logRecords: NotRequired[int]
    invitations: NotRequired[int]
    quarantined: NotRequired[int]
    users: NotRequired[int]


class PersonErased(TypedDict):
    """The detail of PersonErased: the id of the erasure, and what stands for the person now. In the
    log of a room, the keys of the rows of its log records that were changed; in the log of the
    service, in how much the person was found."""

    erasure: str
    pseudonym: str
    records: NotRequired[list[str]]
    found: NotRequired[ErasedFrom]


class EventDetail(TypedDict):
    """The detail of CallStarted, CallEnded, ParticipantAdded and ParticipantRemoved: the fields
    of the event.

    `leaveReason` is why somebody left, as the media server calls it. `estimated` says that nobody
    told of the event: this service noticed it when it asked the media server.
    """

    callId: str
    participantId: NotRequired[str]
    rawId: NotRequired[str]
    displayName: NotRequired[str]
    role: NotRequired[str]
    endpointType: NotRequired[str]
    startedBy: NotRequired[str]
    endedBy: NotRequired[str]
    endReason: NotRequired[EndReason]
    leaveReason: NotRequired[str]
    estimated: NotRequired[bool]


type CorrectionReason = Literal["NotInvited", "NotOpenYet", "Closed", "Deleted", "CallsAtAcs"]
"""Why this service corrects a call by itself: the person is not invited, or the room is not open,
or not there any more, or its calls run at ACS."""


class RemovedFromCall(TypedDict):
    """The detail of RemovedFromCall: the device that was removed, and its person. It has a `reason`
    if this service removed it by itself, and `by`, a raw id, if somebody in the call did."""

    rawId: str
    participantId: str
    reason: NotRequired[CorrectionReason]
    by: NotRequired[str]


class MutedInCall(TypedDict):
    """The detail of MutedInCall: the device that was muted, and its person. It has `by`, a raw id,
    if somebody in the call did it."""

    rawId: str
    participantId: str
    by: NotRequired[str]


class CallEndedForAll(TypedDict):
    """The detail of CallEndedForAll. It has a `reason` if this service ended the call by itself,
    and `by`, a raw id, if somebody in the call did."""

    callId: NotRequired[str]
    reason: NotRequired[CorrectionReason]
    by: NotRequired[str]


class RoleCorrected(TypedDict):
    """The detail of RoleCorrected: the device whose rights were changed, its person, and the role
    that it has now, as on the roster."""

    rawId: str
    participantId: str
    role: Role


class PhonesUpdated(TypedDict):
    """The detail of PhonesUpdated: the raw ids of all telephones in the call."""

    callId: str
    phones: list[str]


class ConnectionFailedDetail(TypedDict):
    """The detail of ConnectionFailed: who did not get into the call, and why, as the media server
    calls it."""

    rawId: str
    displayName: NotRequired[str]
    reason: NotRequired[str]
