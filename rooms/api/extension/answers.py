"""The bodies of answers that ACS does not have: rooms, calls, presence, attendance, log,
quarantine, details."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rooms.api import call_shapes, shapes
from rooms.api.acs.answers import room_body
from rooms.domain.attendance import Attendee, Slot
from rooms.domain.calls import Call, Leg
from rooms.domain.details import Details, names_in
from rooms.domain.events import EndReason, Quarantined
from rooms.domain.log import LogRecord
from rooms.domain.presence import Present, Stay
from rooms.domain.room import Room, RoomState
from rooms.domain.room_filter import Listed
from rooms.domain.roster import Roster
from rooms.domain.sentences import happened
from rooms.domain.time import SECOND, Ticks, format_time, parse_time
from rooms.intake.envelope import OtherEvent, RoomEvent


def page_body[Item](value: list[Item], next_link: str | None) -> shapes.Page[Item]:
    """A page of a list."""
    return {"value": value} if next_link is None else {"value": value, "nextLink": next_link}


def listed_body(listed: Listed, version: str) -> shapes.ListedRoom:
    """A room, as lists of ours show it: as ACS's do, and what it is called."""
    return {**room_body(listed.room, version), "title": listed.title}


def call_body(room_id: str, call: Call) -> call_shapes.Call:
    """A call, as lists show it."""
    return {
        "id": call.id,
        "roomId": room_id,
        "startedAt": format_time(call.started_at),
        "startEstimated": call.start_estimated,
        "endedAt": _time(call.ended_at),
        "endEstimated": call.end_estimated,
        "seconds": None if call.ended_at is None else _seconds(call.ended_at - call.started_at),
        "people": call.people,
        "peak": call.peak,
        "peakAt": _time(call.peak_at),
    }


def call_with_legs_body(room_id: str, call: Call) -> call_shapes.CallWithLegs:
    """A call and who was in it."""
    return {
        **call_body(room_id, call),
        "startedBy": call.started_by,
        "endedBy": call.ended_by,
        "endReason": None if call.end_reason is None else _reason_body(call.end_reason),
        "legs": [_leg_body(leg) for leg in call.legs],
    }


def presence_body(
    room_id: str,
    at: Ticks,
    call: Call | None,
    present: Sequence[Present],
    roster: Roster,
    details: Details,
) -> call_shapes.Presence:
    """Who is, or was, in a room."""
    going_on = (
        None if call is None else _present_call_body(call, present, roster, names_in(details))
    )
    return {"roomId": room_id, "asOf": format_time(at), "live": call is not None, "call": going_on}


def live_body(
    room_id: str, details: Details, call: Call, present: Sequence[Present]
) -> call_shapes.LiveRoom:
    """A room with a call now."""
    names = names_in(details)
    return {
        "roomId": room_id,
        "title": details.get("title"),
        "callId": call.id,
        "startedAt": format_time(call.started_at),
        "count": len(present),
        "participants": [
            {
                "rawId": one.person,
                "name": names.get(one.person),
                "displayName": one.display_name,
                "role": one.role,
                "joinedAt": format_time(one.since),
            }
            for one in present
        ],
    }


def attendance_body(
    room_id: str, details: Details, slot: Slot, attendees: Sequence[Attendee]
) -> shapes.Attendance:
    """Who was invited and who came."""
    counts = Counter(one.status for one in attendees)
    return {
        "roomId": room_id,
        "title": details.get("title"),
        "from": format_time(slot.start),
        "until": _time(slot.end),
        "summary": {
            "invited": len(attendees) - counts["uninvited"],
            "attended": counts["attended"],
            "absent": counts["absent"],
            "uninvited": counts["uninvited"],
        },
        "value": [
            attendee_body(one, details.get("participants", {}).get(one.person, {}))
            for one in attendees
        ],
    }


def attendee_body(attendee: Attendee, named: Mapping[str, str]) -> shapes.Attendee:
    """What one person did."""
    return {
        "rawId": attendee.person,
        "name": named.get("name"),
        "externalId": named.get("externalId"),
        "displayName": attendee.display_name,
        "role": attendee.role,
        "status": attendee.status,
        "intervals": [_stay_body(stay) for stay in attendee.stays],
        "seconds": _seconds(attendee.duration),
        "aloneSeconds": _seconds(attendee.alone),
        "joins": attendee.joins,
        "lateSeconds": None if attendee.late is None else _seconds(attendee.late),
        "leftEarlySeconds": None if attendee.left_early is None else _seconds(attendee.left_early),
        "estimated": attendee.estimated,
    }


def log_body(record: LogRecord, names: Mapping[str, str]) -> call_shapes.LogRecord:
    """A log record; `names` has what people are called, by raw id."""
    return {
        "id": record.id,
        "time": format_time(record.at),
        "kind": record.kind,
        "actor": record.actor,
        "requestId": record.request_id,
        "text": happened(record.kind, record.detail, names),
        "detail": _with_wire_times(record.detail),
    }


def quarantined_body(quarantined: Quarantined) -> shapes.QuarantinedEvent:
    """An event in quarantine, as lists show it."""
    return {
        "id": quarantined.id,
        "receivedAt": format_time(quarantined.received_at),
        "reason": quarantined.reason,
        "size": quarantined.size,
        "excerpt": quarantined.excerpt,
    }


def redriven_body(
    event_id: str, outcome: RoomEvent | OtherEvent
) -> shapes.RecordedEvent | shapes.LeftEvent:
    """What became of an event that was in quarantine."""
    match outcome:
        case RoomEvent():
            return {
                "id": event_id,
                "outcome": "recorded",
                "roomId": outcome.room_id,
                "callId": outcome.event.call,
            }
        case OtherEvent():
            return {"id": event_id, "outcome": "left", "reason": outcome.reason}


def overview_body(
    room: Room, state: RoomState | Literal["deleted"], details: Details, roster: Roster
) -> shapes.Overview:
    """A room with its details and participants."""
    people = details.get("participants", {})
    return {
        "roomId": room.id,
        "state": state,
        "createdAt": format_time(room.created_at),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
        "pstnDialOutEnabled": room.pstn_dial_out_enabled,
        "title": details.get("title"),
        "externalId": details.get("externalId"),
        "scheduledStart": details.get("scheduledStart"),
        "scheduledEnd": details.get("scheduledEnd"),
        "participants": [
            {"rawId": raw_id, "role": role, **_names_body(people.get(raw_id, {}))}
            for raw_id, role in roster.items()
        ],
    }


def details_body(details: Details) -> shapes.Details:
    """What people call a room and those invited."""
    return {
        "title": details.get("title"),
        "externalId": details.get("externalId"),
        "scheduledStart": details.get("scheduledStart"),
        "scheduledEnd": details.get("scheduledEnd"),
        "participants": {
            raw_id: _names_body(person)
            for raw_id, person in details.get("participants", {}).items()
        },
    }


def _names_body(named: Mapping[str, str]) -> shapes.Names:
    return {"name": named.get("name"), "externalId": named.get("externalId")}


def _present_call_body(
    call: Call, present: Sequence[Present], roster: Roster, names: Mapping[str, str]
) -> call_shapes.PresentCall:
    return {
        "id": call.id,
        "startedAt": format_time(call.started_at),
        "startEstimated": call.start_estimated,
        "peak": call.peak,
        "peakAt": _time(call.peak_at),
        "count": len(present),
        "participants": [
            {
                "rawId": one.person,
                "name": names.get(one.person),
                "displayName": one.display_name,
                "role": one.role,
                "invited": one.person in roster,
                "joinedAt": format_time(one.since),
                "legs": one.legs,
            }
            for one in present
        ],
    }


def _leg_body(leg: Leg) -> call_shapes.Leg:
    return {
        "participantId": leg.participant_id,
        "rawId": leg.raw_id,
        "displayName": leg.display_name,
        "role": leg.role,
        "endpointType": leg.endpoint_type,
        "joinedAt": format_time(leg.joined_at),
        "joinEstimated": leg.join_estimated,
        "leftAt": _time(leg.left_at),
        "leaveEstimated": leg.leave_estimated,
        "seconds": None if leg.left_at is None else _seconds(leg.left_at - leg.joined_at),
    }


def _reason_body(reason: EndReason) -> call_shapes.EndReason:
    return {"code": reason.code, "subCode": reason.sub_code, "phrase": reason.phrase}


def _stay_body(stay: Stay) -> shapes.Stay:
    return {"from": format_time(stay.start), "until": _time(stay.end)}


def _with_wire_times(detail: dict[str, Any]) -> Any:
    """The detail of a change of a room, with times as they stand everywhere else."""
    return {
        name: _with_wire_times(value)
        if name in ("before", "after")
        else format_time(parse_time(value))
        if name in ("createdAt", "validFrom", "validUntil")
        else value
        for name, value in detail.items()
    }


def _time(at: Ticks | None) -> str | None:
    return None if at is None else format_time(at)


def _seconds(length: Ticks) -> int | float:
    whole, rest = divmod(length, SECOND)
    return whole if rest == 0 else length / SECOND
