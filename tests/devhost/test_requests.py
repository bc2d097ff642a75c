"""What a function sees of a request, and what is refused before it."""

import json
import socket
from typing import Any

import pytest

from devhost.server import MAX_BODY
from testkit.devhost import Devhost


def seen(devhost: Devhost, target: str, *headers: str) -> Any:
    return devhost.get(target, *headers).json()


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("a=1&A=2&b=3", {"a": "1,2", "b": "3"}),
        ("a=2026-01-01T00:00:00+00:00", {"a": "2026-01-01T00:00:00 00:00"}),
        ("a=&b&c=%2F%2B&=x", {"c": "/+", "": "x"}),
        ("a=&a=1", {"a": "1"}),
        ("%61=%C3%A9%FF", {"a": "é%FF"}),
        ("a=1=2", {"a": "1=2"}),
    ],
)
def test_query_parameters_merge_and_empty_ones_are_dropped(
    devhost: Devhost, query: str, params: dict[str, str]
) -> None:
    assert seen(devhost, f"/echo/1/2?{query}")["params"] == params


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/echo/%3A%40%2C%3B%3D%7E/2", "/echo/:@,;=~/2"),
        ("/echo/a%2fb/a%252Fb", "/echo/a%2fb/a%2Fb"),
        ("/echo/%c3%a9/%20%22%25", "/echo/%C3%A9/%20%22%25"),
        ("/Echo/1/2/", "/Echo/1/2/"),
        ("/echo/1/2?a=%3a+b&&c", "/echo/1/2?a=%3a+b&&c"),
    ],
)
def test_the_url_has_the_path_encoded_anew_and_the_query_as_sent(
    devhost: Devhost, target: str, path: str
) -> None:
    assert seen(devhost, target)["url"] == f"http://localhost:81{path}"


def test_a_host_without_a_port_is_given_the_one_that_was_called(devhost: Devhost) -> None:
    reply = devhost.send(b"GET /echo/1/2 HTTP/1.1\r\nHost: localhost\r\n\r\n").json()
    assert (reply["url"], reply["headers"]["host"]) == (
        f"http://localhost:{devhost.port}/echo/1/2",
        "localhost",
    )


def test_the_host_ignores_x_forwarded_host(devhost: Devhost) -> None:
    assert (
        seen(devhost, "/echo/1/2", "X-Forwarded-Host: other", "X-Forwarded-Proto: https")["url"]
        == "http://localhost:81/echo/1/2"
    )


def test_header_names_are_lower_case_and_duplicates_are_joined(devhost: Devhost) -> None:
    headers = seen(devhost, "/echo/1/2", "X-Some: a", "x-some: b", "X-Other: é")["headers"]
    assert headers == {"host": "localhost:81", "x-some": "a,b", "x-other": "é"}


def test_a_body_arrives_as_it_is(devhost: Devhost) -> None:
    body = bytes(range(256))
    reply = devhost.request("POST", "/echo/1/2", "Content-Encoding: gzip", body=body)
    assert reply.json()["body"].encode("latin-1") == body


def test_a_body_in_chunks_arrives_empty(devhost: Devhost) -> None:
    head = "POST /echo/1/2 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    reply = devhost.send(f"{head}2\r\n{{}}\r\n0\r\n\r\n".encode())
    assert (reply.json()["body"], reply.json()["headers"]["transfer-encoding"]) == ("", "chunked")


def test_a_body_of_a_method_that_needs_none_arrives(devhost: Devhost) -> None:
    assert devhost.request("DELETE", "/echo/1/2", body=b"x").json()["body"] == "x"


def test_an_announced_body_above_the_limit_is_413(devhost: Devhost) -> None:
    request = (
        f"POST /echo/1/2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n"
    )
    assert devhost.send(request.encode()).status == 413


@pytest.mark.parametrize(("length", "status"), [(8192, 200), (8193, 414)])
def test_a_request_line_above_8_kib_is_414(devhost: Devhost, length: int, status: int) -> None:
    target = "/echo/1/2?a=".ljust(length - len("GET  HTTP/1.1\r\n"), "x")
    assert devhost.get(target).status == status


@pytest.mark.parametrize(("length", "status"), [(32_000, 200), (33_000, 431)])
def test_headers_above_32_kib_are_431(devhost: Devhost, length: int, status: int) -> None:
    assert devhost.get("/echo/1/2", "X-Some: ".ljust(length, "x")).status == status


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /echo/1/2 HTTP/1.1\r\n\r\n",
        b"GET /echo/1/2 HTTP/1.1\r\nHost: localhost\r\nX: \xff\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
    ],
)
def test_what_is_not_http_is_400_and_no_concern_of_the_log(devhost: Devhost, sent: bytes) -> None:
    before = len(devhost.printed())
    assert devhost.send(sent).status == 400
    assert "Traceback" not in devhost.printed()[before:]


def test_a_client_that_leaves_in_the_middle_is_no_concern_of_the_log(devhost: Devhost) -> None:
    before = len(devhost.printed())
    with (
        socket.create_connection(("127.0.0.1", devhost.port), 10) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(
            b"POST /echo/1/2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf"
        )
        connection.shutdown(socket.SHUT_WR)
        answer.read()
    assert "devhost ERROR" not in devhost.printed()[before:]


def test_a_client_that_expects_it_is_told_to_continue(devhost: Devhost) -> None:
    with (
        socket.create_connection(("127.0.0.1", devhost.port), 10) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(
            b"POST /echo/1/2 HTTP/1.1\r\n"
            b"Host: localhost\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"
        )
        assert [answer.readline(), answer.readline()] == [b"HTTP/1.1 100 Continue\r\n", b"\r\n"]
        connection.sendall(b"x")
        assert answer.readline() == b"HTTP/1.1 200 OK\r\n"


def test_an_unhandled_exception_is_an_empty_500_and_logged(devhost: Devhost) -> None:
    reply = devhost.get("/fails")
    assert (reply.status, reply.body) == (500, b"")
    assert "ValueError: as the test wants" in devhost.printed()
    assert "fails 500" in devhost.printed()


def test_204_has_neither_type_nor_length(devhost: Devhost) -> None:
    reply = devhost.get("/no-content")
    assert reply.status == 204
    assert not {"content-type", "content-length", "transfer-encoding"} & set(reply.headers)


@pytest.mark.parametrize(
    ("how", "type_", "transfer", "length"),
    [
        ("not", None, "chunked", None),
        ("plain", "text/plain; charset=utf-8", "chunked", None),
        ("sized", "text/plain; charset=utf-8", None, "5"),
    ],
)
def test_an_answer_has_the_headers_that_it_was_given(
    devhost: Devhost, how: str, type_: str | None, transfer: str | None, length: str | None
) -> None:
    headers = devhost.get(f"/typed/{how}").headers
    assert [
        headers.get(name) for name in ("content-type", "transfer-encoding", "content-length")
    ] == [type_, transfer, length]


def test_a_header_value_that_http_has_not_is_500(devhost: Devhost) -> None:
    assert devhost.get("/typed/unprintable").status == 500


def test_each_cookie_has_its_header(devhost: Devhost) -> None:
    assert devhost.get("/cookies").headers["set-cookie"] == "a=1, b=2"


def test_settings_come_from_the_sample_and_the_environment_wins(devhost: Devhost) -> None:
    names = devhost.get("/settings?names=FROM_SAMPLE,OVERRIDDEN").body
    assert json.loads(names) == {"FROM_SAMPLE": "sample", "OVERRIDDEN": "environment"}
