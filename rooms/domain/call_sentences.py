"""What log records of calls say: of their events, and of what is done in them."""

from collections.abc import Mapping

from rooms.domain.log_details import CorrectionReason
from rooms.domain.phrases import Detail, Names, called, clause, who
from rooms.domain.shown_text import quoted, quoted_unless_id

_WHY_CORRECTED: Mapping[CorrectionReason, str] = {
    "NotInvited": "not invited",
    "NotOpenYet": "the room is not open yet",
    "Closed": "the room is closed",
    "Deleted": "there is no such room",
    "CallsAtAcs": "the calls of the room run at ACS",
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


def call_started(detail: Detail, names: Names) -> str:
    """Returns the sentence of CallStarted."""
    starter = detail.get("startedBy")
    if starter is None:
        return "the call started"
    return f"{called(starter, names)} started the call"


def call_ended(detail: Detail, names: Names) -> str:
    """Returns the sentence of CallEnded."""
    if detail.get("estimated"):
        return "the media server has no call any more"
    phrase = (detail.get("endReason") or {}).get("phrase")
    why = f" ({quoted(phrase)})" if phrase else ""
    ender = detail.get("endedBy")
    if ender is None:
        return f"the call ended{why}"
    return f"{called(ender, names)} ended the call{why}"


def participant_added(detail: Detail, names: Names) -> str:
    """Returns the sentence of ParticipantAdded."""
    role = detail.get("role")
    return f"{who(detail, names)} joined{clause(' as', role and quoted_unless_id(role))}"


def participant_removed(detail: Detail, names: Names) -> str:
    """Returns the sentence of ParticipantRemoved."""
    if detail.get("estimated"):
        return f"{who(detail, names)} is not in the call any more, as the media server says"
    reason = detail.get("leaveReason")
    left = _LEFT.get(reason or "", f"left{_because(reason)}")
    return f"{who(detail, names)} {left}"


def connection_failed(detail: Detail, names: Names) -> str:
    """Returns the sentence of ConnectionFailed."""
    return f"{who(detail, names)} could not connect{_because(detail.get('reason'))}"


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
    return f"{_doer(detail, names)}removed {who(detail, names)} from the call{_why(detail)}"


def muted_in_call(detail: Detail, names: Names) -> str:
    """Returns the sentence of MutedInCall."""
    return f"{_doer(detail, names)}muted {who(detail, names)}"


def call_ended_for_all(detail: Detail, names: Names) -> str:
    """Returns the sentence of CallEndedForAll."""
    return f"{_doer(detail, names)}ended the call for all{_why(detail)}"


def role_corrected(detail: Detail, names: Names) -> str:
    """Returns the sentence of RoleCorrected."""
    return f"gave {who(detail, names)} the role {detail['role']} in the call"


def _doer(detail: Detail, names: Names) -> str:
    """Returns who in the call did it, if somebody did: else the record's actor did."""
    return f"{called(detail['by'], names)} " if "by" in detail else ""


def _why(detail: Detail) -> str:
    reason: CorrectionReason | None = detail.get("reason")
    return "" if reason is None else f": {_WHY_CORRECTED[reason]}"


def _because(reason: str | None) -> str:
    return f" ({quoted_unless_id(reason)})" if reason else ""
