"""What a check of the media server finds, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rooms.domain.check import Check

type Name = Literal["media server", "API keys", "room creation", "webhooks", "webhook filter"]
type Reach = Literal["answers", "refuses", "silent"]
"""Whether the server answers the key that signs, refuses it, or does not answer."""

NEEDED_EVENTS = (
    "participant_joined",
    "participant_left",
    "participant_connection_aborted",
    "room_finished",
)
"""The events of the server that this service reads."""


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a media server tells of itself."""

    reach: Reach
    refused_keys: tuple[str, ...] = ()
    """Those of ours that it does not take, by name."""
    makes_rooms: bool | None = None
    """Whether a token alone opens a call, also one that was ended. None: it does not tell."""


@dataclass(frozen=True, slots=True)
class HeardEvents:
    """Which events of a call that was made for the check have come: of its start and of its end."""

    started: bool
    finished: bool


def server_checks(state: ServerState) -> Sequence[Check[Name]]:
    """Returns the checks of the server itself: only the first one if it cannot be asked."""
    if state.reach != "answers":
        return [reach_check(state.reach)]
    return [reach_check(state.reach), _keys(state.refused_keys), _room_creation(state.makes_rooms)]


def reach_check(reach: Reach) -> Check[Literal["media server"]]:
    """Returns the check whether the server answers."""
    match reach:
        case "answers":
            return Check("media server", "ok", "The media server answers.")
        case "refuses":
            return Check(
                "media server",
                "failed",
                "The media server refuses the API key of this service.",
                "Set ROOMS_MEDIA_KEY__<API key> to the secret that the configuration of the server "
                "has under `keys`. Of several, the first by name signs. If it is the right one, "
                "check the clocks of both.",
            )
        case "silent":
            return Check(
                "media server",
                "failed",
                "The media server does not answer.",
                "Check ROOMS_MEDIA_URL, or ROOMS_MEDIA_API, and whether the server runs and can be "
                "reached from here.",
            )


def webhook_checks(heard: HeardEvents, url: str) -> Sequence[Check[Name]]:
    """Returns the checks of the events.

    Args:
        url: where they should come.
    """
    if not heard.finished:
        advice = (
            f"Set `webhook.urls` of the server to {url}, `webhook.api_key` to a key of "
            "ROOMS_MEDIA_KEY__<API key>, and let `include_events` have room_finished. The log of "
            "the server says what came of its requests, and that of this service why it refused "
            "one. If it has only just started, ask again."
        )
        text = "The end of a call that this check made was not heard of."
        return [Check("webhooks", "failed", text, advice)]
    return [
        Check("webhooks", "ok", "Events of the media server come in."),
        _filter(heard.started),
    ]


def _keys(refused: Sequence[str]) -> Check[Name]:
    if not refused:
        return Check("API keys", "ok", "The media server takes each API key.")
    return Check(
        "API keys",
        "warning",
        f"The media server does not take {', '.join(refused)}.",
        "Events that such a key has signed are still taken. After a rotation, remove its setting "
        "ROOMS_MEDIA_KEY__<API key>; else add it to `keys` of the server.",
    )


def _room_creation(makes_rooms: bool | None) -> Check[Name]:
    advice = "Set `room.auto_create: false` in the configuration of the server."
    match makes_rooms:
        case False:
            return Check(
                "room creation", "ok", "The media server opens no call by itself (auto_create)."
            )
        case True:
            text = (
                "The media server opens a call for whoever has a token (auto_create), also one "
                "that was ended: the end of a room, and a removal, are none."
            )
            return Check("room creation", "failed", text, advice)
        case None:
            text = "Whether the media server opens a call by itself (auto_create) is not known."
            return Check("room creation", "warning", text, advice)


def _filter(heard_start: bool) -> Check[Name]:
    events = ", ".join(NEEDED_EVENTS)
    if not heard_start:
        return Check(
            "webhook filter",
            "ok",
            f"Events that are not needed do not come. Whether all of {events} do is not known: "
            "look who is in a room with a call.",
        )
    return Check(
        "webhook filter",
        "warning",
        "The media server sends events that this service does not read. In a large call they hold "
        "up those that it does.",
        f"Set `webhook.filter_params.include_events` of the server to {events}.",
    )
