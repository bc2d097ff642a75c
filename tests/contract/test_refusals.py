"""Requests that are not signed, or not rightly: refused as ACS refuses them, and nothing is
changed."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formatdate

import pytest

from testkit.identifiers import raw_id
from testkit.raw import JSON, SUPPORTED, Headers, Raw, encoded, family_a, signed
from testkit.raw_http import Answer
from testkit.running import RunningApp, new_key
from tests.contract.pairs import paired
from tests.effort import thorough

DENIED = family_a("Denied", "Denied by the resource provider.")


def is_denied(answer: Answer) -> bool:
    return (answer.status, answer.json(), answer.headers["x-ms-error-code"]) == (
        401,
        DENIED,
        "Denied",
    )


def date_in(**delta: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**delta), usegmt=True)


type Change = tuple[str, str, object]

CHANGES = ["create", "update", "participants", "delete"]


def by_turns(name: str, values: Sequence[object]) -> pytest.MarkDecorator:
    """Each value with one change after the other: what is refused is refused before anything is
    known of what would be changed."""
    return paired("change", CHANGES, name, values, indirect=["change"])


def with_change(name: str) -> pytest.MarkDecorator:
    """One change, and all of them if THOROUGH=1."""
    others = [change for change in CHANGES if change != name]
    return pytest.mark.parametrize("change", [name, *thorough(*others)], indirect=True)


@pytest.fixture(scope="module")
def room_id(raw: Raw) -> str:
    room_id: str = raw.new_room({"participants": {raw_id(1): {"role": "Presenter"}}})["id"]
    return room_id


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest, room_id: str) -> Change:
    """Method, path and body of a request that would change something."""
    changes: dict[str, Change] = {
        "create": ("POST", "/rooms", {}),
        "update": ("PATCH", f"/rooms/{room_id}", {"pstnDialOutEnabled": True}),
        "participants": (
            "PATCH",
            f"/rooms/{room_id}/participants",
            {"participants": {raw_id(1): None}},
        ),
        "delete": ("DELETE", f"/rooms/{room_id}", None),
    }
    return changes[request.param]


def seen_of(raw: Raw, change: Change, room_id: str) -> object:
    """What would show the change: the newest rooms, or the room and its roster."""
    if change[0] == "POST":
        return raw.newest_ids()
    return raw.get(f"/rooms/{room_id}").json(), raw.roster(room_id)


@pytest.fixture
def refused(raw: Raw, change: Change, room_id: str) -> Callable[[Headers], None]:
    """Sends the change with other headers of authentication and asserts that it was refused and
    changed nothing."""

    def refused(headers: Headers) -> None:
        before = seen_of(raw, change, room_id)
        answer = raw.send(*change, headers)
        assert is_denied(answer), answer
        assert seen_of(raw, change, room_id) == before

    return refused


def signature_of(
    raw: Raw, change: Change, key: str | None = None, date: str | None = None
) -> dict[str, str]:
    method, path, body = change
    return signed(key or raw.key, method, raw.target(path), raw.host, encoded(body), date)


def test_a_rightly_signed_request_is_let_in(raw: Raw) -> None:
    assert raw.post("/rooms", {}).status == 201


def test_a_refusal_looks_like_that_of_acs(raw: Raw) -> None:
    answer = raw.get("/rooms", {"Authorization": "nonsense"})
    assert is_denied(answer)
    assert answer.headers["content-type"] == JSON
    assert answer.headers["api-supported-versions"] == SUPPORTED
    assert (
        answer.body == b'{"error":{"code":"Denied","message":"Denied by the resource provider."}}'
    )


def test_no_authorization(app: RunningApp) -> None:
    unsigned = Raw(app.http, app.manage_key)
    head = f"POST /rooms?api-version=2025-03-13 HTTP/1.1\r\nHost: {unsigned.host}\r\n"
    request = f"{head}Content-Type: application/json\r\n"
    before = unsigned.newest_ids()
    assert is_denied(unsigned.send_bytes(f"{request}Content-Length: 2\r\n\r\n{{}}".encode()))
    assert unsigned.newest_ids() == before


@by_turns("missing", ["Authorization", "x-ms-date", "x-ms-content-sha256"])
def test_an_empty_header_of_the_signature(refused: Callable[[Headers], None], missing: str) -> None:
    refused({missing: ""})


@by_turns(
    "scheme",
    [
        "Basic dGVzdDp0ZXN0",
        "Bearer",
        "Bearer a.b.c",
        "HMAC-SHA256",
        "HMAC-SHA256 Signature=",
        "HMAC-SHA256 &&=",
        "=;&=",
    ],
)
def test_another_or_a_broken_scheme(refused: Callable[[Headers], None], scheme: str) -> None:
    refused({"Authorization": scheme})


def test_a_wrong_key(refused: Callable[[Headers], None], raw: Raw, change: Change) -> None:
    refused(signature_of(raw, change, key=new_key()))


@with_change("update")
def test_an_empty_key(refused: Callable[[Headers], None], raw: Raw, change: Change) -> None:
    refused(signature_of(raw, change, key=" "))


def test_a_read_key(
    refused: Callable[[Headers], None], app: RunningApp, raw: Raw, change: Change
) -> None:
    refused(signature_of(raw, change, key=app.read_key))


def test_a_read_key_reads(app: RunningApp, room_id: str) -> None:
    reader = Raw(app.http, app.read_key)
    answers = [
        reader.get(path).status
        for path in ("/rooms", f"/rooms/{room_id}", f"/rooms/{room_id}/participants")
    ]
    assert answers == [200, 200, 200]


@by_turns("minutes", [-60 * 24 * 365, -6, 6, 60])
def test_a_stale_or_a_future_date(
    refused: Callable[[Headers], None], raw: Raw, change: Change, minutes: int
) -> None:
    refused(signature_of(raw, change, date=date_in(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_that_is_a_little_off_is_let_in(raw: Raw, minutes: int) -> None:
    assert (
        raw.get(
            "/rooms", signature_of(raw, ("GET", "/rooms", None), date=date_in(minutes=minutes))
        ).status
        == 200
    )


@by_turns(
    "date", ["yesterday", "2025-13-13T99:99:99Z", "0", "Thu, 01 Jan 99999 00:00:00 GMT", "\t"]
)
def test_a_date_that_is_none(
    refused: Callable[[Headers], None], raw: Raw, change: Change, date: str
) -> None:
    refused(signature_of(raw, change, date=date))


@with_change("participants")
def test_another_date_than_the_signed_one(refused: Callable[[Headers], None]) -> None:
    refused({"x-ms-date": date_in(seconds=2)})


@with_change("delete")
def test_another_method_than_the_signed_one(
    refused: Callable[[Headers], None], raw: Raw, change: Change
) -> None:
    _, path, body = change
    refused(signature_of(raw, ("PUT", path, body)))


@with_change("update")
def test_another_path_than_the_signed_one(
    refused: Callable[[Headers], None], raw: Raw, change: Change
) -> None:
    method, path, body = change
    refused(signature_of(raw, (method, path[:-1], body)))


@by_turns("query", ["?a=b", "?", ""])
def test_another_query_than_the_signed_one(
    refused: Callable[[Headers], None], raw: Raw, change: Change, query: str
) -> None:
    method, path, body = change
    refused(signed(raw.key, method, path + query, raw.host, encoded(body)))


@with_change("create")
def test_another_host_than_the_signed_one(
    refused: Callable[[Headers], None], raw: Raw, change: Change
) -> None:
    method, path, body = change
    refused(signed(raw.key, method, raw.target(path), "rooms.example.com", encoded(body)))


@with_change("update")
def test_another_body_than_the_signed_one(
    refused: Callable[[Headers], None], raw: Raw, change: Change
) -> None:
    method, path, _ = change
    refused(signature_of(raw, (method, path, b"{ }")))


@with_change("participants")
def test_a_body_hash_that_is_signed_but_not_that_of_the_body(
    refused: Callable[[Headers], None], raw: Raw, change: Change
) -> None:
    method, path, body = change
    other = signature_of(raw, (method, path, encoded(body) + b" "))
    refused({**signature_of(raw, change), "x-ms-content-sha256": other["x-ms-content-sha256"]})
    refused(other)


@with_change("delete")
def test_a_signature_of_something_else(refused: Callable[[Headers], None]) -> None:
    nothing = b64encode(bytes(32)).decode()
    refused(
        {
            "Authorization": "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256"
            f"&Signature={nothing}"
        }
    )


@with_change("create")
def test_signed_headers_that_leave_out_the_body(
    refused: Callable[[Headers], None], raw: Raw, change: Change
) -> None:
    method, path, _ = change
    date = formatdate(usegmt=True)
    text = f"{method}\n{raw.target(path)}\n{date};{raw.host}"
    signature = b64encode(hmac.digest(b64decode(raw.key), text.encode(), "sha256")).decode()
    refused(
        {
            "x-ms-date": date,
            "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature={signature}",
        }
    )


def test_date_serves_for_x_ms_date(app: RunningApp, raw: Raw) -> None:
    date = formatdate(usegmt=True)
    headers = signed(app.manage_key, "GET", raw.target("/rooms"), raw.host, b"", date)
    authorization = headers["Authorization"].replace("x-ms-date", "date")
    lines = [
        f"GET {raw.target('/rooms')} HTTP/1.1",
        f"Host: {raw.host}",
        f"date: {date}",
        f"x-ms-content-sha256: {headers['x-ms-content-sha256']}",
        f"Authorization: {authorization}",
    ]
    assert raw.send_bytes(("\r\n".join(lines) + "\r\n\r\n").encode()).status == 200
