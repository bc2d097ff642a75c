from itertools import groupby
from typing import get_args

import pytest

from rooms.domain.capabilities import CAPABILITIES, Allowed, Restriction, capabilities
from rooms.domain.roster import Role

ROLES: tuple[Role, ...] = get_args(Role.__value__)
GRANT = {"y": "yes", "-": "no", "w": "web", "r": "remote"}

# The documentation's table, a row a line: Presenter, Attendee, Consumer, Collaborator; y: yes, w:
# web only, r: remote only.
DOCUMENTED = """
turnVideoOnOff             yy-y
muteUnmuteMic              yy-y
muteRemoteUser             y---
switchCamera               yy-y
showActiveSpeaker          yyyy
chooseSpeaker              yyyy
chooseMic                  yy-y
showParticipantState       yyyy
showCallState              yyyy
showParticipantMuted       yyyy
showReasonParticipantLeft  yyyy
startCaptions              yyyy
changeCaptionsLanguage     yyyy
inviteRoomParticipant      y---
shareScreen                w--w
shareApplication           w--w
shareBrowserTab            w--w
viewSharedScreen           yyyy
removeParticipant          y---
askDevicePermission        yy-y
getCameraList              yy-y
setCamera                  yy-y
getSelectedCamera          yy-y
getMicList                 ww-w
setMic                     ww-w
getSelectedMic             ww-w
getSpeakerList             wwww
setSpeaker                 wwww
getSelectedSpeaker         yyyy
renderVideoInSeveralPlaces yyry
setVideoScalingMode        yyry
renderRemoteStream         yyyy
dialOutToPstn              y---
"""
ROWS = [
    (name, dict(zip(ROLES, letters, strict=True)))
    for name, letters in map(str.split, DOCUMENTED.strip().splitlines())
]


@pytest.mark.parametrize(("name", "letters"), ROWS, ids=[name for name, _ in ROWS])
def test_each_row_is_as_documented(name: str, letters: dict[Role, str]) -> None:
    (row,) = (row for row in CAPABILITIES if row.name == name)
    assert row.grants == {role: GRANT[letter] for role, letter in letters.items()}


def test_there_are_no_other_rows() -> None:
    assert [row.name for row in CAPABILITIES] == [name for name, _ in ROWS]
    assert len({row.description for row in CAPABILITIES}) == len(CAPABILITIES) == 33


def test_the_groups_are_those_of_the_documentation() -> None:
    sizes = [
        (group, len(list(rows))) for group, rows in groupby(CAPABILITIES, lambda row: row.group)
    ]
    assert sizes == [
        ("mid-call", 14),
        ("screen sharing", 4),
        ("roster", 1),
        ("devices", 10),
        ("video rendering", 3),
        ("PSTN", 1),
    ]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("pstn_dial_out_enabled", [True, False])
def test_a_role_has_what_its_column_does_not_deny(role: Role, pstn_dial_out_enabled: bool) -> None:
    only: dict[str, Restriction | None] = {"y": None, "w": "web", "r": "remote"}
    expected = [
        Allowed(name, only[letters[role]]) for name, letters in ROWS if letters[role] != "-"
    ]
    if not pstn_dial_out_enabled:
        expected = [allowed for allowed in expected if allowed.name != "dialOutToPstn"]
    assert capabilities(role, pstn_dial_out_enabled) == expected


def test_how_much_a_role_may() -> None:
    counts = {
        role: (len(capabilities(role, True)), len(capabilities(role, False))) for role in ROLES
    }
    assert counts == {
        "Presenter": (33, 32),
        "Attendee": (26, 26),
        "Consumer": (15, 15),
        "Collaborator": (29, 29),
    }


def test_only_dialling_out_needs_the_rooms_consent() -> None:
    assert [row.name for row in CAPABILITIES if row.needs_pstn_dial_out] == ["dialOutToPstn"]
