import base64
import logging
import subprocess
import sys

import azure.functions as func
import pytest

from rooms.auth.authenticator import Authenticator
from rooms.auth.caller import Caller
from rooms.auth.errors import Denied, TenantKeysUnavailable
from rooms.settings import read_settings
from tests.auth.conftest import Refusals
from tests.auth.requests import KEY, OTHER_KEY, ROOM, Clock, request, signed_headers

KEYS = {"ROOMS_MANAGE_KEY__server": base64.b64encode(KEY).decode()}
TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.e30.c2VjcmV0"


async def test_with_nothing_configured_everybody_is_refused_and_the_log_says_what_to_set(
    caplog: pytest.LogCaptureFixture,
) -> None:
    authenticator = Authenticator(read_settings({}), Clock())
    for headers in ({}, signed_headers(), {"authorization": f"Bearer {TOKEN}"}):
        with pytest.raises(Denied):
            await authenticator.authenticate(request(headers))
    assert [record.levelno for record in caplog.records] == [logging.ERROR, *[logging.WARNING] * 3]
    for record in caplog.records:
        assert "ROOMS_MANAGE_KEY__<name>" in record.getMessage()
        assert "ROOMS_ENTRA_TENANT" in record.getMessage()


async def test_a_token_where_only_keys_are_configured_is_refused(refusals: Refusals) -> None:
    with pytest.raises(Denied):
        await Authenticator(read_settings(KEYS), Clock()).authenticate(
            request({"authorization": f"Bearer {TOKEN}"})
        )
    assert "a bearer token, but ROOMS_ENTRA_TENANT is not set" in refusals.only()


async def test_a_signature_where_only_a_tenant_is_configured_is_refused(refusals: Refusals) -> None:
    tenant = {
        "ROOMS_ENTRA_TENANT": "5b6f2c5e-0c4c-4d8e-9a39-1c4f5d0b7a11",
        "ROOMS_ENTRA_READ": "somebody",
    }
    with pytest.raises(Denied):
        await Authenticator(read_settings(tenant), Clock()).authenticate(request(signed_headers()))
    assert "signed with a key, but neither ROOMS_MANAGE_KEY__<name>" in refusals.only()


async def test_who_is_let_in_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    await Authenticator(read_settings(KEYS), Clock()).authenticate(request(signed_headers()))
    assert not caplog.records


async def test_the_answer_to_a_refusal_does_not_say_why() -> None:
    with pytest.raises(Denied):
        await Authenticator(read_settings(KEYS), Clock()).authenticate(request({}))


SECRET = base64.b64encode(KEY).decode()
TWO_KEYS = KEYS | {"ROOMS_READ_KEY__dashboard": base64.b64encode(OTHER_KEY).decode()}


async def test_a_key_as_it_is_lets_in_where_that_is_allowed() -> None:
    authenticator = Authenticator(read_settings(TWO_KEYS), Clock())
    for key, caller in (
        (KEY, Caller("server", "manage")),
        (OTHER_KEY, Caller("dashboard", "read")),
    ):
        headers = {"x-api-key": base64.b64encode(key).decode()}
        assert await authenticator.authenticate(request(headers), allow_plain_key=True) == caller


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("https://rooms.example.net/live", {}),
        ("http://rooms.example.net/live", {"x-forwarded-proto": "https"}),
        ("http://localhost:7071/live", {}),
        ("http://LOCALHOST/live", {}),
        ("http://127.0.0.1:81/live", {}),
        ("http://[::1]:7071/live?a=b", {}),
        ("http://localhost:7071/live", {"x-forwarded-proto": "http"}),
    ],
)
async def test_a_key_as_it_is_lets_in_over_https_or_from_this_machine(
    url: str, headers: dict[str, str]
) -> None:
    req = func.HttpRequest("GET", url, headers={"x-api-key": SECRET, **headers}, body=b"")
    caller = await Authenticator(read_settings(KEYS), Clock()).authenticate(req, True)
    assert caller == Caller("server", "manage")


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://rooms.example.net/live", {}),
        ("HTTP://rooms.example.net/live", {}),
        ("http://rooms.example.net/https://localhost", {}),
        ("http://localhost.example.net/live", {}),
        ("http://127.0.0.1.example.net/live", {}),
        ("http://localhost@example.net/live", {}),
        ("http://10.0.0.1:7071/live", {}),
        ("http://rooms.example.net/live", {"host": "localhost"}),
        ("http://rooms.example.net/live", {"x-forwarded-host": "localhost"}),
        ("https://rooms.example.net/live", {"x-forwarded-proto": "http, https"}),
    ],
)
async def test_a_key_as_it_is_over_plain_http_is_refused(
    url: str, headers: dict[str, str], refusals: Refusals
) -> None:
    req = func.HttpRequest("GET", url, headers={"x-api-key": SECRET, **headers}, body=b"")
    with pytest.raises(Denied):
        await Authenticator(read_settings(KEYS), Clock()).authenticate(req, True)
    line = refusals.only()
    assert "x-api-key came over plain HTTP" in line
    assert SECRET not in line


async def test_a_signature_over_plain_http_lets_in() -> None:
    authenticator = Authenticator(read_settings(KEYS), Clock())
    headers = signed_headers(host="rooms.example.net") | {"host": "rooms.example.net"}
    req = func.HttpRequest("GET", f"http://rooms.example.net{ROOM}", headers=headers, body=b"")
    assert await authenticator.authenticate(req)


async def test_a_key_as_it_is_where_a_signature_is_asked_for_is_refused(refusals: Refusals) -> None:
    with pytest.raises(Denied):
        await Authenticator(read_settings(KEYS), Clock()).authenticate(
            request({"x-api-key": SECRET})
        )
    assert refusals.only().endswith("no Authorization header")


async def test_a_read_key_as_it_is_only_reads(refusals: Refusals) -> None:
    headers = {"x-api-key": base64.b64encode(OTHER_KEY).decode()}
    for method in ("POST", "PATCH", "DELETE", "PUT", "HEAD"):
        with pytest.raises(Denied):
            await Authenticator(read_settings(TWO_KEYS), Clock()).authenticate(
                request(headers, method), allow_plain_key=True
            )
        assert refusals.only().endswith("dashboard may only read (GET)")


WRONG_KEYS = [
    "",
    " ",
    "x",
    SECRET[:-4],
    SECRET + "AAAA",
    SECRET.lower(),
    f" {SECRET}",
    f"{SECRET}\n",
    SECRET.rstrip("="),
    KEY.hex(),
    "ÿ€",
]


@pytest.mark.parametrize("key", WRONG_KEYS, ids=range(len(WRONG_KEYS)))
async def test_a_key_that_is_none_is_refused_and_is_not_in_the_log(
    key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Denied) as denied:
        await Authenticator(read_settings(KEYS), Clock()).authenticate(
            request({"x-api-key": key}), allow_plain_key=True
        )
    assert "x-api-key" in caplog.text
    for secret in {key, SECRET} - {"", " ", "x"}:
        assert secret not in caplog.text + repr(denied.value)


async def test_what_the_authorization_says_counts_beside_a_key(refusals: Refusals) -> None:
    authenticator = Authenticator(read_settings(TWO_KEYS), Clock())
    other = {"x-api-key": base64.b64encode(OTHER_KEY).decode()}
    assert (
        await authenticator.authenticate(request(signed_headers() | other), allow_plain_key=True)
    ).name == "server"
    with pytest.raises(Denied):
        await authenticator.authenticate(
            request(signed_headers(key=bytes(64)) | {"x-api-key": SECRET}), allow_plain_key=True
        )
    assert "no key fits" in refusals.only()


async def test_a_key_where_only_a_tenant_is_configured_is_refused(refusals: Refusals) -> None:
    tenant = {
        "ROOMS_ENTRA_TENANT": "5b6f2c5e-0c4c-4d8e-9a39-1c4f5d0b7a11",
        "ROOMS_ENTRA_READ": "somebody",
    }
    with pytest.raises(Denied):
        await Authenticator(read_settings(tenant), Clock()).authenticate(
            request({"x-api-key": SECRET}), allow_plain_key=True
        )
    assert "no Authorization header" in refusals.only()


SECRET_HEADERS = [
    {"authorization": TOKEN},
    {"authorization": f"Bearer {TOKEN}"},
    {"authorization": base64.b64encode(KEY).decode()},
    {"authorization": f"HMAC-SHA256 {base64.b64encode(KEY).decode()}"},
    signed_headers(key=bytes(64)),
    signed_headers() | {"host": "elsewhere"},
]


@pytest.mark.parametrize("headers", SECRET_HEADERS)
async def test_no_secret_token_or_signature_is_in_the_log(
    headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tenant = {
        "ROOMS_ENTRA_TENANT": "5b6f2c5e-0c4c-4d8e-9a39-1c4f5d0b7a11",
        "ROOMS_ENTRA_READ": "somebody",
    }

    async def unreachable(url: str) -> object:
        raise OSError("no network")

    with pytest.raises((Denied, TenantKeysUnavailable)) as denied:
        await Authenticator(read_settings(KEYS | tenant), Clock(), unreachable).authenticate(
            request(headers)
        )
    sent = (
        headers["authorization"]
        .rpartition("Signature=")[2]
        .removeprefix("Bearer ")
        .removeprefix("HMAC-SHA256 ")
    )
    for text in (caplog.text, repr(denied.value)):
        for secret in (sent, base64.b64encode(KEY).decode(), repr(KEY), KEY.hex(), "c2VjcmV0"):
            assert secret not in text


async def test_a_line_of_the_log_is_one_short_line_whatever_the_path(refusals: Refusals) -> None:
    req = func.HttpRequest(
        "G\nET",
        "http://h/a\n\x1b[31m\x00é\ud800/" + "b" * 9000 + "?code=hidden",
        headers={},
        body=b"",
    )
    with pytest.raises(Denied):
        await Authenticator(read_settings(KEYS), Clock()).authenticate(req)
    line = refusals.only()
    assert line.startswith(r"refused G\nET /a\n\x1b[31m\x00\xe9\ud800/bbb")
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 300
    assert "hidden" not in line


def test_what_only_tokens_need_is_not_imported_before_one_comes() -> None:
    script = "import sys, rooms.auth; print({'jwt', 'aiohttp', 'cryptography'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
