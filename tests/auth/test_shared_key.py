import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

import azure.functions as func
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.auth.authenticator import Authenticator
from rooms.auth.caller import Caller
from rooms.auth.errors import Denied
from rooms.settings import read_settings
from tests.auth.conftest import Refusals
from tests.auth.requests import (
    HOST,
    KEY,
    NOW,
    OTHER_KEY,
    ROOM,
    Clock,
    content_hash,
    http_date,
    request,
    signature,
    signed_headers,
)

ENV = {
    "ROOMS_MANAGE_KEY__server": base64.b64encode(KEY).decode(),
    "ROOMS_READ_KEY__dashboard": base64.b64encode(OTHER_KEY).decode(),
}
SDK_REQUESTS = [
    json.loads(line)
    for line in (Path(__file__).parent / "sdk_requests.jsonl").read_text().splitlines()
]
"""What the SDKs sent with KEY for ids plain and odd, and `url` as the host then shows it to a
function."""


def authenticator(now: datetime = NOW, **env: str) -> Authenticator:
    return Authenticator(read_settings(ENV | env), Clock(now))


@pytest.mark.parametrize(
    "sent",
    SDK_REQUESTS,
    ids=lambda s: f"{s['sdk']} {s['method']} {s['headers']['host']}{s['sent']}",
)
async def test_what_the_sdks_sign_is_accepted(sent: dict[str, Any]) -> None:
    now = datetime.strptime(sent["headers"]["x-ms-date"], "%a, %d %b %Y %H:%M:%S GMT").replace(
        tzinfo=UTC
    )
    req = func.HttpRequest(
        sent["method"], sent["url"], headers=sent["headers"], body=sent["body"].encode()
    )
    assert await authenticator(now).authenticate(req) == Caller("server", "manage")


async def test_the_date_header_may_be_signed_instead() -> None:
    assert await authenticator().authenticate(request(signed_headers(date_header="date")))


async def test_the_signed_date_counts_when_both_are_sent() -> None:
    assert await authenticator().authenticate(request({"date": "never", **signed_headers()}))


async def test_either_of_several_keys_lets_in_under_its_own_name() -> None:
    assert await authenticator().authenticate(request(signed_headers(key=OTHER_KEY))) == Caller(
        "dashboard", "read"
    )


@pytest.mark.parametrize("seconds", [-300, 0, 300])
async def test_a_clock_may_be_five_minutes_off(seconds: int) -> None:
    date = http_date(NOW + timedelta(seconds=seconds))
    assert await authenticator().authenticate(request(signed_headers(date=date)))


@pytest.mark.parametrize(
    ("seconds", "said"), [(-301, "301 s behind"), (301, "301 s ahead"), (-7200, "7200 s behind")]
)
async def test_a_clock_further_off_is_refused(seconds: int, said: str, refusals: Refusals) -> None:
    date = http_date(NOW + timedelta(seconds=seconds))
    with pytest.raises(Denied):
        await authenticator().authenticate(request(signed_headers(date=date)))
    assert said in refusals.only()


async def test_a_read_key_reads() -> None:
    caller = await authenticator().authenticate(request(signed_headers(key=OTHER_KEY)))
    assert caller.access == "read"


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
async def test_a_read_key_does_nothing_else(method: str, refusals: Refusals) -> None:
    with pytest.raises(Denied):
        await authenticator().authenticate(request(signed_headers(method, key=OTHER_KEY), method))
    assert (
        refusals.only()
        == f"refused {method} /rooms/99481234567890123: dashboard may only read (GET)"
    )


BODY = b'{"participants":{}}'
PATCH = signed_headers("PATCH", ROOM, BODY)


@pytest.mark.parametrize(
    ("req", "said"),
    [
        (request(PATCH, "POST", ROOM, BODY), "no key fits"),
        (request(PATCH, "PATCH", ROOM.replace("3?", "4?"), BODY), "no key fits"),
        (request(PATCH, "PATCH", ROOM + "&x=1", BODY), "no key fits"),
        (
            request(
                PATCH | {"x-ms-date": http_date(NOW + timedelta(seconds=1))}, "PATCH", ROOM, BODY
            ),
            "no key fits",
        ),
        (request(PATCH | {"host": "elsewhere"}, "PATCH", ROOM, BODY), "no key fits"),
        (
            request(PATCH | {"x-ms-content-sha256": content_hash(b"{}")}, "PATCH", ROOM, b"{}"),
            "no key fits",
        ),
        (
            request(signed_headers("PATCH", ROOM, BODY, key=bytes(64)), "PATCH", ROOM, BODY),
            "no key fits",
        ),
        (
            request(PATCH, "PATCH", ROOM, b"{}"),
            f"the body's hash is {content_hash(b'{}')}, not the signed '{content_hash(BODY)}'",
        ),
        (request(PATCH, "PATCH", ROOM), "the body's hash is"),
    ],
    ids=["method", "path", "query", "date", "host", "hash and body", "key", "body", "no body"],
)
async def test_a_tampered_request_is_refused(
    req: func.HttpRequest, said: str, refusals: Refusals
) -> None:
    with pytest.raises(Denied):
        await authenticator().authenticate(req)
    assert said in refusals.only()


async def test_the_log_shows_what_should_have_been_signed(refusals: Refusals) -> None:
    with pytest.raises(Denied):
        await authenticator().authenticate(request(signed_headers(key=bytes(64))))
    assert refusals.only() == (
        "refused GET /rooms/99481234567890123: no key fits: the signature should be that of "
        rf"'GET\n/rooms/99481234567890123?api-version=...\nMon, 05 Jan 2026 09:07:03 GMT;{HOST};"
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    )


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "no Authorization header"),
        ({"authorization": "Basic dTpw"}, "neither HMAC-SHA256 nor Bearer"),
        ({"authorization": "HMAC-SHA256"}, "malformed Authorization header"),
        (
            {
                "authorization": "HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature="
                + "A" * 43
                + "="
            },
            "malformed",
        ),
        (signed_headers() | {"authorization": signed_headers()["authorization"][:-1]}, "malformed"),
        (
            signed_headers() | {"authorization": signed_headers()["authorization"] + "\n"},
            "malformed",
        ),
        (
            signed_headers()
            | {"authorization": signed_headers()["authorization"].replace("-date", "-Date")},
            "malformed",
        ),
        (signed_headers() | {"x-ms-date": ""}, "no x-ms-date header"),
        (
            signed_headers() | {"x-ms-date": "2026-01-05T09:07:03Z"},
            "x-ms-date is not an HTTP date: '2026-01-05T09:07:03Z'",
        ),
        (signed_headers() | {"x-ms-content-sha256": ""}, "no x-ms-content-sha256 header"),
        (signed_headers() | {"host": ""}, "no host header"),
    ],
)
async def test_what_is_missing_or_malformed_is_named(
    headers: dict[str, str], said: str, refusals: Refusals
) -> None:
    with pytest.raises(Denied):
        await authenticator().authenticate(request(headers))
    assert said in refusals.only()


async def test_the_host_that_a_proxy_was_asked_for_counts_only_if_trusted(
    refusals: Refusals,
) -> None:
    headers = signed_headers(host="rooms.example.net") | {
        "x-forwarded-host": "rooms.example.net, inner"
    }
    assert await authenticator(ROOMS_TRUST_FORWARDED_HOST="true").authenticate(request(headers))
    with pytest.raises(Denied):
        await authenticator().authenticate(request(headers))
    assert f";{HOST};" in refusals.only()


async def test_a_trusted_proxy_need_not_name_the_host() -> None:
    assert await authenticator(ROOMS_TRUST_FORWARDED_HOST="true").authenticate(
        request(signed_headers())
    )


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200) | st.sampled_from(
    [
        "\x00",
        "%",
        "%ff%FE",
        "%2",
        "\ud800",
        "é" * 100,
        "a" * 32_768,
        "%0A" * 3000,
        "://",
        "//",
        "\r\nX: y",
        "\uff1d",
    ]
)


@given(
    method=ANY_TEXT,
    url=ANY_TEXT | ANY_TEXT.map("http://h/".__add__),
    date=st.just(http_date(NOW)) | ANY_TEXT,
    hashed=ANY_TEXT,
    host=ANY_TEXT,
    authorization=ANY_TEXT
    | ANY_TEXT.map("HMAC-SHA256 ".__add__)
    | ANY_TEXT.map(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=".__add__
    )
    | st.just(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + "A" * 43 + "="
    ),
)
async def test_whatever_is_sent_is_denied(
    method: str, url: str, date: str, hashed: str, host: str, authorization: str
) -> None:
    headers = {
        "x-ms-date": date,
        "host": host,
        "x-ms-content-sha256": hashed,
        "authorization": authorization,
    }
    with pytest.raises(Denied) as denied:
        await authenticator().authenticate(func.HttpRequest(method, url, headers=headers, body=b""))
    assert denied.value.reason.isascii()
    assert denied.value.reason.isprintable()
    assert len(denied.value.reason) < 30_000


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=40),
    st.sampled_from(["", "/participants:add", "/:issueAccessToken"]),
)
async def test_a_signature_over_any_spelling_of_a_segment_is_accepted(
    segment: str, action: str
) -> None:
    as_seen = "/rooms/" + quote(segment, safe="!$&'()*+,;=:@") + action
    for spelling in (
        as_seen,
        f"/rooms/{segment}{action}",
        "/rooms/" + quote(segment, safe="!*'()") + action,
        "/rooms/" + quote(segment, safe="") + action,
    ):
        headers = signed_headers(url=as_seen)
        fitting = signature(
            KEY, f"GET\n{spelling}\n{headers['x-ms-date']};{HOST};{headers['x-ms-content-sha256']}"
        )
        headers["authorization"] = (
            headers["authorization"].partition("&")[0] + f"&Signature={fitting}"
        )
        assert await authenticator().authenticate(request(headers, url=as_seen))


def signed_over(text: str, url: str) -> func.HttpRequest:
    """A GET of `url` with the signature of a GET of `text`, to the letter."""
    return request(signed_headers(url=text), url=url)


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("/rooms?title=a&state=open", "/rooms?title=a%26state=open"),
        ("/rooms?title=a&state=open", "/rooms?title=a%26state%3Dopen"),
        ("/rooms?title=a&state=open", "/rooms?title%3Da%26state=open"),
        ("/rooms?title=a=b", "/rooms?title%3Da=b"),
        ("/rooms?title=%41", "/rooms?title=%2541"),
        ("/rooms?title=%26", "/rooms?title=%2526"),
        ("/rooms?title=a+b", "/rooms?title=a%2Bb"),
        ("/rooms?title=a&", "/rooms?title=a%26"),
        ("/rooms?title=\ufffd", "/rooms?title=%ff"),
        ("/rooms/r/log?from=1&until=2", "/rooms/r/log?from=1%26until=2"),
        ("/rooms/r/log?a=1&b=2", "/rooms/r/log?a=1&b=2&"),
        ("/rooms/r/log?a=1&b=2", "/rooms/r/log?b=2&a=1"),
        ("/rooms/r/log?a=1", "/rooms/r/log?A=1"),
    ],
)
async def test_a_signature_is_good_for_no_other_query(
    signed: str, sent: str, refusals: Refusals
) -> None:
    assert await authenticator().authenticate(request(signed_headers(url=signed), url=signed))
    with pytest.raises(Denied):
        await authenticator().authenticate(signed_over(signed, sent))
    assert "no key fits" in refusals.only()


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("/rooms?title=a b", "/rooms?title=a%20b"),
        ("/rooms?title=é:/?", "/rooms?title=%C3%A9%3A%2f%3F"),
        ("/rooms?title=100%", "/rooms?title=100%25"),
        ("/rooms?title=a=b", "/rooms?title=a%3Db"),
        ("/rooms?nextLink=a-b_c&api-version=1", "/rooms?nextLink=a%2Db%5Fc&api-version=1"),
    ],
)
async def test_a_decoded_query_of_the_same_parameters_may_be_signed(signed: str, sent: str) -> None:
    assert await authenticator().authenticate(signed_over(signed, sent))


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.text("a&=%+2 6é/", max_size=6)), min_size=1, max_size=3
    )
)
async def test_where_the_decoded_query_may_be_signed_it_means_the_same(
    parameters: list[tuple[str, str]],
) -> None:
    url = "/rooms?" + urlencode(parameters)
    text = unquote(url)
    means = [parse_qsl(each.partition("?")[2], keep_blank_values=True) for each in (text, url)]
    try:
        await authenticator().authenticate(signed_over(text, url))
    except Denied:
        assert means[0] != means[1]
    else:
        assert means[0] == means[1]
