"""Requests that go on to ACS: what arrives there, and what becomes of its answers."""

import base64
import logging
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import azure.functions as func
import pytest
import pytest_asyncio

from rooms.acs.errors import AcsUnavailable, NoAnswerOfAcs
from rooms.acs.resource import Resource
from rooms.auth.authenticator import Authenticator
from rooms.auth.caller import Caller
from rooms.domain.limits import Limits
from rooms.settings import read_settings
from rooms.settings.acs import AcsResource
from testkit.acs_double import AcsDouble, Reply
from testkit.waiting import HANG_SECONDS

KEY = bytes(range(64))
TARGET = "/identities/8%3Aacs%3Ax/:issueAccessToken?api-version=2023-10-01"
BODY = b'{"scopes": ["voip"]}'
PATIENT, IMPATIENT = Limits(acs_seconds=HANG_SECONDS), Limits(acs_seconds=0.2)


@pytest.fixture
def acs() -> Iterator[AcsDouble]:
    with AcsDouble() as double:
        yield double


@pytest_asyncio.fixture
async def resource(acs: AcsDouble) -> AsyncIterator[Resource]:
    made = Resource(AcsResource(acs.endpoint, KEY, None), PATIENT)
    yield made
    await made.close()


async def test_a_request_arrives_as_it_was_and_signed_with_the_key(
    acs: AcsDouble, resource: Resource
) -> None:
    headers = {"Content-Type": "application/json", "x-ms-client-request-id": "7"}
    await resource.send("POST", TARGET, headers, BODY)
    (received,) = acs.received
    assert (received.method, received.target, received.body) == ("POST", TARGET, BODY)
    assert received.headers["host"] == acs.endpoint.removeprefix("http://")
    assert received.headers["content-type"] == "application/json"
    assert received.headers["x-ms-client-request-id"] == "7"
    request = func.HttpRequest(
        "POST", f"{acs.endpoint}{TARGET}", headers=received.headers, body=received.body
    )
    env = {"ROOMS_MANAGE_KEY__test": base64.b64encode(KEY).decode()}
    caller = await Authenticator(read_settings(env)).authenticate(request)
    assert caller == Caller("test", "manage")


async def test_what_has_no_body_has_no_type_either(acs: AcsDouble, resource: Resource) -> None:
    acs.reply = Reply(204)
    answer = await resource.send("DELETE", "/identities/x?api-version=y", {}, b"")
    assert (answer.status, answer.body) == (204, b"")
    assert "content-type" not in acs.received[0].headers


@pytest.mark.parametrize("status", [201, 400, 401, 404, 429, 500, 503])
async def test_an_answer_comes_back_as_it_is(
    acs: AcsDouble, resource: Resource, status: int
) -> None:
    acs.reply = Reply(status, b"\x00\xff", {"Retry-After": "7", "X-Odd": "a"})
    answer = await resource.send("POST", TARGET, {}, BODY)
    assert (answer.status, answer.body) == (status, b"\x00\xff")
    assert (answer.headers["retry-after"], answer.headers["x-odd"]) == ("7", "a")
    assert len(acs.received) == 1, "nothing is sent again"


async def test_no_redirect_is_followed(
    acs: AcsDouble, resource: Resource, caplog: pytest.LogCaptureFixture
) -> None:
    acs.reply = Reply(307, b"", {"Location": f"{acs.endpoint}/elsewhere"})
    with pytest.raises(NoAnswerOfAcs):
        await resource.send("POST", TARGET, {}, BODY)
    assert [received.target for received in acs.received] == [TARGET]
    assert caplog.messages == [f"ACS at {acs.endpoint}: a redirect (307)"]


async def test_a_cut_connection_is_no_answer(
    acs: AcsDouble, resource: Resource, caplog: pytest.LogCaptureFixture
) -> None:
    acs.reply = Reply(cut=True)
    with pytest.raises(AcsUnavailable):
        await resource.send("POST", TARGET, {}, BODY)
    (message,) = caplog.messages
    assert message.startswith(f"ACS at {acs.endpoint}: no answer: ServerDisconnectedError")
    acs.reply = Reply()
    assert (await resource.send("POST", TARGET, {}, BODY)).status == 200


async def test_an_answer_that_does_not_come_is_waited_for_a_while(acs: AcsDouble) -> None:
    resource = Resource(AcsResource(acs.endpoint, KEY, None), IMPATIENT)
    acs.reply = Reply(late=True)
    with pytest.raises(AcsUnavailable):
        await resource.send("POST", TARGET, {}, BODY)
    await resource.close()


async def test_nobody_listens() -> None:
    with AcsDouble() as gone:
        endpoint = gone.endpoint
    resource = Resource(AcsResource(endpoint, KEY, None), PATIENT)
    with pytest.raises(AcsUnavailable):
        await resource.send("POST", TARGET, {}, BODY)
    await resource.close()


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> Iterator[AcsDouble]:
    """The token service of an app in Azure."""
    with AcsDouble() as service:
        service.reply = Reply(200, b'{"access_token": "a token", "expires_on": "4000000000"}')
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{service.endpoint}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "any")
        yield service


@pytest.mark.parametrize("client_id", [None, "client"])
async def test_a_managed_identity_sends_its_token(
    acs: AcsDouble, tokens: AcsDouble, client_id: str | None
) -> None:
    resource = Resource(AcsResource(acs.endpoint, None, client_id), PATIENT)
    await resource.send("POST", TARGET, {}, BODY)
    await resource.close()
    assert acs.received[0].headers["authorization"] == "Bearer a token"
    assert "x-ms-date" not in acs.received[0].headers
    (asked,) = [parse_qs(urlsplit(received.target).query) for received in tokens.received]
    assert asked["resource"] == ["https://communication.azure.com"]
    assert asked.get("client_id") == (None if client_id is None else [client_id])


async def test_an_identity_without_a_token_asks_nobody(
    acs: AcsDouble, tokens: AcsDouble, caplog: pytest.LogCaptureFixture
) -> None:
    tokens.reply = Reply(400, b"no such identity")
    resource = Resource(AcsResource(acs.endpoint, None, "unknown"), PATIENT)
    with pytest.raises(AcsUnavailable):
        await resource.send("POST", TARGET, {}, BODY)
    await resource.close()
    assert acs.received == []
    assert "ROOMS_ACS__clientId): no such identity" in caplog.text


def test_the_log_says_that_acs_refuses_us_and_not_the_key(
    acs: AcsDouble, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        Resource(AcsResource(acs.endpoint, KEY, None)).refused()
        Resource(AcsResource(acs.endpoint, None, None)).refused()
    assert caplog.messages == [
        f"ACS at {acs.endpoint}: refuses the {what} of this service" for what in ("key", "identity")
    ]
