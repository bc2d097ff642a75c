"""azure-communication-identity, the newest release, unchanged, against users and tokens of this
service; and the wire of these routes.

Tests with a client run twice: with the sync and the async one.
"""

import asyncio
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from azure.communication.identity import (
    CommunicationIdentityClient,
    CommunicationTokenScope,
    CommunicationUserIdentifier,
)
from azure.communication.identity._shared.user_credential import CommunicationTokenCredential
from azure.communication.identity.aio import CommunicationIdentityClient as AsyncIdentityClient
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)

from rooms.api.acs.identity_versions import IDENTITY_VERSIONS, SUPPORTED_IDENTITY_VERSIONS
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_refused
from testkit.raw import JSON, Raw
from testkit.raw_http import Answer
from testkit.running import RunningApp, new_key
from tests.contract.either_client import EitherClient
from tests.contract.pairs import paired

VERSION = "2023-10-01"
VOIP = [CommunicationTokenScope.VOIP]
GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture(params=[CommunicationIdentityClient, AsyncIdentityClient], ids=["sync", "async"])
def open_client(
    request: pytest.FixtureRequest, app: RunningApp
) -> Iterator[Callable[..., EitherClient]]:
    """Makes a client with a connection string (the app's, if no key is given)."""
    with asyncio.Runner() as runner:
        clients = list[EitherClient]()

        def opened(key: str = app.manage_key) -> EitherClient:
            text = f"endpoint={app.https}/;accesskey={key}"
            made = request.param.from_connection_string(text, connection_verify=str(app.ca))
            clients.append(EitherClient(made, runner))
            return clients[-1]

        yield opened
        for client in clients:
            if isinstance(client.client, AsyncIdentityClient):
                client.close()


@pytest.fixture
def client(open_client: Callable[..., EitherClient]) -> EitherClient:
    return open_client()


@pytest.fixture(scope="module")
def identity(app: RunningApp) -> Raw:
    return Raw(app.http, app.manage_key, VERSION)


def id_of(user: CommunicationUserIdentifier) -> str:
    return str(user.properties["id"])


def checked(insight: Insight, token: str) -> Any:
    """What the check says of a token."""
    answer = insight.send("POST", "/identities/:checkAccessToken", {"token": token})
    assert (answer.status, answer.headers["content-type"]) == (200, JSON), answer
    return answer.json()


def claims_in(token: str) -> str:
    """The payload of a token as it is."""
    part = token.split(".")[1]
    return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def test_a_user_gets_tokens_until_they_are_deleted(client: EitherClient, insight: Insight) -> None:
    user = client.create_user()
    assert re.fullmatch(f"8:acs:{GUID}_{GUID}", id_of(user))

    first = client.get_token(user, VOIP)
    expires_on = f"{first.expires_on[:19]}+00:00"  # a token has whole seconds
    valid = {"valid": True, "rawId": id_of(user), "scopes": ["voip"], "expiresOn": expires_on}
    assert checked(insight, first.token) == valid
    second = client.get_token(user, ["chat", "voip"], token_expires_in=timedelta(hours=1))
    assert checked(insight, second.token)["scopes"] == ["chat", "voip"]
    assert checked(insight, first.token)["valid"], "a second token leaves the first one valid"

    client.revoke_tokens(user)
    revoked = {"valid": False, "reason": "Revoked"}
    assert [checked(insight, each.token) for each in (first, second)] == [revoked, revoked]
    third = client.get_token(user, VOIP)
    assert checked(insight, third.token)["valid"], "the user stays"

    client.delete_user(user)
    assert checked(insight, third.token) == {"valid": False, "reason": "UserDeleted"}
    with pytest.raises(ResourceNotFoundError, match="There is no such identity"):
        client.get_token(user, VOIP)
    client.revoke_tokens(user)
    client.delete_user(user)
    assert checked(insight, third.token) == {"valid": False, "reason": "UserDeleted"}


def test_a_user_and_a_token_at_once(client: EitherClient, insight: Insight) -> None:
    user, token = client.create_user_and_token(VOIP, token_expires_in=timedelta(minutes=90))
    assert checked(insight, token.token)["rawId"] == id_of(user)
    lives = datetime.fromisoformat(token.expires_on) - datetime.now().astimezone()
    assert timedelta(minutes=85) < lives <= timedelta(minutes=90)


def test_all_users_have_the_guid_of_the_deployment(client: EitherClient, raw: Raw) -> None:
    people = [id_of(client.create_user()) for _ in range(3)]
    assert len({each.partition("_")[0] for each in people}) == 1
    room = raw.new_room({"participants": {each: {"role": "Attendee"} for each in people}})
    assert [each for each, _ in raw.roster(room["id"])] == people


def test_the_credential_of_the_calling_clients_takes_the_token(client: EitherClient) -> None:
    _, token = client.create_user_and_token(VOIP)
    credential = CommunicationTokenCredential(token.token)
    given: Any = credential.get_token()  # type: ignore[no-untyped-call]
    assert given.token == token.token
    assert given.expires_on == int(datetime.fromisoformat(token.expires_on).timestamp())


@pytest.mark.parametrize("minutes", [59, 1441])
def test_the_life_of_a_token_has_limits(client: EitherClient, minutes: int) -> None:
    said = f"ExpiresInMinutes value {minutes} is invalid. Value must be within the [60, 1440]"
    life = timedelta(minutes=minutes)
    with pytest.raises(HttpResponseError, match=re.escape(said)):
        client.create_user_and_token(VOIP, token_expires_in=life)
    with pytest.raises(HttpResponseError, match=re.escape(said)):
        client.get_token(client.create_user(), VOIP, token_expires_in=life)


def test_a_token_needs_scopes(client: EitherClient) -> None:
    with pytest.raises(HttpResponseError, match="Scopes: The Scopes field is required."):
        client.get_token(client.create_user(), None)


def test_only_acs_exchanges_tokens_of_teams_users(client: EitherClient) -> None:
    with pytest.raises(HttpResponseError, match="AppId: The AppId field is required."):
        client.get_token_for_teams_user("token", "", "user")
    with pytest.raises(HttpResponseError, match="set ROOMS_ACS_CONNECTION_STRING") as error:
        client.get_token_for_teams_user("token", "app", "user")
    assert error.value.status_code == 501


@pytest.mark.parametrize("who", ["stranger", "reader"])
def test_only_a_key_that_may_do_everything_does(
    open_client: Callable[..., EitherClient], app: RunningApp, who: str
) -> None:
    client = open_client(new_key() if who == "stranger" else app.read_key)
    user = CommunicationUserIdentifier(raw_id(1))
    attempts: list[Callable[[], Any]] = [
        lambda: client.create_user(),
        lambda: client.get_token(user, VOIP),
        lambda: client.revoke_tokens(user),
        lambda: client.delete_user(user),
        lambda: client.get_token_for_teams_user("token", "app", "user"),
    ]
    for attempt in attempts:
        with pytest.raises(ClientAuthenticationError, match="Denied by the resource provider"):
            attempt()


def test_a_read_key_does_not_check_tokens(app: RunningApp) -> None:
    reader = Insight(app, app.read_key)
    answer = reader.send("POST", "/identities/:checkAccessToken", {"token": "x"})
    assert_refused(answer, 401, "Denied")


def test_a_key_as_it_is_does_nothing(insight: Insight) -> None:
    for method, path in (
        ("POST", "/identities"),
        ("POST", f"/identities/{raw_id(1)}/:issueAccessToken"),
        ("POST", f"/identities/{raw_id(1)}/:revokeAccessTokens"),
        ("DELETE", f"/identities/{raw_id(1)}"),
        ("POST", "/teamsUser/:exchangeAccessToken"),
    ):
        assert insight.send(method, f"{path}?api-version={VERSION}").status == 401


def new_user(identity: Raw) -> str:
    answer = identity.post("/identities")
    assert answer.status == 201, answer
    user: str = answer.json()["identity"]["id"]
    return user


def test_a_token_has_the_claims_of_acs_in_compact_json(identity: Raw) -> None:
    body = {"createTokenWithScopes": ["chat", "voip", "chat"]}
    made = identity.post("/identities", body).json()
    user, token = made["identity"]["id"], made["accessToken"]["token"]
    claims = claims_in(token)
    resource = user.removeprefix("8:acs:").partition("_")[0]
    assert re.fullmatch(
        f'{{"skypeid":"{user.removeprefix("8:")}","scp":1792,"csi":"([0-9]+)","exp":[0-9]+,'
        f'"acsScope":"chat,voip","resourceId":"{resource}","iat":\\1,"iss":"anteroom",'
        '"revision":"[0-9a-f]{16}"}',
        claims,
    )
    read = json.loads(claims)
    assert read["exp"] - read["iat"] == 24 * 3600
    assert jwt.get_unverified_header(token)["alg"] == "RS256"


def test_a_backend_checks_a_signature_with_the_published_key(app: RunningApp, raw: Raw) -> None:
    identity = Raw(app.http, app.manage_key, VERSION)
    token = identity.post("/identities", {"createTokenWithScopes": ["voip"]}).json()
    token = token["accessToken"]["token"]
    answer = app.devhost.get("/.well-known/jwks.json")
    assert (answer.status, answer.headers["content-type"]) == (200, JSON)
    keys = jwt.PyJWKSet.from_dict(answer.json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, algorithms=["RS256"], issuer="anteroom")["acsScope"] == "voip"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "{}", "e30.e30.e30", "." * 100_000])
def test_what_is_no_token_of_this_service_is_not_valid(insight: Insight, token: str) -> None:
    assert checked(insight, token) == {"valid": False, "reason": "NotOurs"}


def test_a_token_signed_by_another_is_not_valid(insight: Insight, identity: Raw) -> None:
    made = identity.post("/identities", {"createTokenWithScopes": ["voip"]}).json()
    token = made["accessToken"]["token"]
    head, payload, signature = token.split(".")
    none = jwt.encode(json.loads(claims_in(token)), "", algorithm="none")
    for other in (
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature[:-8]}AAAAAAAA",
        f"{head}.{payload[:-2]}AA.{signature}",
        none,
        f"{token}.{signature}",
    ):
        assert checked(insight, other) == {"valid": False, "reason": "NotOurs"}
    assert checked(insight, token)["valid"]


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({}, "$.token"),
        ({"token": 1}, "$.token"),
        ({"token": None}, "$.token"),
        ({"token": "x", "more": 1}, "$.more"),
        ([], "$"),
    ],
)
def test_a_check_names_the_field_at_fault(insight: Insight, body: object, target: str) -> None:
    assert_invalid(insight.send("POST", "/identities/:checkAccessToken", body), target)


@paired(
    "version",
    list(IDENTITY_VERSIONS),
    "body",
    [None, b"", {}, {"createTokenWithScopes": None, "expiresInMinutes": None}, {"customId": "x"}],
)
def test_every_version_makes_users(app: RunningApp, version: str, body: object) -> None:
    answer = Raw(app.http, app.manage_key, version).post("/identities", body)
    assert (answer.status, answer.headers["content-type"]) == (201, JSON)
    assert answer.headers["api-supported-versions"] == SUPPORTED_IDENTITY_VERSIONS
    assert re.fullmatch(rf'{{"identity":{{"id":"8:acs:{GUID}_{GUID}"}}}}', answer.body.decode())


@pytest.mark.parametrize(
    ("version", "status"), [("2022-06-01", 201), ("2021-03-07", 201), ("2022-10-01", 400)]
)
def test_the_life_of_a_token_is_read_from_2022_10_01_on(
    app: RunningApp, version: str, status: int
) -> None:
    body = {"createTokenWithScopes": ["voip"], "expiresInMinutes": 1}
    assert Raw(app.http, app.manage_key, version).post("/identities", body).status == status


@pytest.mark.parametrize(
    ("version", "code"),
    [
        (None, "ApiVersionUnspecified"),
        ("2020-07-20-preview2", "UnsupportedApiVersion"),
        ("2025-03-13", "UnsupportedApiVersion"),
    ],
)
def test_other_versions_are_refused(app: RunningApp, version: str | None, code: str) -> None:
    answer = Raw(app.http, app.manage_key, version).post("/identities")
    assert (answer.status, answer.json()["error"]["code"]) == (400, code)
    assert answer.headers["api-supported-versions"] == SUPPORTED_IDENTITY_VERSIONS


def assert_validation_error(answer: Answer, message: str, target: str) -> None:
    error = {"code": "ValidationError", "message": message, "target": target}
    assert (answer.status, answer.json()) == (400, {"error": error})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["api-supported-versions"] == SUPPORTED_IDENTITY_VERSIONS


_SCOPE = "Must be one of: chat, voip, chat.join, chat.join.limited, voip.join."


@pytest.mark.parametrize(
    ("body", "message", "target"),
    [
        ({"scopes": None}, "Scopes: The Scopes field is required.", "Scopes"),
        ({"scopes": []}, "Scopes: The Scopes field is required.", "Scopes"),
        ({}, "Scopes: The Scopes field is required.", "Scopes"),
        (None, "Scopes: The Scopes field is required.", "Scopes"),
        ({"scopes": ["fly"]}, _SCOPE, "Scopes[0]"),
        ({"scopes": ["voip", "VOIP"]}, _SCOPE, "Scopes[1]"),
        ({"scopes": ["voip", 1]}, "Must be text.", "Scopes[1]"),
        ({"scopes": "voip"}, "Must be an array.", "Scopes"),
        ({"scopes": {}}, "Must be an array.", "Scopes"),
        ({"scopes": ["voip"], "expiresInMinutes": "60"}, "Must be a whole number.", None),
        ({"scopes": ["voip"], "expiresInMinutes": 60.5}, "Must be a whole number.", None),
        ({"scopes": ["voip"], "expiresInMinutes": True}, "Must be a whole number.", None),
        ([], "Must be an object.", ""),
    ],
)
def test_a_wrong_field_is_named(
    identity: Raw, body: object, message: str, target: str | None
) -> None:
    answer = identity.post(f"/identities/{new_user(identity)}/:issueAccessToken", body)
    assert_validation_error(answer, message, "ExpiresInMinutes" if target is None else target)


@pytest.mark.parametrize("id", ["x", "8:acs:x", raw_id(1)[:-1], raw_id(1) + "0", "8:orgid:1"])
def test_what_is_no_raw_id_is_named(identity: Raw, id: str) -> None:
    said = "Must be the raw id of an ACS user, like 8:acs:<guid>_<guid>."
    for answer in (
        identity.delete(f"/identities/{id}"),
        identity.post(f"/identities/{id}/:revokeAccessTokens"),
        identity.post(f"/identities/{id}/:issueAccessToken", {"scopes": ["voip"]}),
    ):
        assert_validation_error(answer, said, "Id")


def test_a_user_of_another_resource_is_unknown(identity: Raw) -> None:
    for answer in (
        identity.delete(f"/identities/{raw_id(1)}"),
        identity.post(f"/identities/{raw_id(1)}/:revokeAccessTokens"),
        identity.post(f"/identities/{raw_id(1)}/:issueAccessToken", {"scopes": ["voip"]}),
    ):
        assert (answer.status, answer.json()["error"]["code"]) == (404, "NotFound")


def test_a_raw_id_may_be_in_upper_case(identity: Raw) -> None:
    user = new_user(identity)
    loud = "8:acs:" + user.removeprefix("8:acs:").upper()
    answer = identity.post(f"/identities/{loud}/:issueAccessToken", {"scopes": ["voip"]})
    assert answer.status == 200
    assert f'"skypeid":"{user.removeprefix("8:")}"' in claims_in(answer.json()["token"])


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [("0f4a2b6e", "0f4a2b6e"), ("x" * 300, "x" * 256), ("ÿ", None), (" ", None), ("", None)],
)
def test_every_answer_has_the_clients_request_id(
    identity: Raw, sent: str, echoed: str | None
) -> None:
    headers = {"x-ms-client-request-id": sent}
    for answer in (
        identity.post("/identities", None, headers),
        identity.post(f"/identities/{raw_id(1)}/:revokeAccessTokens", None, headers),
        identity.delete(f"/identities/{new_user(identity)}", headers),
        identity.post("/teamsUser/:exchangeAccessToken", {}, headers),
    ):
        assert answer.headers.get("x-ms-client-request-id") == echoed


def test_a_204_has_neither_content_nor_type(identity: Raw) -> None:
    user = new_user(identity)
    for answer in (
        identity.post(f"/identities/{user}/:revokeAccessTokens"),
        identity.delete(f"/identities/{user}"),
    ):
        assert (answer.status, answer.body) == (204, b"")
        assert "content-type" not in answer.headers
        assert answer.headers["api-supported-versions"] == SUPPORTED_IDENTITY_VERSIONS


def test_each_operation_is_one_line_of_the_log_without_a_token(
    app: RunningApp, identity: Raw
) -> None:
    made = identity.post("/identities", {"createTokenWithScopes": ["voip"]}).json()
    user, token = made["identity"]["id"], made["accessToken"]["token"]
    issued = identity.post(f"/identities/{user}/:issueAccessToken", {"scopes": ["chat"]}).json()
    identity.post(f"/identities/{user}/:revokeAccessTokens")
    identity.delete(f"/identities/{user}")
    log = app.log()
    for line in (
        f"made {user} with a token",
        f"issued a token of {user}",
        f"revoked the tokens of {user}",
        f"deleted {user}",
    ):
        assert log.count(f"test {line}\n") == 1
    for each in (token, issued["token"]):
        assert each.rpartition(".")[2] not in log
    assert "PRIVATE KEY" not in log
