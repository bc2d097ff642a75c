"""What stands in the rows of rooms and calls, read without trust."""

import json
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from rooms.domain.details import Details
from rooms.domain.events import EVENT_KINDS, CallEvent, EndReason
from rooms.domain.log import EVENT_ACTORS
from rooms.domain.log_kinds import LOG_KINDS, is_access
from rooms.domain.room import JOIN_POLICIES, JoinPolicy, Room, RoomCarrier
from rooms.domain.roster import Role, Roster
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms_cli.check.places import Row
from rooms_cli.check.properties import (
    Unreadable,
    data_in,
    flag_in,
    optional,
    text_in,
    time_in,
    unpacked,
)

_ROLES = get_args(Role.__value__)


@dataclass(frozen=True, slots=True)
class Record:
    """A log record, `at` the time in its key."""

    row: str
    at: Ticks
    kind: str
    actor: str
    request_id: str
    detail: Any
    erased: bool = False
    """Whether a person was erased from it."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """What the room's row holds beside the room."""

    row: str
    room: Room
    changed_at: Ticks
    repeatability_id: str | None
    deleted: bool
    deleted_by_request: str | None
    deleted_by: str | None
    """The actor; None if it was deleted before that was stored."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A roster, and the policy of the room beside it."""

    roster: Roster
    policy: JoinPolicy


def room_in(row: Row, room_id: str) -> Room:
    """The room of its row, or of an index row."""
    created_at, valid_from, valid_until = (
        time_in(row, name) for name in ("createdAt", "validFrom", "validUntil")
    )
    dial_out = flag_in(row, "pstnDialOutEnabled")
    policy, carrier = policy_in(row), carrier_in(row)
    return Room(room_id, created_at, valid_from, valid_until, dial_out, policy, carrier)


def carrier_in(row: Row) -> RoomCarrier:
    """Where the calls of a room run. Rows of rooms that were never at ACS say nothing."""
    match row:
        case {"carrier": "acs"}:
            return "acs"
        case {"carrier": "own"}:
            return "own"
        case {"carrier": _}:
            raise Unreadable("Its `carrier` is none that this service writes.")
    return "own"


def policy_in(row: Row) -> JoinPolicy:
    """The policy in the row of a room, or the one in force with a roster. Rows from before open
    rooms have none."""
    named = row.get("roomJoinPolicy", "InviteOnly")
    for policy in JOIN_POLICIES:
        if policy == named:
            return policy
    raise Unreadable("Its `roomJoinPolicy` is none that this service writes.")


def state_in(row: Row, room_id: str) -> RoomState:
    """A room's row."""
    deleted = optional(flag_in, row, "deleted")
    request, actor = (optional(text_in, row, name) for name in ("deletedByRequest", "deletedBy"))
    if deleted is False or (deleted is None) != (request is None) or (actor and not deleted):
        raise Unreadable("It says only half of that the room was deleted.")
    if actor == "":
        raise Unreadable("Its `deletedBy` is nobody.")
    repeatability_id, body_hash = (
        optional(text_in, row, name) for name in ("repeatabilityId", "bodyHash")
    )
    if (repeatability_id is None) != (body_hash is None):
        raise Unreadable("It has only one of `repeatabilityId` and `bodyHash`.")
    room = room_in(row, room_id)
    return RoomState(
        row["RowKey"],
        room,
        time_in(row, "changedAt"),
        repeatability_id,
        bool(deleted),
        request,
        actor,
    )


def roster_in(row: Row) -> InForce:
    """A roster's row."""
    return InForce(_roster(unpacked(data_in(row))), policy_in(row))


def details_in(row: Row) -> Details:
    """A row of details."""
    match details := unpacked(data_in(row)):
        case {**rest} if rest.keys() <= {
            "title",
            "externalId",
            "scheduledStart",
            "scheduledEnd",
            "participants",
        }:
            people = rest.pop("participants", {})
            named = isinstance(people, dict) and all(map(_is_person, people.values()))
            if named and all(map(_is_filled, rest.values())):
                return dict(details)
    raise Unreadable("They are none that this service writes.")


def record_in(row: Row, at: Ticks, change: str) -> Record:
    """A log record's row, with what its key says."""
    kind = text_in(row, "kind")
    if kind not in LOG_KINDS:
        raise Unreadable("It is of a kind that this service does not know.")
    key = keys.log_row(keys.room_of_log_row(row["RowKey"]), at, change, access=is_access(kind))
    if (kind in EVENT_KINDS) != (len(change) == 64) or key != row["RowKey"]:
        raise Unreadable(f"Its key is not that of a record of the kind {kind}.")
    if time_in(row, "time") != at:
        raise Unreadable("Its `time` is not that of its key.")
    detail = unpacked(data_in(row))
    record = Record(
        row["RowKey"],
        at,
        kind,
        text_in(row, "actor"),
        text_in(row, "requestId"),
        detail,
        "erased" in row,
    )
    speaks_for = optional(text_in, row, "onBehalfOf")
    if not (record.actor and isinstance(detail, dict)) or speaks_for == "":
        raise Unreadable("It does not say whose it is, or what.")
    _check_detail(kind, detail)
    return record


def event_in(row: Row) -> CallEvent:
    """A call event's row, without the text as it came."""
    try:
        match properties := json.loads(text_in(row, "event")):
            case {"end_reason": reason}:
                ended = None if reason is None else EndReason(**reason)
                phones = properties.get("phones", [])
                event = CallEvent(
                    **{**properties, "end_reason": ended, "phones": (*_texts(phones),)}
                )
                if _is_event(event):
                    return event
    except (ValueError, TypeError, RecursionError):
        pass
    raise Unreadable("Its `event` is none that this service writes.")


def _roster(value: Any) -> Roster:
    if isinstance(value, dict) and all(role in _ROLES for role in value.values()):
        return value
    raise Unreadable("It holds no roster.")


def _check_detail(kind: str, detail: dict[str, Any]) -> None:
    shape = LOG_KINDS[kind].detail
    known = detail.keys() <= shape.__annotations__.keys()
    refused_without_reason = detail.get("reasons") == []
    seen_by_nobody = "seenAt" in detail and "seenBy" not in detail
    try:
        _adapter(shape).validate_python(detail, strict=True)
    except ValidationError:
        known = False
    if not known or refused_without_reason or seen_by_nobody:
        raise Unreadable(f"Its detail is none of the kind {kind}.")


@cache
def _adapter(shape: type) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


_FLAGS = "ended_by_participant", "estimated"


def _is_event(event: CallEvent) -> bool:
    """Whether all that it holds is of the right type."""
    reason = event.end_reason
    numbers = [
        event.at,
        0 if event.duration is None else event.duration,
        *(
            []
            if reason is None
            else [0 if code is None else code for code in (reason.code, reason.sub_code)]
        ),
    ]
    texts = [
        getattr(event, field.name)
        for field in fields(event)
        if field.name not in ("at", "end_reason", "duration", "phones", *_FLAGS)
    ]
    optional_texts = [
        text for text in (*texts, None if reason is None else reason.phrase) if text is not None
    ]
    return (
        event.kind in EVENT_KINDS
        and None not in (event.id, event.call)
        and all(isinstance(number, int) for number in numbers)
        and all(isinstance(text, str) for text in optional_texts)
        and event.source in EVENT_ACTORS
        and all(isinstance(getattr(event, flag), bool) for flag in _FLAGS)
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return value
    raise ValueError("no texts")


def _is_person(value: Any) -> bool:
    named = isinstance(value, dict) and value.keys() <= {"name", "externalId"}
    return named and any(value) and all(map(_is_filled, value.values()))


def _is_filled(value: Any) -> bool:
    return isinstance(value, str) and value != ""
