"""What each role may do in a room's call: the table of ACS's documentation (rooms concept, 2025).

Somebody invited without a role is an Attendee. Callers of the telephone network (PSTN) have no
role, so no column is theirs. ACS's calling service enforces the table; the names of its rows are
ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from rooms.domain.roster import Role

type Grant = Literal["yes", "no", "web", "remote"]
"""`web`: yes, with the web calling SDK only; `remote`: yes, of remote streams only."""
type Restriction = Literal["web", "remote"]


@dataclass(frozen=True, slots=True)
class Capability:
    """A row of the table."""

    name: str
    group: str
    description: str
    grants: Mapping[Role, Grant]
    needs_pstn_dial_out: bool = False
    """Whether the room has to allow it, too, by pstnDialOutEnabled."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a role may do in a room; `only` says where or of what, if not everywhere."""

    name: str
    only: Restriction | None


Y: Final = "yes"
N: Final = "no"
W: Final = "web"
R: Final = "remote"

_PSTN = "PSTN"


def _group(group: str, *rows: tuple[Grant, Grant, Grant, Grant, str, str]) -> list[Capability]:
    return [
        Capability(
            name,
            group,
            description,
            {
                "Presenter": presenter,
                "Attendee": attendee,
                "Consumer": consumer,
                "Collaborator": collaborator,
            },
            needs_pstn_dial_out=group == _PSTN,
        )
        for presenter, attendee, consumer, collaborator, name, description in rows
    ]


# Columns: Presenter, Attendee, Consumer, Collaborator.
CAPABILITIES: Final[tuple[Capability, ...]] = (
    *_group(
        "mid-call",
        (Y, Y, N, Y, "turnVideoOnOff", "Turn one's own video on or off"),
        (Y, Y, N, Y, "muteUnmuteMic", "Mute and unmute one's own microphone"),
        (Y, N, N, N, "muteRemoteUser", "Mute somebody else"),
        (Y, Y, N, Y, "switchCamera", "Switch between cameras"),
        (Y, Y, Y, Y, "showActiveSpeaker", "See who is speaking"),
        (Y, Y, Y, Y, "chooseSpeaker", "Choose the speaker for the call"),
        (Y, Y, N, Y, "chooseMic", "Choose the microphone for the call"),
        (
            Y,
            Y,
            Y,
            Y,
            "showParticipantState",
            "See the state of each participant, such as connecting or connected",
        ),
        (Y, Y, Y, Y, "showCallState", "See the state of the call"),
        (Y, Y, Y, Y, "showParticipantMuted", "See whether a participant is muted"),
        (Y, Y, Y, Y, "showReasonParticipantLeft", "See why a participant left"),
        (Y, Y, Y, Y, "startCaptions", "Start captions"),
        (Y, Y, Y, Y, "changeCaptionsLanguage", "Change the language of the captions"),
        (
            Y,
            N,
            N,
            N,
            "inviteRoomParticipant",
            "Call somebody who is invited to the room into the call",
        ),
    ),
    *_group(
        "screen sharing",
        (W, N, N, W, "shareScreen", "Share the whole screen"),
        (W, N, N, W, "shareApplication", "Share an application"),
        (W, N, N, W, "shareBrowserTab", "Share a tab of the browser"),
        (Y, Y, Y, Y, "viewSharedScreen", "View what others share"),
    ),
    *_group(
        "roster",
        (Y, N, N, N, "removeParticipant", "Remove somebody from the call"),
    ),
    *_group(
        "devices",
        (Y, Y, N, Y, "askDevicePermission", "Ask for the permission to use audio and video"),
        (Y, Y, N, Y, "getCameraList", "List the cameras"),
        (Y, Y, N, Y, "setCamera", "Set the camera"),
        (Y, Y, N, Y, "getSelectedCamera", "Tell which camera is set"),
        (W, W, N, W, "getMicList", "List the microphones"),
        (W, W, N, W, "setMic", "Set the microphone"),
        (W, W, N, W, "getSelectedMic", "Tell which microphone is set"),
        (W, W, W, W, "getSpeakerList", "List the speakers"),
        (W, W, W, W, "setSpeaker", "Set the speaker"),
        (Y, Y, Y, Y, "getSelectedSpeaker", "Tell which speaker is set"),
    ),
    *_group(
        "video rendering",
        (Y, Y, R, Y, "renderVideoInSeveralPlaces", "Show one video in several places"),
        (Y, Y, R, Y, "setVideoScalingMode", "Set how a video is scaled"),
        (Y, Y, Y, Y, "renderRemoteStream", "Show the video of somebody else"),
    ),
    *_group(
        _PSTN,
        (Y, N, N, N, "dialOutToPstn", "Call a telephone number into the call"),
    ),
)


def capabilities(role: Role, pstn_dial_out_enabled: bool) -> list[Allowed]:
    """What `role` may do in a room, in the order of the table."""
    return [
        Allowed(capability.name, None if grant == "yes" else grant)
        for capability in CAPABILITIES
        if (grant := capability.grants[role]) != "no"
        and (pstn_dial_out_enabled or not capability.needs_pstn_dial_out)
    ]
