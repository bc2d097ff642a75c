"""Tokens of the app's identity, from a token service over HTTP, as Azure has it."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from azure.core.exceptions import ClientAuthenticationError
from azure.identity.aio import DefaultAzureCredential

from rooms import managed_identity
from rooms.managed_identity import ManagedIdentity, identity
from testkit.serving import application, serve
from testkit.waiting import HANG_SECONDS

STORAGE = "https://storage.azure.com/.default"
ACS = "https://communication.azure.com/.default"
HEADER = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"
NOW = 1_800_000_000
DAY = 86_400


@dataclass
class Service:
    """A token service. It answers with `first` in turn, and then with tokens."""

    environment: dict[str, str] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    first: list[web.Response | None] = field(default_factory=list)
    """None: the connection is cut."""
    expires_on: int = NOW + DAY
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    time: float = NOW

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        self.is_asked.set()
        await self.may_answer.wait()
        if self.first:
            failing = self.first.pop(0)
            if failing is None:
                assert request.transport
                request.transport.abort()
            return failing or web.Response()
        return web.json_response(
            {
                "access_token": f"token {len(self.asked)}",
                "expires_on": str(self.expires_on),
                "resource": request.query["resource"],
                "token_type": "Bearer",
            }
        )

    def identity(self, client_id: str | None = None) -> ManagedIdentity:
        return ManagedIdentity(
            "ROOMS_STORAGE__clientId", client_id, self.environment, lambda: self.time
        )


@pytest.fixture
async def service(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    monkeypatch.setattr(managed_identity, "FIRST_DELAY", 0.001)
    monkeypatch.setattr(managed_identity, "TRY_SECONDS", HANG_SECONDS)
    made = Service()
    made.may_answer.set()
    runner, port = await serve(application(made.answer))
    made.environment |= {
        "IDENTITY_ENDPOINT": f"http://127.0.0.1:{port}/msi/token",
        "IDENTITY_HEADER": HEADER,
    }
    yield made
    await runner.cleanup()


@pytest.mark.parametrize("client_id", [None, "5E29463D-71DA-4FE0-8E69-999B57DB23B0"])
async def test_it_asks_as_the_documentation_says(service: Service, client_id: str | None) -> None:
    token = await service.identity(client_id).get_token(STORAGE)
    assert (token.token, token.expires_on) == ("token 1", NOW + DAY)
    (request,) = service.asked
    assert (request.method, request.path) == ("GET", "/msi/token")
    assert request.headers["X-IDENTITY-HEADER"] == HEADER
    assert dict(request.query) == {
        "api-version": "2019-08-01",
        "resource": "https://storage.azure.com",
    } | ({} if client_id is None else {"client_id": client_id})


async def test_it_asks_once_for_all_who_wait(service: Service) -> None:
    service.may_answer.clear()
    tokens = service.identity()
    waiting = [asyncio.create_task(tokens.get_token(STORAGE)) for _ in range(20)]
    await asyncio.sleep(0)
    service.may_answer.set()
    assert {(await each).token for each in waiting} == {"token 1"}
    assert len(service.asked) == 1


async def test_who_gives_up_takes_it_from_no_other(service: Service) -> None:
    service.may_answer.clear()
    tokens = service.identity()
    gone, waiting = (asyncio.create_task(tokens.get_token(STORAGE)) for _ in range(2))
    await service.is_asked.wait()
    gone.cancel()
    service.may_answer.set()
    assert (await waiting).token == "token 1"


async def test_each_resource_has_a_token_of_its_own(service: Service) -> None:
    tokens = service.identity()
    assert [(await tokens.get_token(scope)).token for scope in (STORAGE, ACS, STORAGE)] == [
        "token 1",
        "token 2",
        "token 1",
    ]


async def test_a_token_is_kept_until_minutes_before_it_expires(service: Service) -> None:
    tokens = service.identity()
    for service.time in (NOW, NOW + DAY - 300):
        assert (await tokens.get_token(STORAGE)).token == "token 1"
    assert len(service.asked) == 1


async def test_nobody_waits_for_a_renewal(service: Service) -> None:
    tokens = service.identity()
    await tokens.get_token(STORAGE)
    service.may_answer.clear()
    service.time = NOW + DAY - 299
    assert (await tokens.get_token(STORAGE)).token == "token 1"
    service.may_answer.set()
    await tokens.close()
    assert (await tokens.get_token(STORAGE)).token == "token 2"


async def test_it_does_not_go_on_asking_a_service_that_gives_the_same_token(
    service: Service,
) -> None:
    tokens = service.identity()
    service.expires_on = NOW + 200
    for service.time in (NOW, NOW + 1, NOW + 30, NOW + 31, NOW + 60, NOW + 62):
        await tokens.get_token(STORAGE)
        await tokens.close()
    assert len(service.asked) == 3


async def test_a_renewal_that_fails_leaves_the_token_that_is_good(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = service.identity()
    await tokens.get_token(STORAGE)
    service.first = [web.Response(status=400, text="no such identity")]
    service.time = NOW + DAY - 100
    await tokens.get_token(STORAGE)
    await tokens.close()
    assert (await tokens.get_token(STORAGE)).token == "token 1"
    (warned,) = caplog.messages
    assert "): no such identity" in warned


async def test_a_token_that_has_expired_is_not_used(service: Service) -> None:
    tokens = service.identity()
    await tokens.get_token(STORAGE)
    service.first = [web.Response(status=400)]
    service.time = NOW + DAY
    with pytest.raises(ClientAuthenticationError):
        await tokens.get_token(STORAGE)
    assert (await tokens.get_token(STORAGE)).token == "token 3"


@pytest.mark.parametrize("status", [408, 429, 500, 503, None])
async def test_it_asks_again_if_the_service_is_not_well(
    service: Service, status: int | None
) -> None:
    service.first = [None if status is None else web.Response(status=status) for _ in range(3)]
    assert (await service.identity().get_token(STORAGE)).token == "token 4"


async def test_it_does_not_ask_for_ever(service: Service) -> None:
    service.first = [web.Response(status=500, text="try later") for _ in range(5)]
    with pytest.raises(ClientAuthenticationError) as failed:
        await service.identity().get_token(STORAGE)
    assert failed.value.message == (
        "ROOMS_STORAGE: no token: the token service answers 500 (check the identity of the app, "
        "and ROOMS_STORAGE__clientId): try later."
    )
    assert len(service.asked) == 4


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404])
async def test_it_takes_a_refusal_for_one(service: Service, status: int) -> None:
    elsewhere = {"Location": service.environment["IDENTITY_ENDPOINT"]}
    service.first = [web.Response(status=status, text="No identity\n found", headers=elsewhere)]
    with pytest.raises(
        ClientAuthenticationError, match=rf"answers {status} .*: No identity\\n found\."
    ):
        await service.identity().get_token(STORAGE)
    assert len(service.asked) == 1


async def test_it_says_that_nobody_answers(service: Service) -> None:
    service.first = [None] * 8  # aiohttp asks once more by itself
    with pytest.raises(ClientAuthenticationError, match="answers nothing .*Disconnected"):
        await service.identity().get_token(STORAGE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        '["secret"]',
        '{"access_token": "secret"}',
        '{"access_token": "secret", "expires_on": "secret"}',
        '{"access_token": "secret", "expires_on": null}',
        '{"access_token": "secret", "expires_on": 1e999}',
        '{"access_token": {"secret": 1}, "expires_on": 1900000000}',
        '{"access_token": "", "expires_on": 1900000000}',
    ],
)
async def test_an_answer_without_a_token_is_not_shown(service: Service, text: str) -> None:
    service.first = [web.Response(text=text)]
    with pytest.raises(ClientAuthenticationError) as failed:
        await service.identity().get_token(STORAGE)
    assert failed.value.message == (
        "ROOMS_STORAGE: no token: the token service answers without access_token and expires_on."
    )
    assert "secret" not in repr(failed.value.__cause__)


async def test_the_log_has_neither_token_nor_header(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.first = [None, web.Response(status=500)]
    await service.identity().get_token(STORAGE)
    assert "token 3" not in caplog.text
    assert HEADER not in caplog.text


async def test_no_proxy_is_told_the_header(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await service.identity().get_token(STORAGE)).token == "token 1"


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({}, "IDENTITY_ENDPOINT"),
        ({"IDENTITY_ENDPOINT": "http://127.0.0.1:1"}, "IDENTITY_HEADER"),
    ],
)
async def test_what_azure_has_not_set_is_named_with_what_to_do(
    environment: Mapping[str, str], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity.aio", None)  # as if it were not installed
    with pytest.raises(ClientAuthenticationError) as failed:
        await identity("ROOMS_ACS__clientId", None, environment).get_token(ACS)
    assert failed.value.message == (
        f"ROOMS_ACS: no token: {missing} is not set. Give the app an identity: az functionapp "
        "identity assign. On a laptop, install azure-identity, and run az login."
    )


async def test_on_a_laptop_it_is_that_of_azure_identity_if_there_is_one() -> None:
    found = identity("ROOMS_STORAGE__clientId", None, {})
    assert isinstance(found, DefaultAzureCredential)
    await found.close()


async def test_in_azure_azure_identity_is_left_aside(service: Service) -> None:
    assert isinstance(
        identity("ROOMS_STORAGE__clientId", None, service.environment), ManagedIdentity
    )
