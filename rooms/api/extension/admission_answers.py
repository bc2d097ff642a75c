"""The bodies of answers about admission, and of what each role may do."""

from collections.abc import Sequence

from rooms.api import shapes
from rooms.api.call_shapes import AdmittedDetail, Asker, RefusedDetail
from rooms.domain.admission import Admitted, Reason, Refused
from rooms.domain.capabilities import Allowed, Capability
from rooms.domain.time import format_time


def admitted_body(room_id: str, raw_id: str, admitted: Admitted) -> shapes.Admitted:
    """That somebody may come in, and as what."""
    return {
        "roomId": room_id,
        "rawId": raw_id,
        "admitted": True,
        "role": admitted.role,
        "capabilities": [_allowed_body(allowed) for allowed in admitted.capabilities],
        "validUntil": format_time(admitted.valid_until),
    }


def refused_body(room_id: str, raw_id: str, refused: Refused) -> shapes.Refused:
    """That they may not, and why."""
    reasons = [_reason_body(reason) for reason in refused.reasons]
    return {"roomId": room_id, "rawId": raw_id, "admitted": False, "reasons": reasons}


def decision_detail(
    raw_id: str, display_name: str | None, decision: Admitted | Refused
) -> AdmittedDetail | RefusedDetail:
    """The same, as the log has it: without what the room and the role say."""
    who: Asker = (
        {"rawId": raw_id}
        if display_name is None
        else {"rawId": raw_id, "displayName": display_name}
    )
    match decision:
        case Admitted():
            return {**who, "role": decision.role}
        case Refused():
            return {**who, "reasons": [_reason_body(reason) for reason in decision.reasons]}


def roles_body(table: Sequence[Capability]) -> shapes.Roles:
    """What each role may do."""
    return {"value": [_capability_body(capability) for capability in table]}


def _capability_body(capability: Capability) -> shapes.Capability:
    body: shapes.Capability = {
        "name": capability.name,
        "group": capability.group,
        "description": capability.description,
        "roles": dict(capability.grants),
    }
    if capability.needs_pstn_dial_out:
        body["needs"] = "pstnDialOutEnabled"
    return body


def _reason_body(reason: Reason) -> shapes.Reason:
    body: shapes.Reason = {
        "code": reason.code,
        "subCode": reason.sub_code,
        "message": reason.message,
    }
    if reason.opens_at is not None:
        body["opensAt"] = format_time(reason.opens_at)
    return body


def _allowed_body(allowed: Allowed) -> shapes.Allowed:
    return (
        {"name": allowed.name}
        if allowed.only is None
        else {"name": allowed.name, "only": allowed.only}
    )
