"""What pages of other sites cannot do to devhost, with DNS rebinding too."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from devhost.browsers import Guard
from devhost.cors import parse
from devhost.message import Answer, Request
from testkit.devhost import Devhost, running_devhost
from testkit.raw_http import exchange
from tests.devhost.apps import APP

PAGE = "http://localhost:3000"
"""The page of a developer, which Host.CORS allows."""
FOREIGN = "https://evil.example"
WEBHOOK = "/runtime/webhooks/EventGrid"


def status(
    method: str,
    path: str = "/rooms",
    headers: Mapping[str, str] | None = None,
    host: str = "localhost:7071",
    cors: str = PAGE,
) -> int:
    """Returns the status of a request to a handler that answers 200."""

    async def handler(_: Request) -> Answer:
        return Answer(200)

    async def body() -> bytes:
        return b""

    guarded = Guard({"anteroom"}, parse({"CORS": cors})).around(handler)
    request = Request(method, "http", host, path, "", dict(headers or {}), body)

    async def asked() -> int:
        return (await guarded(request)).status

    return asyncio.run(asked())


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "anteroom"])
def test_a_host_is_a_name_of_this_machine(host: str) -> None:
    assert status("POST", host=f"{host}:7071") == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "localhost,evil", "a@[::1]"],
)
@pytest.mark.parametrize("path", ["/rooms", "/devhost/meeting", "/admin/functions/f", WEBHOOK, "/"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_another_host_is_refused_everywhere(method: str, path: str, host: str) -> None:
    assert status(method, path, host=f"{host}:7071") == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "ODD"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": FOREIGN},
        {"origin": "null"},
        {"origin": "http://localhost:7072"},
        {"origin": "https://localhost:7071"},
        {"origin": FOREIGN, "sec-fetch-site": "cross-site"},
        {"origin": f"{PAGE},{FOREIGN}"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_foreign_page_changes_nothing(method: str, headers: Mapping[str, str]) -> None:
    assert status(method, headers=headers) == 403
    assert status(method, WEBHOOK, headers) == 403
    assert status("GET", headers=headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:7071", "sec-fetch-site": "same-origin"},
        {"origin": PAGE, "sec-fetch-site": "same-site"},
        {"origin": PAGE, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin"},
    ],
)
def test_programs_the_own_page_and_those_of_host_cors_change_what_they_want(
    headers: Mapping[str, str],
) -> None:
    assert status("POST", headers=headers) == 200


def test_the_default_port_is_not_in_an_origin() -> None:
    assert status("POST", headers={"origin": "http://localhost"}, host="localhost:80") == 200


@pytest.mark.parametrize("cors", [PAGE, "*"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/admin/functions/f", "/devhost/meeting", "/Admin/functions/f"])
def test_paths_of_the_host_are_for_its_own_page_whatever_host_cors_says(
    path: str, method: str, cors: str
) -> None:
    assert status(method, path, {"origin": PAGE}, cors=cors) == 403
    assert status(method, path, {"origin": "http://localhost:7071"}, cors=cors) == 200


def test_any_origin_may_call_the_app_where_host_cors_is_a_star() -> None:
    assert status("POST", headers={"origin": FOREIGN}, cors="*") == 200


@pytest.mark.parametrize(
    "target", [f"{WEBHOOK}?functionName=Receive", "/admin/functions/Receive", "/echo/1/2"]
)
def test_a_plain_text_of_a_foreign_page_forges_no_event(devhost: Devhost, target: str) -> None:
    devhost.request("DELETE", "/received")
    forged = devhost.request(
        "POST",
        target,
        f"Origin: {FOREIGN}",
        "Content-Type: text/plain",
        "aeg-event-type: Notification",
        body=b'{"input": "{}"}',
    )
    assert forged.status == 403
    assert forged.body.decode().startswith("Origin: 'https://evil.example' may ")
    assert devhost.get("/received").json()["received"] == []


def test_a_page_that_rebinds_its_name_starts_no_meeting(devhost: Devhost) -> None:
    lines = [
        "POST /devhost/meeting HTTP/1.1",
        "Host: evil.example:7071",
        "Content-Length: 2",
        "",
        "",
    ]
    answer = devhost.send("\r\n".join(lines).encode() + b"{}")
    assert answer.status == 403
    assert "is not a name of this machine. Use localhost." in answer.body.decode()


def test_a_container_has_the_name_that_is_allowed(tmp_path: Path) -> None:
    with running_devhost(APP, tmp_path, options=["--allow-host", "Anteroom"]) as devhost:
        for name, expected in (("anteroom", 200), ("another", 403)):
            request = f"GET /echo/1/2 HTTP/1.1\r\nHost: {name}:7071\r\n\r\n"
            assert exchange("127.0.0.1", devhost.port, request.encode()).status == expected
