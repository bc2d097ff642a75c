"""What each role may do in a room's call: the table of ACS's documentation (rooms concept, 2025).

Somebody invited without a role is an Attendee. Callers from the telephone network (PSTN) have no
role, so the table has no column for them. ACS's calling service enforces the table; the names of
its rows are ours.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from rooms.domain.roster import ROLES, Role

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
    """A capability of a role in a room. `only` says how it is limited, if it is."""

    name: str
    only: Restriction | None


_GRANTS: Final[Mapping[str, Grant]] = {"Y": "yes", "N": "no", "W": "web", "R": "remote"}

_PSTN = "PSTN"


def _group(group: str, *rows: tuple[str, str, str]) -> list[Capability]:
    """Returns the rows of a group, from a letter for each role, a name and a description."""
    return [
        Capability(
            name,
            group,
            description,
            {role: _GRANTS[letter] for role, letter in zip(ROLES, letters, strict=True)},
            needs_pstn_dial_out=group == _PSTN,
        )
        for letters, name, description in rows
    ]


# A letter for each role, in the order of ROLES.
CAPABILITIES: Final[tuple[Capability, ...]] = (
    *_group(
        "mid-call",
        ("YYNY", "turnVideoOnOff", "Turn one's own video on or off"),
        ("YYNY", "muteUnmuteMic", "Mute and unmute one's own microphone"),
        ("YNNN", "muteRemoteUser", "Mute somebody else"),
        ("YYNY", "switchCamera", "Switch between cameras"),
        ("YYYY", "showActiveSpeaker", "See who is speaking"),
        ("YYYY", "chooseSpeaker", "Choose the speaker for the call"),
        ("YYNY", "chooseMic", "Choose the microphone for the call"),
        (
            "YYYY",
            "showParticipantState",
            "See the state of each participant, such as connecting or connected",
        ),
        ("YYYY", "showCallState", "See the state of the call"),
        ("YYYY", "showParticipantMuted", "See whether a participant is muted"),
        ("YYYY", "showReasonParticipantLeft", "See why a participant left"),
        ("YYYY", "startCaptions", "Start captions"),
        ("YYYY", "changeCaptionsLanguage", "Change the language of the captions"),
        ("YNNN", "inviteRoomParticipant", "Call somebody who is invited to the room into the call"),
    ),
    *_group(
        "screen sharing",
        ("WNNW", "shareScreen", "Share the whole screen"),
        ("WNNW", "shareApplication", "Share an application"),
        ("WNNW", "shareBrowserTab", "Share a tab of the browser"),
        ("YYYY", "viewSharedScreen", "View what others share"),
    ),
    *_group(
        "roster",
        ("YNNN", "removeParticipant", "Remove somebody from the call"),
    ),
    *_group(
        "devices",
        ("YYNY", "askDevicePermission", "Ask for the permission to use audio and video"),
        ("YYNY", "getCameraList", "List the cameras"),
        ("YYNY", "setCamera", "Set the camera"),
        ("YYNY", "getSelectedCamera", "Tell which camera is set"),
        ("WWNW", "getMicList", "List the microphones"),
        ("WWNW", "setMic", "Set the microphone"),
        ("WWNW", "getSelectedMic", "Tell which microphone is set"),
        ("WWWW", "getSpeakerList", "List the speakers"),
        ("WWWW", "setSpeaker", "Set the speaker"),
        ("YYYY", "getSelectedSpeaker", "Tell which speaker is set"),
    ),
    *_group(
        "video rendering",
        ("YYRY", "renderVideoInSeveralPlaces", "Show one video in several places"),
        ("YYRY", "setVideoScalingMode", "Set how a video is scaled"),
        ("YYYY", "renderRemoteStream", "Show the video of somebody else"),
    ),
    *_group(
        _PSTN,
        ("YNNN", "dialOutToPstn", "Call a telephone number into the call"),
    ),
)


def capabilities(
    role: Role, pstn_dial_out_enabled: bool, lacks: Collection[str] = ()
) -> list[Allowed]:
    """Returns what `role` may do in a room, in the order of the table.

    Args:
        lacks: what nobody can do in its calls, as what carries them cannot.
    """
    return [
        Allowed(capability.name, None if grant == "yes" else grant)
        for capability in CAPABILITIES
        if (grant := capability.grants[role]) != "no"
        and (pstn_dial_out_enabled or not capability.needs_pstn_dial_out)
        and capability.name not in lacks
    ]
