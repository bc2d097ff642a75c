"""What a log record says, as an English sentence without a full stop.

Names, titles and phrases stand in it as they came, and may hold any character.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rooms.domain.time import SECOND, format_time, parse_time

type Detail = Mapping[str, Any]
type Names = Mapping[str, str]
"""Raw id to name."""

FEW = 5
"""So many people are named, the others are counted."""

_WHOLE = 30
"""Characters of an id that is not shortened."""


def happened(kind: str, detail: Detail, names: Names) -> str:
    """What a log record tells; of a kind that is not known, only the kind."""
    match kind:
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
            return f"admitted {_who(detail, names)} as {detail['role']}"
        case "Refused":
            return f"refused {_who(detail, names)}: {' '.join(reason['message'] for reason in detail['reasons']).rstrip('.')}"
        case "CallStarted":
            return f"the call began{_by(detail.get('startedBy'), names)}"
        case "CallEnded":
            phrase = (detail.get("endReason") or {}).get("phrase")
            return f"the call ended{_by(detail.get('endedBy'), names)}{_clause(':', phrase)}"
        case "ParticipantAdded":
            return f"{_who(detail, names)} joined{_clause(' as', detail.get('role'))}"
        case "ParticipantRemoved":
            return f"{_who(detail, names)} left"
    return kind


def _who(detail: Detail, names: Names) -> str:
    """Of an event, or a decision: as the room's details call them, or else as they call themselves."""
    person = detail.get("rawId") or detail.get("participantId") or "somebody"
    return names.get(person) or detail.get("displayName") or _short(person)


def _called(raw_id: str, names: Names) -> str:
    return names.get(raw_id) or _short(raw_id)


def _short(person: str) -> str:
    """An id, with its beginning and its end only if it is long."""
    return person if len(person) <= _WHOLE else f"{person[:14]}…{person[-13:]}"


def _moment(time: str) -> str:
    """`2026-05-04T10:00:00Z`: what is finer than a second is left out."""
    at = parse_time(time)
    return format_time(at - at % SECOND).replace("+00:00", "Z")


def _validity(room: Detail) -> str:
    dial_out = " with dial-out" if room["pstnDialOutEnabled"] else ""
    return f"open from {_moment(room['validFrom'])} until {_moment(room['validUntil'])}{dial_out}"


def _changes(before: Detail, after: Detail) -> Iterable[str]:
    if any(before[name] != after[name] for name in ("validFrom", "validUntil")):
        yield f"open from {_moment(after['validFrom'])} until {_moment(after['validUntil'])}"
    if before["pstnDialOutEnabled"] != after["pstnDialOutEnabled"]:
        yield f"dial-out {'yes' if after['pstnDialOutEnabled'] else 'no'}"


def _roster_changes(detail: Detail, names: Names) -> Iterable[str]:
    if detail["added"]:
        yield f"invited {_with_roles(detail['added'], names)}"
    if detail["changed"]:
        yield f"made {_listed(f'{_called(who, names)} {role["after"]}' for who, role in detail['changed'].items())}"
    if detail["removed"]:
        yield f"removed {_people(detail['removed'], names)}"


def _details_changes(before: Detail, after: Detail, names: Names) -> Iterable[str]:
    for field, title in (("title", "the title"), ("externalId", "the external id")):
        if field in after:
            yield f'set {title} to "{after[field]}"'
        elif field in before:
            yield f"removed {title}"
    if "scheduledStart" in after or "scheduledEnd" in after:
        known = [
            f"{word} {_moment(after[name])}"
            for name, word in (("scheduledStart", "from"), ("scheduledEnd", "until"))
            if name in after
        ]
        yield f"scheduled it {' '.join(known)}"
    elif "scheduledStart" in before:
        yield "removed the scheduled times"
    had, has = before.get("participants", {}), after.get("participants", {})
    for field, what in (("name", "names"), ("externalId", "external ids")):
        if named := [who for who, one in has.items() if field in one]:
            yield f"set the {what} of {_people(named, names)}"
        if unnamed := [who for who, one in had.items() if field in one and who not in named]:
            yield f"removed the {what} of {_people(unnamed, names)}"


def _with_roles(roster: Mapping[str, str], names: Names) -> str:
    return _listed(f"{_called(who, names)} as {role}" for who, role in roster.items())


def _people(raw_ids: Iterable[str], names: Names) -> str:
    return _listed(_called(who, names) for who in raw_ids)


def _listed(people: Iterable[str]) -> str:
    listed = list(people)
    rest = f" and {len(listed) - FEW} more" if len(listed) > FEW else ""
    return ", ".join(listed[:FEW]) + rest


def _by(raw_id: str | None, names: Names) -> str:
    return "" if raw_id is None else f", by {_called(raw_id, names)}"


def _clause(before: str, text: str | None) -> str:
    return f"{before} {text}" if text else ""
