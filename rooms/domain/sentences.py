"""What log records say, as English sentences without a full stop.

Names, titles and phrases are quoted, as anybody chooses them. `log_kinds.py` has the sentence for
each kind.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rooms.domain.log_details import CorrectionReason, Looked
from rooms.domain.room import JoinPolicy
from rooms.domain.shown_text import is_id, quoted, quoted_unless_id
from rooms.domain.time import format_second, parse_time

type Detail = Mapping[str, Any]
type Names = Mapping[str, str]
"""Raw id to name."""

FEW = 5
"""People that a sentence names. It counts the others."""

_OPEN: JoinPolicy = "CommunicationServiceUsers"
_WHO_CAN_JOIN: Mapping[JoinPolicy, str] = {
    "InviteOnly": "only the invited can join",
    _OPEN: "every other ACS user can join as a guest",
}

_LOOKED_AT: Mapping[Looked, str] = {
    "attendance": "the attendance",
    "calls": "the call",
    "live": "who is in calls now",
    "log": "the log",
    "presence": "who is in the room",
}

_WHY_CORRECTED: Mapping[CorrectionReason, str] = {
    "NotInvited": "not invited",
    "NotOpenYet": "the room is not open yet",
    "Closed": "the room is closed",
    "Deleted": "there is no such room",
}

_LEFT: Mapping[str, str] = {
    "CLIENT_INITIATED": "left",
    "CONNECTION_TIMEOUT": "lost the connection",
    "DUPLICATE_IDENTITY": "left: the same device joined again",
    "PARTICIPANT_REMOVED": "left: they were removed from the call",
    "ROOM_DELETED": "left: the call was ended",
    "SERVER_SHUTDOWN": "left: the media server was stopped",
}
"""By the media server's word for why."""

_WHOLE = 30
"""Characters of an id that is shown whole."""


def room_created(detail: Detail, names: Names) -> str:
    """Returns the sentence of RoomCreated."""
    invited = _clause("; invited", _with_roles(detail["participants"], names))
    return f"created the room, {_validity(detail)}{invited}"


def room_updated(detail: Detail, _: Names) -> str:
    """Returns the sentence of RoomUpdated."""
    return f"changed the room: {'; '.join(_changes(detail['before'], detail['after']))}"


def room_deleted(_: Detail, __: Names) -> str:
    """Returns the sentence of RoomDeleted."""
    return "deleted the room"


def participants_updated(detail: Detail, names: Names) -> str:
    """Returns the sentence of ParticipantsUpdated."""
    return "; ".join(_roster_changes(detail, names))


def details_updated(detail: Detail, names: Names) -> str:
    """Returns the sentence of DetailsUpdated."""
    return "; ".join(_details_changes(detail["before"], detail["after"], names))


def admitted(detail: Detail, names: Names) -> str:
    """Returns the sentence of Admitted."""
    guest = ", as a guest of an open room" if detail.get("guest") else ""
    return f"admitted {_who(detail, names)} as {detail['role']}{guest}"


def refused(detail: Detail, names: Names) -> str:
    """Returns the sentence of Refused."""
    reasons = " ".join(reason["message"] for reason in detail["reasons"])
    return f"refused {_who(detail, names)}: {reasons.rstrip('.')}"


def join_link_made(detail: Detail, names: Names) -> str:
    """Returns the sentence of JoinLinkMade."""
    return f"made a join link for {_who(detail, names)}, good until {_moment(detail['expiresAt'])}"


def call_started(detail: Detail, names: Names) -> str:
    """Returns the sentence of CallStarted."""
    starter = detail.get("startedBy")
    if starter is None:
        return "the call started"
    return f"{_called(starter, names)} started the call"


def call_ended(detail: Detail, names: Names) -> str:
    """Returns the sentence of CallEnded."""
    phrase = (detail.get("endReason") or {}).get("phrase")
    why = f" ({quoted(phrase)})" if phrase else ""
    if detail.get("estimated"):
        return "the media server has no call any more"
    ender = detail.get("endedBy")
    if ender is None:
        return f"the call ended{why}"
    return f"{_called(ender, names)} ended the call{why}"


def participant_added(detail: Detail, names: Names) -> str:
    """Returns the sentence of ParticipantAdded."""
    role = detail.get("role")
    return f"{_who(detail, names)} joined{_clause(' as', role and quoted_unless_id(role))}"


def participant_removed(detail: Detail, names: Names) -> str:
    """Returns the sentence of ParticipantRemoved."""
    if detail.get("estimated"):
        return f"{_who(detail, names)} is not in the call any more, as the media server says"
    reason = detail.get("leaveReason")
    left = _LEFT.get(reason or "", f"left{_because(reason)}")
    return f"{_who(detail, names)} {left}"


def connection_failed(detail: Detail, names: Names) -> str:
    """Returns the sentence of ConnectionFailed."""
    return f"{_who(detail, names)} could not connect{_because(detail.get('reason'))}"


def phones_updated(detail: Detail, _: Names) -> str:
    """Returns the sentence of PhonesUpdated."""
    match len(detail["phones"]):
        case 0:
            return "no telephone is in the call any more"
        case 1:
            return "1 telephone is in the call"
        case count:
            return f"{count} telephones are in the call"


def removed_from_call(detail: Detail, names: Names) -> str:
    """Returns the sentence of RemovedFromCall."""
    return f"{_doer(detail, names)}removed {_who(detail, names)} from the call{_why(detail)}"


def muted_in_call(detail: Detail, names: Names) -> str:
    """Returns the sentence of MutedInCall."""
    return f"{_doer(detail, names)}muted {_who(detail, names)}"


def call_ended_for_all(detail: Detail, names: Names) -> str:
    """Returns the sentence of CallEndedForAll."""
    return f"{_doer(detail, names)}ended the call for all{_why(detail)}"


def role_corrected(detail: Detail, names: Names) -> str:
    """Returns the sentence of RoleCorrected."""
    return f"gave {_who(detail, names)} the role {detail['role']} in the call"


def accessed(detail: Detail, names: Names) -> str:
    """Returns the sentence of Accessed."""
    query = detail["query"]
    kind, asked = _clause(", only", query.get("kind")), query.get("call")
    before = "" if detail["what"] == "calls" else " of the call"
    call = _clause(before, asked and quoted_unless_id(asked))
    person = f" of {_called(detail['person'], names)}" if "person" in detail else ""
    times = [
        f" {word} {_moment(query[name])}"
        for name, word in (("from", "from"), ("until", "until"), ("at", "at"))
        if name in query
    ]
    return f"looked at {_LOOKED_AT[detail['what']]}{person}{call}{''.join(times)}{kind}"


def person_erased(detail: Detail, _: Names) -> str:
    """Returns the sentence of PersonErased."""
    if "records" in detail:
        return f"erased a person from {_counted(len(detail['records']), 'log record')} here"
    rooms = detail["found"].get("rooms", 0)
    return f"erased a person, who was found in {_counted(rooms, 'room') if rooms else 'no room'}"


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _who(detail: Detail, names: Names) -> str:
    """Returns a person's name in the room's details, or else the one they have themselves."""
    person = detail.get("rawId") or detail.get("participantId") or "somebody"
    name = names.get(person) or detail.get("displayName")
    return quoted(name) if name else _short(person)


def _doer(detail: Detail, names: Names) -> str:
    """Returns who in the call did it, if somebody did: else the record's actor did."""
    return f"{_called(detail['by'], names)} " if "by" in detail else ""


def _why(detail: Detail) -> str:
    reason: CorrectionReason | None = detail.get("reason")
    return "" if reason is None else f": {_WHY_CORRECTED[reason]}"


def _called(raw_id: str, names: Names) -> str:
    name = names.get(raw_id)
    return quoted(name) if name else _short(raw_id)


def _short(person: str) -> str:
    """Returns an id, or the beginning and the end of a long one."""
    shown = person if len(person) <= _WHOLE else f"{person[:14]}…{person[-13:]}"
    return shown if is_id(person) else quoted(shown)


def _moment(time: str) -> str:
    """Returns a time like `2026-05-04T10:00:00Z`, cut to the second."""
    return format_second(parse_time(time))


def _validity(room: Detail) -> str:
    dial_out = " with dial-out" if room["pstnDialOutEnabled"] else ""
    guests = f"; {_WHO_CAN_JOIN[_OPEN]}" if room.get("roomJoinPolicy") == _OPEN else ""
    validity = f"open from {_moment(room['validFrom'])} until {_moment(room['validUntil'])}"
    return f"{validity}{dial_out}{guests}"


def _changes(before: Detail, after: Detail) -> Iterable[str]:
    if any(before[name] != after[name] for name in ("validFrom", "validUntil")):
        yield f"open from {_moment(after['validFrom'])} until {_moment(after['validUntil'])}"
    if before["pstnDialOutEnabled"] != after["pstnDialOutEnabled"]:
        yield f"dial-out {'on' if after['pstnDialOutEnabled'] else 'off'}"
    policy: JoinPolicy = after.get("roomJoinPolicy", "InviteOnly")
    if before.get("roomJoinPolicy", "InviteOnly") != policy:
        yield _WHO_CAN_JOIN[policy]


def _roster_changes(detail: Detail, names: Names) -> Iterable[str]:
    if detail["added"]:
        yield f"invited {_with_roles(detail['added'], names)}"
    if detail["changed"]:
        changed = [
            f"{_called(who, names)} {role['after']}" for who, role in detail["changed"].items()
        ]
        yield f"made {_listed(changed)}"
    if detail["removed"]:
        yield f"removed {_people(detail['removed'], names)}"


def _details_changes(before: Detail, after: Detail, names: Names) -> Iterable[str]:
    for field, title in (("title", "the title"), ("externalId", "the external id")):
        if field in after:
            yield f"set {title} to {quoted(after[field])}"
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


def _because(reason: str | None) -> str:
    return f" ({quoted_unless_id(reason)})" if reason else ""


def _clause(before: str, text: str | None) -> str:
    return f"{before} {text}" if text else ""
