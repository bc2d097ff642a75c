"""CORS, as Core Tools has it: Host.CORS and Host.CORSCredentials of local.settings.json."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from devhost.cors import parse
from devhost.errors import CannotStart
from devhost.message import Answer, Request
from devhost.settings import read_cors
from testkit.devhost import Devhost

PAGE = "http://localhost:3000"
SETTINGS = {"CORS": f"{PAGE},https://other.example"}


def answer(
    settings: Mapping[str, object],
    method: str,
    headers: Mapping[str, str],
    own: Mapping[str, str] | None = None,
) -> Answer:
    """Returns the answer to a request. The handler behind CORS answers 200 with its own headers."""
    cors = parse(settings)
    assert cors is not None

    async def handler(_: Request) -> Answer:
        return Answer(200, dict(own or {}))

    async def body() -> bytes:
        return b""

    async def asked() -> Answer:
        request = Request(method, "http", "localhost:7071", "/rooms", "", dict(headers), body)
        return await cors.around(handler)(request)

    return asyncio.run(asked())


def preflight(
    settings: Mapping[str, object], origin: str = PAGE, headers: str = "x-ms-date,authorization"
) -> Answer:
    return answer(
        settings,
        "OPTIONS",
        {
            "origin": origin,
            "access-control-request-method": "PATCH",
            "access-control-request-headers": headers,
        },
    )


def test_a_preflight_allows_the_method_and_the_headers_that_it_asks_for() -> None:
    assert preflight(SETTINGS) == Answer(
        204,
        {
            "Access-Control-Allow-Origin": PAGE,
            "Vary": "Origin",
            "Access-Control-Allow-Headers": "x-ms-date,authorization",
            "Access-Control-Allow-Methods": "PATCH",
        },
    )


@pytest.mark.parametrize(("asked", "allowed"), [(" a ,, b", "a,b"), ("", None), ("é, a b", None)])
def test_a_preflight_allows_names_of_headers_only(asked: str, allowed: str | None) -> None:
    assert preflight(SETTINGS, headers=asked).headers.get("Access-Control-Allow-Headers") == allowed


@pytest.mark.parametrize(
    "origin", ["http://localhost:3001", "https://localhost:3000", f"{PAGE}/", PAGE.upper(), "null"]
)
def test_another_origin_gets_no_headers(origin: str) -> None:
    assert preflight(SETTINGS, origin) == Answer(204)
    assert answer(SETTINGS, "GET", {"origin": origin}) == Answer(200)


def test_an_answer_says_which_origin_may_read_it() -> None:
    assert answer(SETTINGS, "GET", {"origin": PAGE}).headers == {
        "Access-Control-Allow-Origin": PAGE,
        "Vary": "Origin",
    }


def test_one_origin_alone_does_not_vary() -> None:
    assert answer({"CORS": PAGE}, "GET", {"origin": PAGE}).headers == {
        "Access-Control-Allow-Origin": PAGE
    }


def test_any_origin() -> None:
    assert answer({"CORS": "*"}, "GET", {"origin": "null"}).headers == {
        "Access-Control-Allow-Origin": "*"
    }


@pytest.mark.parametrize("credentials", [True, "True"])
def test_credentials(credentials: object) -> None:
    settings = {"CORS": PAGE, "CORSCredentials": credentials}
    assert answer(settings, "GET", {"origin": PAGE}).headers == {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Credentials": "true",
    }


def test_a_request_without_origin_and_a_plain_options_go_to_the_app() -> None:
    assert answer(SETTINGS, "GET", {}) == Answer(200)
    assert answer(SETTINGS, "OPTIONS", {"access-control-request-method": "GET"}) == Answer(200)
    assert answer(SETTINGS, "OPTIONS", {"origin": PAGE}).status == 200


def test_headers_of_the_app_are_replaced_and_vary_is_continued() -> None:
    own = {"access-control-allow-origin": "*", "vary": "Accept-Encoding", "X-Own": "1"}
    assert answer(SETTINGS, "GET", {"origin": PAGE}, own).headers == {
        "X-Own": "1",
        "Access-Control-Allow-Origin": PAGE,
        "Vary": "Accept-Encoding, Origin",
    }


@pytest.mark.parametrize("settings", [{}, {"CORS": ""}, {"CORS": None}, {"CORSCredentials": True}])
def test_without_origins_there_is_no_cors(settings: Mapping[str, object]) -> None:
    assert parse(settings) is None


def test_names_of_settings_and_origins_ignore_case() -> None:
    assert parse({"cors": "HTTP://LOCALHOST:3000,,"}) == parse({"CORS": PAGE})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"CORS": [PAGE]}, "Host.CORS must be one text"),
        ({"CORS": PAGE, "CORSCredentials": "yes"}, "Host.CORSCredentials must be true or false."),
        ({"CORS": f"{PAGE},*"}, "Remove the others, or remove *."),
        ({"CORS": "*", "CORSCredentials": True}, "Name the origins in Host.CORS"),
        *(
            ({"CORS": origin}, "is not an origin. Write its scheme, host and port")
            for origin in (
                f"{PAGE}/",
                f"{PAGE}/page",
                f"{PAGE}, https://other.example",
                "localhost:3000",
                "https://*.example.com",
                "https://bücher.example",
            )
        ),
    ],
)
def test_a_wrong_setting_is_told(tmp_path: Path, settings: object, said: str) -> None:
    (tmp_path / "local.settings.json").write_text(json.dumps({"Host": settings}))
    with pytest.raises(CannotStart, match="local.settings.json: Host.CORS") as told:
        read_cors(tmp_path)
    assert said in str(told.value)


def test_a_section_that_is_no_object_is_told(tmp_path: Path) -> None:
    (tmp_path / "local.settings.json").write_text('{"Host": "*"}')
    with pytest.raises(CannotStart, match="Host must be an object of settings"):
        read_cors(tmp_path)


def test_the_sample_allows_the_usual_development_servers() -> None:
    sample = json.loads((PROJECT / "local.settings.sample.json").read_text())
    cors = parse(sample["Host"])
    assert cors is not None
    assert {f"http://localhost:{port}" for port in (1234, 3000, 4200, 5173, 8080)} <= set(
        cors.origins
    )
    assert not cors.credentials


@pytest.mark.parametrize("target", ["/echo/1/2", "/nowhere"])
def test_a_running_host_answers_preflights_before_everything_else(
    devhost: Devhost, target: str
) -> None:
    reply = devhost.request(
        "OPTIONS",
        target,
        f"Origin: {PAGE}",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: content-type",
    )
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == PAGE
    assert reply.headers["access-control-allow-headers"] == "content-type"
    assert reply.headers["access-control-allow-methods"] == "POST"


@pytest.mark.parametrize(
    ("target", "status"), [("/echo/1/2", 200), ("/nowhere", 404), ("/fails", 500)]
)
def test_answers_and_refusals_have_the_headers(devhost: Devhost, target: str, status: int) -> None:
    reply = devhost.get(target, f"Origin: {PAGE}")
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (status, PAGE)
    assert "access-control-allow-origin" not in devhost.get(target).headers


def test_options_of_a_webhook_are_for_the_webhook(devhost: Devhost) -> None:
    target = "/runtime/webhooks/EventGrid?functionName=Receive"
    reply = devhost.request("OPTIONS", target, "WebHook-Request-Origin: eventgrid.azure.net")
    assert (reply.status, reply.headers["webhook-allowed-origin"]) == (200, "eventgrid.azure.net")
