"""What a role may do in a call on LiveKit, and how its server is told so.

Measured with livekit-server 1.13.5: an empty list of sources means all of them, so a Consumer may
not publish at all. `permission` of UpdateParticipant is replaced whole, so all five fields are
sent. roomAdmin in a token would let its holder call the server's API past our log: nobody has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rooms.domain.roster import Role

_SCREEN = ("screen_share", "screen_share_audio")


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may publish; everybody may see and hear. `data` are messages to the others."""

    sources: tuple[str, ...]
    data: bool


GRANTS: Final[Mapping[Role, Grant]] = {
    "Presenter": Grant(("camera", "microphone", *_SCREEN), data=True),
    "Attendee": Grant(("camera", "microphone"), data=True),
    "Consumer": Grant((), data=False),
    "Collaborator": Grant(("camera", "microphone", *_SCREEN), data=True),
}

LACKS: Final = frozenset(
    {"startCaptions", "changeCaptionsLanguage", "inviteRoomParticipant", "dialOutToPstn"}
)
"""Capabilities that need what LiveKit has not by itself: an agent, somebody who is called, SIP."""


def in_token(role: Role) -> dict[str, Any]:
    """Returns the rights of a role as a token has them (`video`)."""
    grant = GRANTS[role]
    rights: dict[str, Any] = {
        "canPublish": bool(grant.sources),
        "canSubscribe": True,
        "canPublishData": grant.data,
        "canUpdateOwnMetadata": False,
    }
    return rights | ({"canPublishSources": list(grant.sources)} if grant.sources else {})


def as_permission(role: Role) -> dict[str, Any]:
    """Returns the rights of a role as UpdateParticipant takes them, all of them."""
    grant = GRANTS[role]
    return {
        "canPublish": bool(grant.sources),
        "canPublishSources": [source.upper() for source in grant.sources],
        "canSubscribe": True,
        "canPublishData": grant.data,
        "canUpdateMetadata": False,
    }
