"""@azure/communication-identity, the newest release, unchanged, against the running app, whose
identities are local."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import RunningApp, new_key
from tests.contract.node import run_node

SCRIPT = Path(__file__).parent / "javascript" / "identities.mjs"
RAW_ID = re.compile(r"8:acs:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_[0-9a-f-]{36}")


@pytest.fixture(scope="module", params=["endpoint", "connection_string"])
def seen(request: pytest.FixtureRequest, app: RunningApp) -> dict[str, Any]:
    """What came back from every method of the client."""
    if request.param == "endpoint":
        client = {"ENDPOINT": app.http, "KEY": app.manage_key}
    else:
        client = {"CONNECTION_STRING": app.connection_string, "NODE_EXTRA_CA_CERTS": str(app.ca)}
    done = run_node(SCRIPT, client)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return content


def expiry(token: str) -> datetime:
    return datetime.fromtimestamp(claims(token)["exp"], UTC)


def users(seen: dict[str, Any]) -> list[str]:
    return [user["communicationUserId"] for user in (seen["user"], seen["withToken"]["user"])]


def test_users_belong_to_one_deployment(seen: dict[str, Any]) -> None:
    one, two = map(RAW_ID.fullmatch, users(seen))
    assert one is not None
    assert two is not None
    assert one[1] == two[1]
    assert one[0] != two[0]


@pytest.mark.parametrize(
    ("of", "user", "scopes", "minutes"),
    [
        ("withToken", 1, {"voip", "chat"}, 90),
        ("issued", 0, {"voip"}, 24 * 60),
        ("issuedAfterRevocation", 1, {"voip"}, 24 * 60),
    ],
)
def test_a_token_is_of_its_user_and_lasts_as_long_as_it_says(
    seen: dict[str, Any], of: str, user: int, scopes: set[str], minutes: int
) -> None:
    token = seen[of]["token"]
    content = claims(token)
    assert f"8:{content['skypeid']}" == users(seen)[user]
    assert set(content["acsScope"].split(",")) == scopes
    assert content["exp"] - content["iat"] == timedelta(minutes=minutes).total_seconds()
    said = datetime.fromisoformat(seen[of]["expiresOn"])
    assert abs(said - expiry(token)) < timedelta(seconds=1)


def test_the_token_credential_takes_tokens(seen: dict[str, Any]) -> None:
    fixed, refreshed = seen["credentials"]["fixed"], seen["credentials"]["refreshed"]
    assert fixed["token"] == seen["issued"]["token"]
    assert claims(refreshed["token"])["acsScope"] == "chat"
    for token in (fixed, refreshed):
        assert token["expiresOnTimestamp"] == expiry(token["token"]).timestamp() * 1000


def test_a_user_can_be_invited(seen: dict[str, Any], raw: Raw) -> None:
    assert raw.roster(seen["roomId"]) == [(seen["user"]["communicationUserId"], "Presenter")]


def test_revocation_and_deletion_answer_nothing(seen: dict[str, Any]) -> None:
    assert seen["revoked"]
    assert seen["deleted"]


@pytest.mark.parametrize(
    ("token", "reason"),
    [("withToken", "Revoked"), ("issued", "UserDeleted"), ("issuedAfterRevocation", None)],
)
def test_revocation_and_deletion_end_earlier_tokens(
    seen: dict[str, Any], insight: Insight, token: str, reason: str | None
) -> None:
    checked = insight.send(
        "POST", "/identities/:checkAccessToken", {"token": seen[token]["token"]}
    ).json()
    assert (checked["valid"], checked.get("reason")) == (reason is None, reason)


@pytest.mark.parametrize(
    ("refused", "status", "code"),
    [
        ("tooShort", 400, "ValidationError"),
        ("tooLong", 400, "ValidationError"),
        ("scope", 400, "ValidationError"),
        ("noUser", 400, "ValidationError"),
        ("teams", 501, None),
        ("deleted", 404, None),
    ],
)
def test_errors_say_what_is_wrong(
    seen: dict[str, Any], refused: str, status: int, code: str | None
) -> None:
    error = seen["refusals"][refused]
    assert (error["name"], error["status"]) == ("RestError", status)
    assert error["message"]
    assert code is None or error["code"] == code


def test_a_wrong_key_is_denied(app: RunningApp) -> None:
    done = run_node(SCRIPT, {"ENDPOINT": app.http, "KEY": new_key()})
    assert done.returncode != 0
    assert "Denied" in done.stderr
