"""Identities that ACS makes: the official client asks this service, and a second instance of it, or
a double, stands where ACS does."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from azure.communication.identity import CommunicationIdentityClient, CommunicationUserIdentifier
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from testkit.acs_double import AcsDouble, Reply
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_refused
from testkit.raw import Raw, family_a
from testkit.raw_http import Answer
from testkit.running import UNHANDLED, RunningApp, new_key, running_app
from tests.contract.pairs import paired

VERSION = "2023-10-01"
USER = raw_id(1)
ACS_KEY = new_key()
OPERATIONS: list[tuple[str, str, object]] = [
    ("POST", "/identities", {"createTokenWithScopes": ["voip"]}),
    ("POST", f"/identities/{USER}/:issueAccessToken", {"scopes": ["voip"]}),
    ("POST", f"/identities/{USER}/:revokeAccessTokens", None),
    ("DELETE", f"/identities/{USER}", None),
    ("POST", "/teamsUser/:exchangeAccessToken", {"token": "t", "appId": "a", "userId": "u"}),
]


@pytest.fixture(scope="module")
def acs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The instance that stands where ACS does."""
    with running_app(tmp_path_factory.mktemp("acs")) as app:
        yield app


@pytest.fixture(scope="module")
def double() -> Iterator[AcsDouble]:
    with AcsDouble() as double:
        yield double


@pytest.fixture(scope="module")
def apps(
    acs: RunningApp, double: AcsDouble, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, RunningApp]]:
    """Apps that forward: to that instance, and to the double."""
    resources = {
        "acs": f"endpoint={acs.http}/;accesskey={acs.manage_key}",
        "double": f"endpoint={double.endpoint}/;accesskey={ACS_KEY}",
    }
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(forwarding_app(tmp_path_factory, resource))
            for name, resource in resources.items()
        }


@contextmanager
def forwarding_app(tmp_path_factory: pytest.TempPathFactory, resource: str) -> Iterator[RunningApp]:
    settings = {"ROOMS_ACS_CONNECTION_STRING": resource}
    with running_app(tmp_path_factory.mktemp("forwarding"), settings) as app:
        yield app
        assert UNHANDLED.findall(app.log()) == []
        assert ACS_KEY not in app.log()


@pytest.fixture(scope="module")
def with_wrong_key(
    acs: RunningApp, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """An app that forwards to that instance, with a key that it does not have."""
    resource = f"endpoint={acs.http}/;accesskey={ACS_KEY}"
    with forwarding_app(tmp_path_factory, resource) as app:
        yield app


@pytest.fixture
def forwarding(apps: dict[str, RunningApp], double: AcsDouble) -> Raw:
    """Requests to the app that forwards to the double."""
    double.received.clear()
    double.reply = Reply()
    return Raw(apps["double"].http, apps["double"].manage_key, VERSION)


def client_of(app: RunningApp) -> CommunicationIdentityClient:
    return CommunicationIdentityClient(app.http, AzureKeyCredential(app.manage_key), retry_total=0)


def test_users_and_tokens_are_those_of_acs(acs: RunningApp, apps: dict[str, RunningApp]) -> None:
    client = client_of(apps["acs"])
    of_acs = client_of(acs).create_user().properties["id"]
    user, token = client.create_user_and_token(["voip"])
    assert user.properties["id"].partition("_")[0] == of_acs.partition("_")[0]

    def valid(token: str) -> bool:
        answer = Insight(acs, acs.manage_key).send(
            "POST", "/identities/:checkAccessToken", {"token": token}
        )
        return bool(answer.json()["valid"])

    assert valid(token.token)
    second = client.get_token(user, ["chat"])
    assert valid(second.token)
    client.revoke_tokens(user)
    assert not valid(token.token)
    client.delete_user(user)
    with pytest.raises(ResourceNotFoundError):
        client.get_token(user, ["voip"])
    room = Raw(apps["acs"].http, apps["acs"].manage_key).new_room(
        {"participants": {user.properties["id"]: {"role": "Presenter"}}}
    )
    assert room["id"]


def test_faults_are_those_of_acs(apps: dict[str, RunningApp]) -> None:
    client = client_of(apps["acs"])
    with pytest.raises(HttpResponseError, match="Scopes: The Scopes field is required."):
        client.get_token(CommunicationUserIdentifier(USER), None)
    with pytest.raises(HttpResponseError, match="only ACS|Only ACS") as error:
        client.get_token_for_teams_user("t", "a", "u")
    assert error.value.status_code == 501
    old = Raw(apps["acs"].http, apps["acs"].manage_key, "1999-01-01").post("/identities")
    assert old.json()["error"]["code"] == "UnsupportedApiVersion"


def test_what_is_only_of_tokens_made_here_says_so(apps: dict[str, RunningApp]) -> None:
    app = apps["acs"]
    answer = Insight(app, app.manage_key).send(
        "POST", "/identities/:checkAccessToken", {"token": "x"}
    )
    assert "ACS makes the tokens" in assert_refused(answer, 409, "TokensAreOfAcs")
    assert app.devhost.get("/.well-known/jwks.json").json() == {"keys": []}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation[1])
def test_a_request_does_not_go_round(
    forwarding: Raw, double: AcsDouble, operation: tuple[str, str, object]
) -> None:
    forwarding.send(*operation)
    (sent,) = double.received
    answer = forwarding.send(*operation, {"x-anteroom-sent-on": sent.headers["x-anteroom-sent-on"]})
    assert (answer.status, answer.json()["error"]["code"]) == (502, "BadGateway")
    assert "is an Anteroom that sends requests on" in answer.json()["error"]["message"]
    assert len(double.received) == 1


def test_a_caller_needs_a_key_of_this_service(acs: RunningApp, apps: dict[str, RunningApp]) -> None:
    for key in (acs.manage_key, apps["acs"].read_key, new_key()):
        for operation in OPERATIONS:
            assert Raw(apps["acs"].http, key, VERSION).send(*operation).status == 401


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation[1])
def test_that_acs_refuses_us_is_not_the_callers_fault(
    apps: dict[str, RunningApp],
    forwarding: Raw,
    double: AcsDouble,
    operation: tuple[str, str, object],
) -> None:
    denied = family_a("Denied", "Denied by the resource provider.")
    headers = {"Content-Type": "application/json", "x-ms-error-code": "Denied"}
    double.reply = Reply(401, json.dumps(denied).encode(), headers)
    assert_is_not_the_callers_fault(apps["double"], operation)


@pytest.mark.thorough
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation[1])
def test_that_an_instance_refuses_us_is_not_the_callers_fault(
    with_wrong_key: RunningApp, operation: tuple[str, str, object]
) -> None:
    assert_is_not_the_callers_fault(with_wrong_key, operation)


def assert_is_not_the_callers_fault(app: RunningApp, operation: tuple[str, str, object]) -> None:
    before = app.log().count("refuses the key of this service")
    answer = Raw(app.http, app.manage_key, VERSION).send(*operation)
    assert (answer.status, answer.json()["error"]["code"]) == (502, "BadGateway")
    assert "ACS refuses the credentials of this service" in answer.json()["error"]["message"]
    assert app.log().count("refuses the key of this service") == before + 1


def seen(answer: Answer) -> dict[str, str]:
    """The headers that are ACS's."""
    names = (
        "content-type",
        "api-supported-versions",
        "retry-after",
        "x-ms-error-code",
        "x-ms-client-request-id",
    )
    return {name: answer.headers[name] for name in names if name in answer.headers}


@paired(
    "operation",
    {operation[1]: (operation,) for operation in OPERATIONS},
    "status",
    [400, 403, 404, 429, 500, 503],
)
def test_an_answer_of_acs_comes_back_as_it_is(
    forwarding: Raw, double: AcsDouble, status: int, operation: tuple[str, str, object]
) -> None:
    headers = {
        "Content-Type": "application/json",
        "api-supported-versions": "1999-01-01",
        "Retry-After": "17",
        "x-ms-error-code": "Odd",
        "x-ms-client-request-id": "from acs",
        "Set-Cookie": "a=b",
        "Server": "elsewhere",
    }
    double.reply = Reply(status, b'{"odd": "\xc3\xa9"}', headers)
    answer = forwarding.send(*operation)
    assert (answer.status, answer.body) == (status, b'{"odd": "\xc3\xa9"}')
    assert seen(answer) == {
        "content-type": "application/json",
        "api-supported-versions": "1999-01-01",
        "retry-after": "17",
        "x-ms-error-code": "Odd",
        "x-ms-client-request-id": "from acs",
    }
    assert "set-cookie" not in answer.headers
    assert len(double.received) == 1


def test_a_204_of_acs_has_no_content(forwarding: Raw, double: AcsDouble) -> None:
    double.reply = Reply(204, b"", {"x-ms-client-request-id": "7"})
    answer = forwarding.delete(f"/identities/{USER}")
    assert (answer.status, answer.body, seen(answer)) == (204, b"", {"x-ms-client-request-id": "7"})


@pytest.mark.parametrize("body", [b"", b"[", b"[" * 100_000, b"null", b"\xff"])
def test_an_odd_success_of_acs_comes_back_too(
    forwarding: Raw, double: AcsDouble, body: bytes
) -> None:
    double.reply = Reply(201, body)
    answer = forwarding.post("/identities")
    assert (answer.status, answer.body) == (201, body)


def test_a_bad_token_of_a_teams_user_is_the_callers_fault(
    forwarding: Raw, double: AcsDouble
) -> None:
    error = family_a("InvalidAccessToken", "Provided access token is not valid.")
    double.reply = Reply(401, json.dumps(error).encode(), {"Content-Type": "application/json"})
    answer = forwarding.send(*OPERATIONS[-1])
    assert (answer.status, answer.json()) == (401, error)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation[1])
def test_no_answer_is_503_and_when_to_try_again(
    forwarding: Raw, double: AcsDouble, operation: tuple[str, str, object]
) -> None:
    double.reply = Reply(cut=True)
    answer = forwarding.send(*operation, {"x-ms-client-request-id": "7"})
    assert (answer.status, answer.json()["error"]["code"]) == (503, "ServiceUnavailable")
    assert "ACS does not answer" in answer.json()["error"]["message"]
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["x-ms-client-request-id"] == "7"


def test_a_redirect_is_not_followed(forwarding: Raw, double: AcsDouble) -> None:
    double.reply = Reply(302, b"", {"Location": "/elsewhere"})
    answer = forwarding.post("/identities")
    assert (answer.status, answer.json()["error"]["code"]) == (502, "BadGateway")
    assert len(double.received) == 1


def test_only_what_acs_needs_goes_on(forwarding: Raw, double: AcsDouble) -> None:
    headers = {"Cookie": "a=b", "X-Odd": "1", "x-ms-client-request-id": "7"}
    forwarding.send("POST", f"/identities/{USER}/:issueAccessToken?more=1", {"a": 1}, headers)
    (received,) = double.received
    quoted = USER.replace(":", "%3A")
    target = f"/identities/{quoted}/:issueAccessToken?api-version={VERSION}"
    assert (received.target, received.body) == (target, b'{"a": 1}')
    assert received.headers["x-ms-client-request-id"] == "7"
    assert not {"cookie", "x-odd"} & received.headers.keys()
    assert ACS_KEY not in str(received.headers)


@pytest.mark.parametrize(
    "odd",
    ["x", "8:", "8:acs:a%2Fb", "8:acs:a%3Fb", "8:acs:%20", "8:acs:%C3%A9", "8:" + "a" * 300, "..;"],
)
def test_an_odd_id_does_not_go_on(forwarding: Raw, double: AcsDouble, odd: str) -> None:
    for answer in (
        forwarding.delete(f"/identities/{odd}"),
        forwarding.post(f"/identities/{odd}/:revokeAccessTokens"),
    ):
        assert (answer.status, answer.json()["error"]["target"]) == (400, "Id")
    assert double.received == []


def test_ids_of_acs_of_another_kind_go_on(forwarding: Raw, double: AcsDouble) -> None:
    double.reply = Reply(204)
    guid = "5ab1e000-0000-4000-8000-000000000000"
    for user in (f"8:gcch-acs:{guid}_{guid}", f"8:acs:{guid}_wf_{guid}_{guid}"):
        assert forwarding.delete(f"/identities/{user}").status == 204


def test_a_body_that_is_no_json_does_not_go_on(forwarding: Raw, double: AcsDouble) -> None:
    answer = forwarding.post("/identities", b"<a/>", {"Content-Type": "text/xml"})
    assert answer.status == 415
    assert double.received == []


@pytest.mark.parametrize(
    ("version", "query"),
    [
        (None, ""),
        ("2099-01-01", "?api-version=2099-01-01"),
        ("%0d%0aA:%20b", "?api-version=%0D%0AA%3A+b"),
    ],
)
def test_which_versions_there_are_is_for_acs_to_say(
    apps: dict[str, RunningApp],
    forwarding: Raw,
    double: AcsDouble,
    version: str | None,
    query: str,
) -> None:
    app = apps["double"]
    assert Raw(app.http, app.manage_key, version).post("/identities").status == 200
    assert double.received[0].target == f"/identities{query}"


def test_the_log_has_each_operation_and_no_token(
    apps: dict[str, RunningApp], forwarding: Raw, double: AcsDouble
) -> None:
    token = {"token": "x.secret.y", "expiresOn": "2026-05-04T10:00:00+00:00"}
    made = {"identity": {"id": USER}, "accessToken": token}
    for operation, body in zip(OPERATIONS, (made, token, None, None, token), strict=True):
        content = b"" if body is None else json.dumps(body).encode()
        double.reply = Reply(204 if body is None else 200, content)
        forwarding.send(*operation)
    log = apps["double"].log()
    for said in (
        f"test made {USER} with a token, at ACS",
        f"test issued a token of {USER}, at ACS",
        f"test revoked the tokens of {USER}, at ACS",
        f"test deleted {USER}, at ACS",
        "test exchanged a token of a Teams user, at ACS",
    ):
        assert said in log
    assert "secret" not in log
