"""The bodies of answers about admission, and of what each role may do."""

from collections.abc import Sequence
from typing import Any

from rooms.rules.admission import Admitted, Reason, Refused
from rooms.rules.capabilities import Allowed, Capability
from rooms.rules.time import format_time

type Body = dict[str, Any]


def admission_body(room_id: str, raw_id: str, decision: Admitted | Refused) -> Body:
    """Whether somebody may come in, as what, and if not, why."""
    asked = {"roomId": room_id, "rawId": raw_id}
    match decision:
        case Admitted():
            return asked | {
                "admitted": True,
                "role": decision.role,
                "capabilities": [_allowed_body(allowed) for allowed in decision.capabilities],
                "validUntil": format_time(decision.valid_until),
            }
        case Refused():
            return asked | {"admitted": False, "reasons": [_refusal_body(reason) for reason in decision.reasons]}


def decision_detail(raw_id: str, display_name: str | None, decision: Admitted | Refused) -> Body:
    """The same, as the log has it: without what the room and the role say."""
    who = {"rawId": raw_id} | ({} if display_name is None else {"displayName": display_name})
    match decision:
        case Admitted():
            return who | {"role": decision.role}
        case Refused():
            return who | {"reasons": [_refusal_body(reason) for reason in decision.reasons]}


def roles_body(table: Sequence[Capability]) -> Body:
    """What each role may do."""
    return {"value": [_capability_body(capability) for capability in table]}


def _capability_body(capability: Capability) -> Body:
    return {
        "name": capability.name,
        "group": capability.group,
        "description": capability.description,
        "roles": dict(capability.grants),
    } | ({"needs": "pstnDialOutEnabled"} if capability.needs_pstn_dial_out else {})


def _refusal_body(reason: Reason) -> Body:
    opens_at = {} if reason.opens_at is None else {"opensAt": format_time(reason.opens_at)}
    return {"code": reason.code, "subCode": reason.sub_code, "message": reason.message} | opens_at


def _allowed_body(allowed: Allowed) -> Body:
    return {"name": allowed.name} | ({} if allowed.only is None else {"only": allowed.only})
