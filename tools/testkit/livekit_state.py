"""What a LiveKit server knows: its rooms and who is in them, in the JSON of its API and webhooks.

As livekit-server 1.13.5 has it, as far as this service can tell: the API answers in snake_case with
all fields, webhooks are camelCase and leave out what is zero, and int64 is text in both.
"""

import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]

_CODECS = ("audio/PCMU", "audio/opus", "video/VP8", "video/H264")

SOURCES = ("CAMERA", "MICROPHONE", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO")
"""What a track can be of. It is what the client says."""


def new_sid(kind: str) -> str:
    """Returns a new id, like `PA_` and twelve characters."""
    letters = string.ascii_letters + string.digits
    return f"{kind}_{''.join(secrets.choice(letters) for _ in range(12))}"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a participant may do. No `sources` means that all may be published."""

    subscribe: bool
    publish: bool
    data: bool
    sources: tuple[str, ...] = ()
    metadata: bool = False

    def allows(self, source: str) -> bool:
        """Whether a track of this source may be published."""
        return self.publish and (not self.sources or source in self.sources)

    def in_json(self) -> Json:
        return {
            "can_subscribe": self.subscribe,
            "can_publish": self.publish,
            "can_publish_data": self.data,
            "can_publish_sources": list(self.sources),
            "hidden": False,
            "recorder": False,
            "can_update_metadata": self.metadata,
            "agent": False,
            "can_subscribe_metrics": False,
            "can_manage_agent_session": False,
        }


def granted(video: Mapping[str, Any]) -> Permission:
    """Returns what the `video` of a token allows: what it does not name is allowed."""
    return Permission(
        video.get("canSubscribe", True),
        video.get("canPublish", True),
        video.get("canPublishData", True),
        tuple(source.upper() for source in video.get("canPublishSources", ())),
        video.get("canUpdateOwnMetadata", False),
    )


def set_whole(permission: Mapping[str, Any]) -> Permission:
    """Returns what UpdateParticipant sets, in snake_case: what it does not name is taken away."""
    return Permission(
        permission.get("can_subscribe", False),
        permission.get("can_publish", False),
        permission.get("can_publish_data", False),
        tuple(permission.get("can_publish_sources", ())),
        permission.get("can_update_metadata", False),
    )


@dataclass(slots=True)
class Track:
    """What a participant publishes."""

    source: str
    sid: str = field(default_factory=lambda: new_sid("TR"))
    muted: bool = False

    def in_json(self) -> Json:
        video = self.source in ("CAMERA", "SCREEN_SHARE")
        return {
            "sid": self.sid,
            "type": "VIDEO" if video else "AUDIO",
            "name": self.source.lower(),
            "muted": self.muted,
            "source": self.source,
            "mime_type": "video/VP8" if video else "audio/red",
        }


@dataclass(slots=True)
class Participant:
    """A device in a room. Times are milliseconds since 1970."""

    identity: str
    name: str
    attributes: dict[str, str]
    permission: Permission
    joined_ms: int
    sid: str = field(default_factory=lambda: new_sid("PA"))
    state: str = "ACTIVE"
    kind: str = "STANDARD"
    tracks: list[Track] = field(default_factory=list)
    reason: str = "UNKNOWN_REASON"
    """Why it left."""

    def in_json(self) -> Json:
        return {
            "sid": self.sid,
            "identity": self.identity,
            "state": self.state,
            "tracks": [track.in_json() for track in self.tracks],
            "metadata": "",
            "joined_at": str(self.joined_ms // 1000),
            "joined_at_ms": str(self.joined_ms),
            "name": self.name,
            "version": 2,
            "permission": self.permission.in_json(),
            "region": "",
            "is_publisher": self.permission.publish,
            "kind": self.kind,
            "attributes": dict(self.attributes),
            "disconnect_reason": self.reason,
            "kind_details": [],
            "client_protocol": 2,
            "capabilities": [],
        }

    def with_its_room(self) -> Json:
        """Returns what a webhook tells of it: no tracks, and no `isPublisher` before it was one."""
        joined = {"tracks": [], "is_publisher": False} if self.state == "ACTIVE" else {"tracks": []}
        return self.in_json() | joined


@dataclass(slots=True)
class Room:
    """A room on the server. `people` by identity."""

    name: str
    empty_timeout: int
    departure_timeout: int
    metadata: str
    created_ms: int
    sid: str = field(default_factory=lambda: new_sid("RM"))
    turn_password: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    people: dict[str, Participant] = field(default_factory=dict)

    def in_json(self) -> Json:
        return {
            "sid": self.sid,
            "name": self.name,
            "empty_timeout": self.empty_timeout,
            "departure_timeout": self.departure_timeout,
            "max_participants": 0,
            "creation_time": str(self.created_ms // 1000),
            "creation_time_ms": str(self.created_ms),
            "turn_password": self.turn_password,
            "enabled_codecs": [{"mime": codec, "fmtp_line": ""} for codec in _CODECS],
            "metadata": self.metadata,
            "num_participants": 0,  # lags by seconds: nobody may use it
            "num_publishers": 0,
            "active_recording": False,
            "version": None,
        }


@dataclass(slots=True)
class Stay:
    """What truly happened: a device was in a call, from one time to another, in milliseconds."""

    call_id: str
    room_id: str
    identity: str
    participant_id: str
    joined_ms: int
    left_ms: int | None = None


def in_webhook(value: Json) -> Json:
    """Returns JSON of the API as webhooks have it. Attributes keep their names."""
    kept: Json = {}
    for name, each in value.items():
        inner = in_webhook(each) if isinstance(each, dict) and name != "attributes" else each
        if isinstance(each, list):
            inner = [in_webhook(item) if isinstance(item, dict) else item for item in each]
        if name in _ZERO and inner == _ZERO[name]:
            continue
        if inner:
            kept[re.sub("_([a-z])", lambda match: match[1].upper(), name)] = inner
    return kept


_ZERO = {
    "kind": "STANDARD",
    "disconnect_reason": "UNKNOWN_REASON",
    "type": "AUDIO",
}
"""The values of enums that are 0, which webhooks leave out."""


def in_snake_case(value: Any) -> Any:
    """Returns the body of a request with the names of its fields in snake_case: both are taken."""
    if not isinstance(value, dict):
        return value
    return {
        re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", name): (
            each if name == "attributes" else in_snake_case(each)
        )
        for name, each in value.items()
    }
