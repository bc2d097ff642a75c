"""Every answer tells caches, browsers and clients how to keep it safe."""

import azure.functions as func
import pytest

from rooms.api.responses import json_answer
from rooms.api.routing import Routes, register
from rooms.app import App

YEAR = "max-age=31536000"

routes = Routes()


@routes.extension("GET", "secret")
async def get_secret(_: object) -> func.HttpResponse:
    return json_answer(200, {})


@routes.public("GET", "public")
async def get_public(app: App, http: func.HttpRequest) -> func.HttpResponse:
    return json_answer(200, {}, {"Cache-Control": "max-age=300"})


async def headers_of(name: str, url: str, **headers: str) -> dict[str, str]:
    function_app = func.FunctionApp()
    register(function_app, App({}), routes.all)
    (function,) = [f for f in function_app.get_functions() if f.get_function_name() == name]
    request = func.HttpRequest("GET", url, headers=headers, body=b"")
    answer = await function.get_user_function()(request)
    return {name.lower(): value for name, value in answer.headers.items()}


async def test_an_answer_is_not_stored_and_its_type_is_not_guessed() -> None:
    headers = await headers_of("get_secret", "https://rooms.example.net/secret")
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


async def test_what_says_itself_how_long_it_may_be_kept_keeps_that() -> None:
    headers = await headers_of("get_public", "https://rooms.example.net/public")
    assert headers["cache-control"] == "max-age=300"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("https://rooms.example.net/secret", {}),
        ("https://rooms.example.net:8443/secret", {}),
        ("http://rooms.example.net/secret", {"x-forwarded-proto": "https"}),
        ("http://rooms.example.net/secret", {"x-forwarded-proto": "HTTPS, http"}),
        ("https://localhost.example.net/secret", {}),
    ],
)
async def test_a_client_of_https_is_told_to_stay_there(url: str, headers: dict[str, str]) -> None:
    for name in ("get_secret", "get_public"):
        assert (await headers_of(name, url, **headers))["strict-transport-security"] == YEAR


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://rooms.example.net/secret", {}),
        ("https://rooms.example.net/secret", {"x-forwarded-proto": "http"}),
        ("https://localhost:7072/secret", {}),
        ("https://127.0.0.1:7072/secret", {}),
        ("https://[::1]:7072/secret", {}),
        ("http://localhost:7071/secret", {"x-forwarded-proto": "https"}),
    ],
)
async def test_a_client_of_http_or_of_this_machine_is_not(
    url: str, headers: dict[str, str]
) -> None:
    assert "strict-transport-security" not in await headers_of("get_secret", url, **headers)
