"""What nobody should send: answered with a 4xx that says what is wrong, never with a 5xx, and
nothing is changed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import RunningApp
from tests.contract.pairs import paired
from tests.effort import THOROUGH

UNKNOWN_ROOM = "99400000000000000"
MEGABYTES_10 = 10 * 1024 * 1024


@pytest.fixture(scope="module")
def room_id(raw: Raw) -> str:
    """The room that the requests are aimed at."""
    room_id: str = raw.new_room({"participants": {raw_id(1): {"role": "Presenter"}}})["id"]
    return room_id


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(raw: Raw, room_id: str) -> Iterator[None]:
    """Asserts that all these tests leave the same rooms (a new one would be on the first page), and
    the room as it was."""

    def seen() -> object:
        return (
            raw.get("/rooms").json()["value"],
            raw.get(f"/rooms/{room_id}").json(),
            raw.roster(room_id),
        )

    before = seen()
    yield
    assert seen() == before


def assert_says_what_is_wrong(answer: Answer) -> None:
    """A 4xx with a well-formed error of family A or B."""
    assert 400 <= answer.status < 500, answer
    error: dict[str, Any] = answer.json()["error"]
    if "details" in error:
        assert answer.status == 400
        assert list(error) == ["code", "message", "details"]
        assert error["details"]
        for detail in error["details"]:
            assert list(detail) == ["code", "message", "target"]
            assert detail["code"] == "BadArgument"
            assert detail["message"]
            assert "\n" not in detail["message"]
        assert "x-ms-error-code" not in answer.headers
    else:
        assert list(error) == ["code", "message"]
        assert error["message"]
        assert answer.headers["x-ms-error-code"] == error["code"]


def paths(room_id: str) -> dict[str, tuple[str, str]]:
    return {
        "create": ("POST", "/rooms"),
        "update": ("PATCH", f"/rooms/{room_id}"),
        "participants": ("PATCH", f"/rooms/{room_id}/participants"),
    }


def nested(depth: int, value: str = "1") -> str:
    return "[" * depth + value + "]" * depth


def hostile_participants() -> dict[str, bytes]:
    """Bodies whose participants are wrong."""
    user = raw_id(1)
    values: dict[str, str] = {
        "10 MB identifier": f'{{"{"x" * MEGABYTES_10}":{{}}}}',
        "10 MB role": f'{{"{user}":{{"role":"{"x" * MEGABYTES_10}"}}}}',
        "long identifier": f'{{"8:acs:{"0" * 100_000}":{{}}}}',
        "deep": nested(100_000),
        "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
        "deep role": f'{{"{user}":{{"role":{nested(1000)}}}}}',
        "escaped NUL": '{"\\u0000":{}}',
        "escaped NUL in a role": f'{{"{user}":{{"role":"Attendee\\u0000"}}}}',
        "escaped NUL after an identifier": f'{{"{user}\\u0000":{{}}}}',
        "raw NUL": '{"\0":{}}',
        "lone high surrogate": '{"\\ud800":{}}',
        "lone low surrogate": '{"\\udc00":{}}',
        "surrogates in the wrong order": '{"\\udc00\\ud800":{}}',
        "surrogate in a role": f'{{"{user}":{{"role":"\\ud800"}}}}',
        "surrogate after an identifier": f'{{"{user}\\ud800":{{}}}}',
        "huge number": f"1{'0' * 100_000}",
        "huge exponent": "1e999999999",
        "tiny exponent": "1e-999999999",
        "negative zero": "-0.0",
        "NaN": "NaN",
        "infinity": "-Infinity",
        "number as participant": f'{{"{user}":{"9" * 5000}}}',
        "number as role": f'{{"{user}":{{"role":1e400}}}}',
        "boolean as role": f'{{"{user}":{{"role":true}}}}',
        "list as participant": f'{{"{user}":[]}}',
        "string as participant": f'{{"{user}":"Presenter"}}',
        "line break in an identifier": '{"8:acs:\\r\\nSet-Cookie: a=b":{}}',
        "key of a table": '{"../../rooms":{},"a/b\\\\c#d?e":{}}',
        "empty identifier": '{"":{}}',
        "emoji": '{"\\ud83d\\ude00":{}}',
        "too many": json.dumps({raw_id(n): {"role": "Attendee"} for n in range(60_000)}),
    }
    bodies = {name: f'{{"participants":{value}}}'.encode() for name, value in values.items()}
    return bodies | {
        "invalid UTF-8 identifier": b'{"participants":{"\xff\xfe":{}}}',
        "surrogate in UTF-8": b'{"participants":{"\xed\xa0\x80":{}}}',
        "overlong UTF-8": b'{"participants":{"\xc0\x80":{}}}',
        "cut UTF-8": b'{"participants":{"\xf0\x9f',
        "UTF-16": '{"participants":{}}'.encode("utf-16"),
        "UTF-32": '{"participants":{}}'.encode("utf-32"),
    }


def hostile_times() -> dict[str, bytes]:
    """Bodies whose times are wrong."""
    values: dict[str, str] = {
        "10 MB": f'"{"2" * MEGABYTES_10}"',
        "many fraction digits": f'"2030-01-01T00:00:00.{"1" * 100_000}Z"',
        "deep": nested(100_000),
        "NUL": '"2030-01-01T00:00:00Z\\u0000"',
        "surrogate": '"\\ud800"',
        "huge number": "9" * 100_000,
        "huge exponent": "1e999999999",
        "NaN": "NaN",
        "infinity": "Infinity",
        "far away": '"9999-12-31T23:59:59.9999999Z"',
        "beyond": '"10000-01-01T00:00:00Z"',
        "over the end by the offset": '"9999-12-31T23:59:59-01:00"',
        "before the beginning by the offset": '"0001-01-01T00:00:00+01:00"',
        "year 0": '"0000-01-01T00:00:00Z"',
        "leap second": '"2030-06-30T23:59:60Z"',
        "negative": '"-2030-01-01T00:00:00Z"',
        "other digits": '"\\u0662\\u0660\\u0663\\u0660-01-01T00:00:00Z"',
        "boolean": "true",
        "object": '{"$date":"2030-01-01T00:00:00Z"}',
        "list": "[1,2,3]",
    }
    bodies = {
        name: f'{{"validFrom":{value},"validUntil":{value}}}'.encode()
        for name, value in values.items()
    }
    return bodies | {"invalid UTF-8": b'{"validFrom":"2030-01-01T00:00:00Z\xff"}'}


@paired("operation", ["create", "participants"], "body", hostile_participants())
def test_participants(raw: Raw, room_id: str, operation: str, body: bytes) -> None:
    assert_says_what_is_wrong(raw.send(*paths(room_id)[operation], body))


@paired("operation", ["create", "update"], "body", hostile_times())
def test_times(raw: Raw, room_id: str, operation: str, body: bytes) -> None:
    assert_says_what_is_wrong(raw.send(*paths(room_id)[operation], body))


NO_BOOLEANS = {
    "text": '"true"',
    "one": "1",
    "zero": "0",
    "huge exponent": "1e400",
    "huge number": "9" * 5000,
    "NaN": "NaN",
    "list": "[]",
    "object": "{}",
    "NUL": '"\\u0000"',
    "surrogate": '"\\ud800"',
    "deep": nested(100_000),
}


@paired("operation", ["create", "update"], "value", NO_BOOLEANS)
def test_pstn_dial_out(raw: Raw, room_id: str, operation: str, value: str) -> None:
    assert_says_what_is_wrong(
        raw.send(*paths(room_id)[operation], f'{{"pstnDialOutEnabled":{value}}}')
    )


LARGE_AND_DEEP = {
    "deep": nested(1_000_000),
    "deep objects": '{"a":' * 1_000_000,
    "10 MB text": '"' + "x" * MEGABYTES_10 + '"',
    "10 MB of blanks": " " * MEGABYTES_10 + "{}",
}


@paired("operation", ["create", "update", "participants"], "body", LARGE_AND_DEEP)
def test_large_and_deep_bodies(raw: Raw, room_id: str, operation: str, body: str) -> None:
    assert_says_what_is_wrong(raw.send(*paths(room_id)[operation], body))


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["Presenter", raw_id(1)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    st.sampled_from(["validFrom", "validUntil", "pstnDialOutEnabled", "participants", "id", "role"])
    | st.text()
)
PARTICIPANTS = st.dictionaries(
    st.text() | st.sampled_from([raw_id(1), "8:acs:x", "4:+14255550123"]),
    JSON_VALUES | st.fixed_dictionaries({"role": JSON_VALUES}),
    max_size=4,
)
BODIES = (
    JSON_VALUES
    | st.dictionaries(NAMES, JSON_VALUES, max_size=5)
    | st.fixed_dictionaries({"participants": PARTICIPANTS})
)
generated = settings(
    max_examples=100 if THOROUGH else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@generated
@given(body=BODIES)
def test_generated_bodies_of_create(raw: Raw, body: object) -> None:
    answer = raw.post("/rooms", json.dumps(body))
    if answer.status == 201:
        assert raw.delete(f"/rooms/{answer.json()['id']}").status == 204
    else:
        assert_says_what_is_wrong(answer)


@generated
@given(
    body=BODIES,
    path=st.sampled_from([f"/rooms/{UNKNOWN_ROOM}", f"/rooms/{UNKNOWN_ROOM}/participants"]),
)
def test_generated_bodies_of_changes(raw: Raw, body: object, path: str) -> None:
    assert_says_what_is_wrong(raw.patch(path, json.dumps(body)))


@generated
@given(
    body=st.binary(min_size=1, max_size=200),
    path=st.sampled_from(list(paths(UNKNOWN_ROOM).values())),
)
def test_generated_bytes(raw: Raw, body: bytes, path: tuple[str, str]) -> None:
    answer = raw.send(*path, body)
    if answer.status == 201:
        raw.delete(f"/rooms/{answer.json()['id']}")
    else:
        assert_says_what_is_wrong(answer)


@generated
@given(name=st.text(max_size=30))
def test_generated_ids(raw: Raw, name: str) -> None:
    quoted = "".join(f"%{byte:02X}" for byte in f"x{name}".encode())
    answer = raw.get(f"/rooms/{quoted}")
    assert 400 <= answer.status < 500, answer


ABSURD_IDS = {
    "NUL": "%00",
    "NUL inside": "9940000000%00000000",
    "slash": "a%2Fb",
    "slash twice encoded": "a%252Fb",
    "backslash": "a%5Cb",
    "parent encoded": "%2e%2e",
    "parents": "..%2F..%2Fadmin",
    "line break": "%0D%0ASet-Cookie:%20a=b",
    "invalid UTF-8": "%ff%fe",
    "surrogate": "%ED%A0%80",
    "broken percent": "%zz",
    "lone percent": "100%",
    "quote": "'%20or%20''%20eq%20'",
    "range of the table": f"{UNKNOWN_ROOM}:room",
    "other digits": "%D9%A1" * 17,
    "wide digits": "%EF%BC%91" * 17,
    "space": f"{UNKNOWN_ROOM[:-1]}%20",
    "plus": f"+{UNKNOWN_ROOM[1:]}",
    "semicolon": "a;b=c",
    "star": "*",
    "2,000 characters": "9" * 2000,
    "20,000 characters": "9" * 20_000,
}


@paired("method", ["GET", "PATCH", "DELETE"], "absurd", ABSURD_IDS)
def test_absurd_ids(raw: Raw, method: str, absurd: str) -> None:
    body = {"pstnDialOutEnabled": True} if method == "PATCH" else None
    for path in (f"/rooms/{absurd}", f"/rooms/{absurd}/participants"):
        answer = raw.send(method, path, body)
        # "%2e%2e" is gone before the app is asked: what is left is the home page.
        assert 400 <= answer.status < 500 or (method, absurd) == ("GET", "%2e%2e"), answer
        if answer.headers.get("content-type", "").startswith("application/json"):
            assert_says_what_is_wrong(answer)


@paired(
    "method",
    ["PATCH", "DELETE"],
    "path",
    ["/rooms/../rooms/..", "/..", "//rooms", "/rooms//participants", "/rooms/.", "/%2e%2e/rooms/x"],
)
def test_absurd_paths(raw: Raw, method: str, path: str) -> None:
    answer = raw.send(method, path, {} if method == "PATCH" else None)
    assert 400 <= answer.status < 500, answer


@pytest.mark.parametrize(
    "query",
    [
        "api-version=2025-03-13&api-version=2025-03-13",
        "api-version=%00",
        "api-version=%ff",
        "api-version=2025-03-13%0d%0aSet-Cookie:a=b",
        "api-version=" + "9" * 5000,
        "%ff=%ff&%00",
        "nextLink=" + "A" * 5000 + "&api-version=2025-03-13",
        "nextLink=%ED%A0%80&api-version=2025-03-13",
        "nextLink=%00&api-version=2025-03-13",
        "nextLink=a&nextLink=b&api-version=2025-03-13",
        "nextLink=aW5kZXg6&api-version=2025-03-13",
        "nextLink=aW5kZXg6fn5-fn46fn5-&api-version=2025-03-13",
    ],
)
def test_absurd_queries(app: RunningApp, query: str) -> None:
    assert_says_what_is_wrong(Raw(app.http, app.manage_key, version=None).get(f"/rooms?{query}"))


@pytest.mark.parametrize(
    "query", ["&&&&", "&=", "&a" * 2000, "&%61=%zz", "&nextLink=", "&a[]=1&a[0]=2"]
)
def test_queries_that_are_odd_but_harmless(app: RunningApp, query: str) -> None:
    client = Raw(app.http, app.manage_key, version=None)
    assert client.get(f"/rooms?api-version=2025-03-13{query}").status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Repeatability-Request-ID", "x" * 5000),
        ("Repeatability-First-Sent", "9" * 5000),
        ("Repeatability-First-Sent", "Thu, 01 Jan 99999999999999999999 00:00:00 GMT"),
        ("Repeatability-First-Sent", "Thu, 01 Jan 2026 00:00:00 +99999999999999999999"),
        ("Repeatability-First-Sent", "Thu, 99 Jan 2026 99:99:99 GMT"),
        ("Content-Type", "application/" + "x" * 5000),
        ("Content-Type", 'application/json; charset=utf-16; charset=\\"' + "x" * 100),
        ("Authorization", "HMAC-SHA256 " + "SignedHeaders=a&" * 500),
        (
            "Authorization",
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=ÿÿÿÿ",
        ),
        ("Authorization", "Bearer " + "e30." * 1000),
        ("x-ms-date", "9" * 5000),
        ("x-ms-date", "Thu, 01 Jan 99999999999999999999 00:00:00 GMT"),
        ("x-ms-date", "Thu, 01 Jan 2026 00:00:00 +99999999999999999999"),
        ("x-ms-date", "Thu, 01 Jan 0001 00:00:00 +2359"),
        ("x-ms-content-sha256", "ÿ"),
    ],
)
def test_absurd_headers(raw: Raw, name: str, value: str) -> None:
    repeatability = {
        "Repeatability-Request-ID": "a",
        "Repeatability-First-Sent": "Thu, 01 Jan 2026 00:00:00 GMT",
    }
    body = {"validFrom": "no time"} if name == "Content-Type" else {}
    assert_says_what_is_wrong(raw.post("/rooms", body, {**repeatability, name: value}))


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ms-client-request-id": "x" * 10_000},
        {"x-ms-client-request-id": "ÿ / \\ # ? ' \t é 😀"},
        {
            "Repeatability-Request-ID": "../?#\\'%00 ÿ😀",
            "Repeatability-First-Sent": "Thu, 01 Jan 2026 00:00:00 GMT",
        },
        {"Accept": "text/html", "Accept-Language": "x" * 5000, "User-Agent": ""},
    ],
)
def test_headers_that_are_odd_but_harmless(raw: Raw, headers: dict[str, str]) -> None:
    answer = raw.post("/rooms", {}, headers)
    assert answer.status == 201
    assert raw.delete(f"/rooms/{answer.json()['id']}", headers).status == 204


@pytest.mark.parametrize("method", ["PUT", "POST", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "DELET"])
def test_methods_that_no_operation_has(raw: Raw, room_id: str, method: str) -> None:
    answer = raw.send(method, f"/rooms/{room_id}", None)
    assert 400 <= answer.status < 500, answer


NO_HTTP = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32),
    "no request line": b"\x00\x01\x02\r\n\r\n",
    "HTTP 9": b"GET /rooms HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "negative length": b"POST /rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    "length that is not a number": b"POST /rooms HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: many\r\n\r\n",
    "two lengths": b"POST /rooms HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "header line without a colon": b"GET /rooms HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n",
    "long request line": b"GET /rooms?" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "long headers": b"GET /rooms HTTP/1.1\r\nHost: localhost\r\nX-Long: "
    + b"a" * 70_000
    + b"\r\n\r\n",
    "raw bytes in the path": b"GET /rooms/\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_hardly_http(raw: Raw, request_bytes: bytes) -> None:
    assert 400 <= raw.send_bytes(request_bytes).status < 500
