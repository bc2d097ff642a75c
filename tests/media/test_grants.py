"""What each role may do in a call on LiveKit."""

from typing import Any

import pytest

from rooms.domain.capabilities import CAPABILITIES
from rooms.domain.roster import ROLES, Role
from rooms.media.livekit.grants import LACKS, as_permission, in_token

SCREEN = ["screen_share", "screen_share_audio"]


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("Presenter", {"canPublishSources": ["camera", "microphone", *SCREEN]}),
        ("Collaborator", {"canPublishSources": ["camera", "microphone", *SCREEN]}),
        ("Attendee", {"canPublishSources": ["camera", "microphone"]}),
        ("Consumer", {"canPublish": False, "canPublishData": False}),
    ],
)
def test_a_token_has_the_rights_of_the_role_and_no_others(
    role: Role, rights: dict[str, Any]
) -> None:
    anybody = {
        "canPublish": True,
        "canSubscribe": True,
        "canPublishData": True,
        "canUpdateOwnMetadata": False,
    }
    assert in_token(role) == anybody | rights


@pytest.mark.parametrize("role", ROLES)
def test_who_may_publish_has_a_list_of_sources_as_an_empty_one_means_all(role: Role) -> None:
    assert in_token(role)["canPublish"] == bool(in_token(role).get("canPublishSources"))
    permission = as_permission(role)
    assert permission["canPublish"] == bool(permission["canPublishSources"])


@pytest.mark.parametrize("role", ROLES)
def test_a_change_of_role_gives_what_a_token_of_that_role_does(role: Role) -> None:
    token = in_token(role)
    assert as_permission(role) == {
        "canPublish": token["canPublish"],
        "canPublishSources": [source.upper() for source in token.get("canPublishSources", [])],
        "canSubscribe": token["canSubscribe"],
        "canPublishData": token["canPublishData"],
        "canUpdateMetadata": token["canUpdateOwnMetadata"],
    }


@pytest.mark.parametrize("role", ROLES)
def test_who_may_publish_what_is_as_the_table_of_capabilities_says(role: Role) -> None:
    sources = in_token(role).get("canPublishSources", [])
    for name, source in (
        ("turnVideoOnOff", "camera"),
        ("muteUnmuteMic", "microphone"),
        ("shareScreen", "screen_share"),
    ):
        (row,) = (row for row in CAPABILITIES if row.name == name)
        assert (source in sources) == (row.grants[role] != "no")


def test_what_the_server_lacks_are_rows_of_the_table() -> None:
    assert LACKS.issubset(row.name for row in CAPABILITIES)
