"""What log records say, as English sentences without a full stop.

Names, titles and phrases are quoted, as anybody chooses them. `call_sentences.py` has those of what
happens in calls, `log_kinds.py` has the sentence for each kind.
"""

from collections.abc import Iterable, Mapping

from rooms.domain.log import SEEN_BY_PULL
from rooms.domain.log_details import Looked
from rooms.domain.phrases import Detail, Names, called, clause, moment, who
from rooms.domain.room import JoinPolicy
from rooms.domain.shown_text import quoted, quoted_unless_id

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


def room_created(detail: Detail, names: Names) -> str:
    """Returns the sentence of RoomCreated."""
    invited = clause("; invited", _with_roles(detail["participants"], names))
    return f"created the room, {_validity(detail)}{invited}{_seen(detail)}"


def room_updated(detail: Detail, _: Names) -> str:
    """Returns the sentence of RoomUpdated."""
    changes = "; ".join(_changes(detail["before"], detail["after"]))
    return f"changed the room: {changes}{_importer(detail)}"


def room_moved(detail: Detail, _: Names) -> str:
    """Returns the sentence of RoomMoved."""
    where = "to ACS" if detail["after"] == "acs" else "from ACS to this service"
    return f"moved the calls of the room {where}"


def room_deleted(_: Detail, __: Names) -> str:
    """Returns the sentence of RoomDeleted."""
    return "deleted the room"


def participants_updated(detail: Detail, names: Names) -> str:
    """Returns the sentence of ParticipantsUpdated."""
    return f"{'; '.join(_roster_changes(detail, names))}{_importer(detail)}"


def details_updated(detail: Detail, names: Names) -> str:
    """Returns the sentence of DetailsUpdated."""
    return "; ".join(_details_changes(detail["before"], detail["after"], names))


def admitted(detail: Detail, names: Names) -> str:
    """Returns the sentence of Admitted."""
    guest = ", as a guest of an open room" if detail.get("guest") else ""
    return f"admitted {who(detail, names)} as {detail['role']}{guest}"


def refused(detail: Detail, names: Names) -> str:
    """Returns the sentence of Refused."""
    reasons = " ".join(reason["message"] for reason in detail["reasons"])
    return f"refused {who(detail, names)}: {reasons.rstrip('.')}"


def join_link_made(detail: Detail, names: Names) -> str:
    """Returns the sentence of JoinLinkMade."""
    return f"made a join link for {who(detail, names)}, good until {moment(detail['expiresAt'])}"


def accessed(detail: Detail, names: Names) -> str:
    """Returns the sentence of Accessed."""
    query = detail["query"]
    kind, asked = clause(", only", query.get("kind")), query.get("call")
    before = "" if detail["what"] == "calls" else " of the call"
    call = clause(before, asked and quoted_unless_id(asked))
    person = f" of {called(detail['person'], names)}" if "person" in detail else ""
    times = [
        f" {word} {moment(query[name])}"
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


def _seen(detail: Detail) -> str:
    if "seenAt" not in detail:
        return ""
    by_us = detail["seenBy"] == SEEN_BY_PULL
    how = "found at ACS" if by_us else f"imported by {detail['seenBy']}"
    return f"; {how} {moment(detail['seenAt'])}"


def _importer(detail: Detail) -> str:
    return clause("; imported by", detail.get("seenBy"))


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _validity(room: Detail) -> str:
    dial_out = " with dial-out" if room["pstnDialOutEnabled"] else ""
    guests = f"; {_WHO_CAN_JOIN[_OPEN]}" if room.get("roomJoinPolicy") == _OPEN else ""
    validity = f"open from {moment(room['validFrom'])} until {moment(room['validUntil'])}"
    return f"{validity}{dial_out}{guests}"


def _changes(before: Detail, after: Detail) -> Iterable[str]:
    if any(before[name] != after[name] for name in ("validFrom", "validUntil")):
        yield f"open from {moment(after['validFrom'])} until {moment(after['validUntil'])}"
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
            f"{called(who, names)} {role['after']}" for who, role in detail["changed"].items()
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
            f"{word} {moment(after[name])}"
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
    return _listed(f"{called(who, names)} as {role}" for who, role in roster.items())


def _people(raw_ids: Iterable[str], names: Names) -> str:
    return _listed(called(who, names) for who in raw_ids)


def _listed(people: Iterable[str]) -> str:
    listed = list(people)
    rest = f" and {len(listed) - FEW} more" if len(listed) > FEW else ""
    return ", ".join(listed[:FEW]) + rest
