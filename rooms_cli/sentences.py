"""What a log record, or an answer about admission, says in a sentence."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rooms_cli.words import called, moment, yes

type Json = Mapping[str, Any]
type Names = Mapping[str, str]

FEW = 5
"""So many people are named, the others are counted."""


def happened(record: Json, names: Names) -> str:
    """What a log record tells; of a kind that is not known, the detail as it is."""
    detail = record["detail"]
    who = _who(detail, names)
    match record["kind"]:
        case "RoomCreated":
            return f"created the room, {_validity(detail)}{_clause('; invited', _with_roles(detail['participants'], names))}"
        case "RoomUpdated":
            return f"changed the room: {'; '.join(_changes(detail['before'], detail['after']))}"
        case "RoomDeleted":
            return "deleted the room"
        case "ParticipantsUpdated":
            return "; ".join(_roster_changes(detail, names))
        case "DetailsUpdated":
            return "; ".join(_details_changes(detail["before"], detail["after"], names))
        case "Admitted":
            return f"admitted {who} as {detail['role']}"
        case "Refused":
            return f"refused {who}: {_reasons(detail['reasons'])}"
        case "CallStarted":
            return f"the call began{_by(detail.get('startedBy'), names)}"
        case "CallEnded":
            phrase = (detail.get("endReason") or {}).get("phrase")
            return f"the call ended{_by(detail.get('endedBy'), names)}{_clause(':', phrase)}"
        case "ParticipantAdded":
            return f"{who} joined{_clause(' as', detail.get('role'))}"
        case "ParticipantRemoved":
            return f"{who} left"
        case kind:
            return f"{kind} {json.dumps(detail, ensure_ascii=False)}"


def explained(admission: Json, person: str, at: str | None) -> str:
    """Whether somebody can come into a room, and why not."""
    room, when = f"room {admission['roomId']}", "now" if at is None else f"at {moment(at)}"
    if admission["admitted"]:
        return f"{person} can come into {room} {when}, as {admission['role']}, until {moment(admission['validUntil'])}."
    return f"{person} cannot come into {room} {when}: {_reasons(admission['reasons'])}."


def _reasons(reasons: Iterable[Json]) -> str:
    *others, last = map(_reason, reasons)
    return f"{', '.join(others)}, and {last}" if others else last


def _reason(reason: Json) -> str:
    match reason["code"]:
        case "NotCommunicationUser":
            return "that is no user of Communication Services"
        case "NotInvited":
            return "they are not invited"
        case "NotOpenYet":
            return f"the room opens at {moment(reason['opensAt'])}"
        case "Closed":
            return "the room is closed"
        case "RoomFull":
            return "the room is full"
        case _:
            return str(reason["message"]).rstrip(".")


def _who(detail: Json, names: Names) -> str:
    """Of an event, or a decision."""
    raw_id = detail.get("rawId") or detail.get("participantId") or "somebody"
    return detail.get("displayName") or called(raw_id, names)


def _validity(room: Json) -> str:
    dial_out = " with dial-out" if room["pstnDialOutEnabled"] else ""
    return f"open from {moment(room['validFrom'])} until {moment(room['validUntil'])}{dial_out}"


def _changes(before: Json, after: Json) -> Iterable[str]:
    if any(before[name] != after[name] for name in ("validFrom", "validUntil")):
        yield f"open from {moment(after['validFrom'])} until {moment(after['validUntil'])}"
    if before["pstnDialOutEnabled"] != after["pstnDialOutEnabled"]:
        yield f"dial-out {yes(after['pstnDialOutEnabled'])}"


def _roster_changes(detail: Json, names: Names) -> Iterable[str]:
    if detail["added"]:
        yield f"invited {_with_roles(detail['added'], names)}"
    if detail["changed"]:
        yield f"made {_listed(f'{called(who, names)} {role["after"]}' for who, role in detail['changed'].items())}"
    if detail["removed"]:
        yield f"removed {_listed(called(who, names) for who in detail['removed'])}"


def _details_changes(before: Json, after: Json, names: Names) -> Iterable[str]:
    for field, title in (("title", "the title"), ("externalId", "the external id")):
        if field in after:
            yield f'set {title} to "{after[field]}"'
        elif field in before:
            yield f"removed {title}"
    if "scheduledStart" in after or "scheduledEnd" in after:
        known = [
            f"{word} {moment(after[name])}"
            for name, word in (("scheduledStart", "from"), ("scheduledEnd", "until"))
            if name in after
        ]
        yield f"scheduled it {' '.join(known)}"
    elif "scheduledStart" in before:
        yield "removed the scheduled times"
    if people := {**before.get("participants", {}), **after.get("participants", {})}:
        yield f"set the names of {_listed(called(who, names) for who in people)}"


def _with_roles(roster: Mapping[str, str], names: Names) -> str:
    return _listed(f"{called(who, names)} as {role}" for who, role in roster.items())


def _listed(people: Iterable[str]) -> str:
    listed = list(people)
    rest = f" and {len(listed) - FEW} more" if len(listed) > FEW else ""
    return ", ".join(listed[:FEW]) + rest


def _by(raw_id: str | None, names: Names) -> str:
    return "" if raw_id is None else f", by {called(raw_id, names)}"


def _clause(before: str, text: str | None) -> str:
    return f"{before} {text}" if text else ""
