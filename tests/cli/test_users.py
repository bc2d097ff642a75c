"""`rooms user create`."""

import re

import pytest

from rooms.domain.identity import SCOPES
from rooms_cli import options
from rooms_cli.words import moment
from testkit.insight import Insight
from tests.cli.line import Line

RAW_ID = re.compile(r"8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}")


def test_the_scopes_are_those_of_the_service() -> None:
    assert options.SCOPES == SCOPES


def valid(insight: Insight, token: str) -> dict[str, object]:
    """What the service says of a token."""
    answer = insight.send("POST", "/identities/:checkAccessToken", {"token": token})
    said: dict[str, object] = answer.json()
    return said


def test_a_user_can_be_invited(line: Line) -> None:
    (user,) = line.out("user", "create")
    assert RAW_ID.fullmatch(user)
    room = line.json("create", "--attendee", user)["id"]
    (invited,) = line.json("show", room)["participants"]
    assert (invited["rawId"], invited["role"]) == (user, "Attendee")


def test_a_token_is_printed_whole_after_its_user_and_its_time(line: Line, insight: Insight) -> None:
    user, until, token = line.out("user", "create", "--token", "voip", "--token", "chat")
    said = valid(insight, token)
    assert (said["rawId"], said["scopes"]) == (user, ["voip", "chat"])
    assert until == f"Token for voip, chat, until {moment(str(said['expiresOn']))}:"


def test_json_is_that_of_the_wire(line: Line, insight: Insight) -> None:
    made = line.json("user", "create")
    assert list(made) == ["identity"]
    assert RAW_ID.fullmatch(made["identity"]["id"])
    made = line.json("user", "create", "--token", "voip.join")
    assert list(made["accessToken"]) == ["token", "expiresOn"]
    assert valid(insight, made["accessToken"]["token"])["rawId"] == made["identity"]["id"]


@pytest.mark.parametrize("scope", ["", "VOIP", "fly", "voip,chat"])
def test_an_unknown_scope_is_a_wrong_command_line(line: Line, scope: str) -> None:
    ended = line.run("user", "create", "--token", scope)
    assert (ended.code, ended.out) == (2, "")
    assert "must be one of chat, voip, chat.join, chat.join.limited, voip.join" in " ".join(
        ended.err.replace("\u2502", " ").split()
    )
