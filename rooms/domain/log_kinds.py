"""Every kind of log record: its name, its detail, its sentence, and what is personal in it.

A new kind is one entry of LOG_KINDS. The filter of the log, its sentences, its schema and the check
of a table read them from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rooms.domain import call_sentences, sentences
from rooms.domain.log_details import (
    Accessed,
    AdmittedDetail,
    CallEndedForAll,
    ConnectionFailedDetail,
    DetailsUpdated,
    EventDetail,
    JoinLinkMade,
    MutedInCall,
    ParticipantsUpdated,
    PersonErased,
    PhonesUpdated,
    RefusedDetail,
    RemovedFromCall,
    RoleCorrected,
    RoomCreated,
    RoomDeleted,
    RoomMoved,
    RoomUpdated,
)
from rooms.domain.phrases import Names

type Source = Literal["change", "decision", "event", "call", "access", "erasure"]
"""Where a record comes from: a change of the room, a decision who may come in, a call's event,
what else happened or was done in a call, somebody who looked, the erasure of a person."""


@dataclass(frozen=True, slots=True)
class LogKind:
    """A kind of log record. Each text of its detail is either in `personal` or in `not_personal`.

    A path names the fields on the way to a text. `*` is each value of an object or array, `keys`
    each name in an object.
    """

    name: str
    source: Source
    detail: type
    sentence: Callable[[Any, Names], str]
    """The sentence of a detail, without a full stop; people are named by raw id."""
    personal: tuple[str, ...] = ()
    """Paths of ids and names of people."""
    not_personal: tuple[str, ...] = ()
    """Paths of other texts."""


_EVENT_PERSONAL = ("participantId", "rawId", "displayName", "startedBy", "endedBy")
_EVENT_NOT_PERSONAL = ("callId", "role", "endpointType", "endReason.phrase", "leaveReason")

LOG_KINDS: dict[str, LogKind] = {
    kind.name: kind
    for kind in (
        LogKind(
            "RoomCreated",
            "change",
            RoomCreated,
            sentences.room_created,
            personal=("participants.keys",),
            not_personal=("seenBy",),
        ),
        LogKind(
            "RoomUpdated",
            "change",
            RoomUpdated,
            sentences.room_updated,
            not_personal=("seenBy",),
        ),
        LogKind("RoomMoved", "change", RoomMoved, sentences.room_moved),
        LogKind("RoomDeleted", "change", RoomDeleted, sentences.room_deleted),
        LogKind(
            "ParticipantsUpdated",
            "change",
            ParticipantsUpdated,
            sentences.participants_updated,
            personal=("added.keys", "changed.keys", "removed.keys"),
            not_personal=("seenBy",),
        ),
        LogKind(
            "DetailsUpdated",
            "change",
            DetailsUpdated,
            sentences.details_updated,
            personal=(
                "before.participants.keys",
                "before.participants.*.name",
                "before.participants.*.externalId",
                "after.participants.keys",
                "after.participants.*.name",
                "after.participants.*.externalId",
            ),
            not_personal=("before.title", "before.externalId", "after.title", "after.externalId"),
        ),
        LogKind(
            "Admitted",
            "decision",
            AdmittedDetail,
            sentences.admitted,
            personal=("rawId", "displayName"),
            not_personal=("link",),
        ),
        LogKind(
            "Refused",
            "decision",
            RefusedDetail,
            sentences.refused,
            personal=("rawId", "displayName"),
            not_personal=("reasons.*.message", "link"),
        ),
        LogKind(
            "JoinLinkMade",
            "decision",
            JoinLinkMade,
            sentences.join_link_made,
            personal=("rawId",),
            not_personal=("link",),
        ),
        LogKind(
            "CallStarted",
            "event",
            EventDetail,
            call_sentences.call_started,
            _EVENT_PERSONAL,
            _EVENT_NOT_PERSONAL,
        ),
        LogKind(
            "ParticipantAdded",
            "event",
            EventDetail,
            call_sentences.participant_added,
            _EVENT_PERSONAL,
            _EVENT_NOT_PERSONAL,
        ),
        LogKind(
            "ParticipantRemoved",
            "event",
            EventDetail,
            call_sentences.participant_removed,
            _EVENT_PERSONAL,
            _EVENT_NOT_PERSONAL,
        ),
        LogKind(
            "PhonesUpdated",
            "event",
            PhonesUpdated,
            call_sentences.phones_updated,
            personal=("phones.*",),
            not_personal=("callId",),
        ),
        LogKind(
            "CallEnded",
            "event",
            EventDetail,
            call_sentences.call_ended,
            _EVENT_PERSONAL,
            _EVENT_NOT_PERSONAL,
        ),
        LogKind(
            "ConnectionFailed",
            "call",
            ConnectionFailedDetail,
            call_sentences.connection_failed,
            personal=("rawId", "displayName"),
            not_personal=("reason",),
        ),
        LogKind(
            "RemovedFromCall",
            "call",
            RemovedFromCall,
            call_sentences.removed_from_call,
            personal=("rawId", "participantId", "by"),
        ),
        LogKind(
            "MutedInCall",
            "call",
            MutedInCall,
            call_sentences.muted_in_call,
            personal=("rawId", "participantId", "by"),
        ),
        LogKind(
            "CallEndedForAll",
            "call",
            CallEndedForAll,
            call_sentences.call_ended_for_all,
            personal=("by",),
            not_personal=("callId",),
        ),
        LogKind(
            "RoleCorrected",
            "call",
            RoleCorrected,
            call_sentences.role_corrected,
            personal=("rawId", "participantId"),
        ),
        LogKind(
            "Accessed",
            "access",
            Accessed,
            sentences.accessed,
            personal=("person",),
            not_personal=("query.call", "query.kind"),
        ),
        LogKind(
            "PersonErased",
            "erasure",
            PersonErased,
            sentences.person_erased,
            not_personal=("erasure", "pseudonym", "records.*"),
        ),
    )
}
"""The kinds, by name."""


def kinds_from(source: Source) -> tuple[str, ...]:
    """Returns the names of the kinds that come from there."""
    return tuple(kind.name for kind in LOG_KINDS.values() if kind.source == source)


def is_access(kind: str) -> bool:
    """Returns whether records of this kind tell who looked. The log by time has them apart."""
    known = LOG_KINDS.get(kind)
    return known is not None and known.source == "access"


def sentence(kind: str, detail: Mapping[str, Any], names: Names) -> str:
    """Returns what a log record says, or only the kind if the service does not know it.

    Args:
        names: what people are called, by raw id.
    """
    known = LOG_KINDS.get(kind)
    return kind if known is None else known.sentence(detail, names)
