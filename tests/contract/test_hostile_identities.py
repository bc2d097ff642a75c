"""What nobody should send about identities: answered with a 4xx that says what is wrong, never with
a 5xx, and nothing is changed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.identity import SCOPES
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import RunningApp
from tests.contract.pairs import paired
from tests.contract.test_hostile import ABSURD_IDS, MEGABYTES_10, generated, nested

VERSION = "2023-10-01"


@pytest.fixture(scope="module")
def identity(app: RunningApp) -> Raw:
    return Raw(app.http, app.manage_key, VERSION)


@pytest.fixture(scope="module")
def user(identity: Raw) -> str:
    """The user that the requests are aimed at."""
    user: str = identity.post("/identities").json()["identity"]["id"]
    return user


def assert_says_what_is_wrong(answer: Answer) -> None:
    """A 4xx with a well-formed error of family A."""
    assert 400 <= answer.status < 500, answer
    error: dict[str, Any] = answer.json()["error"]
    assert list(error) in (["code", "message"], ["code", "message", "target"])
    assert error["message"]
    assert "\n" not in error["message"]
    assert answer.headers["x-ms-error-code"] == error["code"]


VALUES: dict[str, str] = {
    "10 MB": f'"{"x" * MEGABYTES_10}"',
    "deep": nested(100_000),
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "10,000 wrong scopes": json.dumps(["fly"] * 10_000),
    "a long scope": json.dumps(["x" * 1_000_000]),
    "NUL": '["\\u0000"]',
    "raw NUL": '["\0"]',
    "lone surrogate": '["\\ud800"]',
    "line break": '["voip\\r\\nSet-Cookie: a=b"]',
    "a scope with a comma": '["chat,voip"]',
    "a scope in upper case": '["VOIP"]',
    "nothing": "[null]",
    "lists": "[[]]",
    "numbers": "[1e400]",
    "object": '{"voip":true}',
    "text": '"voip"',
    "number": "9" * 5000,
    "NaN": "NaN",
    "boolean": "true",
}

MINUTES: dict[str, str] = {
    "huge": "9" * 5000,
    "more than 64 bits": str(2**64),
    "exponent": "6e1",
    "huge exponent": "1e999999999",
    "fraction": "60.5",
    "whole, but with a fraction": "60.0",
    "negative": "-60",
    "zero": "0",
    "NaN": "NaN",
    "infinity": "Infinity",
    "text": '"60"',
    "list": "[60]",
    "boolean": "true",
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_scopes(identity: Raw, user: str, value: str) -> None:
    assert_says_what_is_wrong(identity.post("/identities", f'{{"createTokenWithScopes":{value}}}'))
    assert_says_what_is_wrong(
        identity.post(f"/identities/{user}/:issueAccessToken", f'{{"scopes":{value}}}')
    )


@pytest.mark.parametrize("value", MINUTES.values(), ids=MINUTES)
def test_minutes(identity: Raw, user: str, value: str) -> None:
    body = f'"scopes":["voip"],"createTokenWithScopes":["voip"],"expiresInMinutes":{value}'
    for path in ("/identities", f"/identities/{user}/:issueAccessToken"):
        assert_says_what_is_wrong(identity.post(path, f"{{{body}}}"))


@paired("field", ["token", "appId", "userId"], "value", VALUES)
def test_tokens_of_teams_users(identity: Raw, field: str, value: str) -> None:
    others = {"token": "t", "appId": "a", "userId": "u"}
    del others[field]
    answer = identity.post(
        "/teamsUser/:exchangeAccessToken", f'{json.dumps(others)[:-1]},"{field}":{value}}}'
    )
    if value == '"voip"':
        assert answer.status == 501
    else:
        assert_says_what_is_wrong(answer)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_tokens_to_check(insight: Insight, value: str) -> None:
    body = f'{{"token":{value}}}'.encode()
    answer = insight.send("POST", "/identities/:checkAccessToken", body)
    if value == '"voip"':
        assert answer.json() == {"valid": False, "reason": "NotOurs"}
    else:
        assert_says_what_is_wrong(answer)


BODIES: dict[str, bytes] = {
    "list": b"[]",
    "null": b"null",
    "text": b'"x"',
    "blank": b"  ",
    "no JSON": b"{",
    "deep": nested(1_000_000).encode(),
    "10 MB": b'"' + b"x" * MEGABYTES_10 + b'"',
    "invalid UTF-8": b'{"scopes":["\xff"],"createTokenWithScopes":["\xff"],"token":"\xff"}',
    "UTF-16": "{}".encode("utf-16"),
}
WITH_BODY = ("/identities", "/identities/{}/:issueAccessToken", "/teamsUser/:exchangeAccessToken")


@paired("path", WITH_BODY, "body", BODIES)
def test_bodies(identity: Raw, user: str, path: str, body: bytes) -> None:
    assert_says_what_is_wrong(identity.post(path.format(user), body))


@pytest.mark.parametrize("path", WITH_BODY)
def test_another_content_type(identity: Raw, user: str, path: str) -> None:
    answer = identity.post(path.format(user), b"<a/>", {"Content-Type": "text/xml"})
    assert (answer.status, answer.json()["error"]["code"]) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize("path", [*WITH_BODY, "/identities/{}/:revokeAccessTokens"])
def test_chunks(identity: Raw, user: str, path: str) -> None:
    answer = identity.post(path.format(user), None, {"Transfer-Encoding": "chunked"})
    assert answer.status in (400, 411), answer


@pytest.mark.parametrize("absurd", ABSURD_IDS.values(), ids=ABSURD_IDS)
def test_absurd_ids(identity: Raw, absurd: str) -> None:
    for answer in (
        identity.delete(f"/identities/{absurd}"),
        identity.post(f"/identities/{absurd}/:revokeAccessTokens"),
        identity.post(f"/identities/{absurd}/:issueAccessToken", {"scopes": ["voip"]}),
    ):
        assert 400 <= answer.status < 500, answer
        if answer.headers.get("content-type", "").startswith("application/json"):
            assert_says_what_is_wrong(answer)


@pytest.mark.parametrize(
    "odd",
    ["", "8:acs:", raw_id(1) + "%00", raw_id(1) + "%0A", raw_id(1) + "'", "8:acs:" + "0" * 5000],
)
def test_nearly_raw_ids(identity: Raw, odd: str) -> None:
    assert 400 <= identity.delete(f"/identities/{odd}").status < 500


@paired(
    "name",
    ["x-ms-client-request-id", "Accept", "User-Agent", "Cookie"],
    "value",
    {"long": "x" * 10_000, "odd": "ÿ / \\ # ? ' \t é 😀", "empty": ""},
)
def test_headers_that_are_odd_but_harmless(identity: Raw, name: str, value: str) -> None:
    assert identity.post("/identities", {}, {name: value}).status == 201


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(SCOPES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["scopes", "createTokenWithScopes", "expiresInMinutes", "token", "appId", "userId"]
)
WELL = (200, 201, 501)
"""What is answered if the body is valid; 501 as only ACS can exchange tokens of Teams users."""


@generated
@given(
    body=JSON_VALUES | st.dictionaries(FIELDS | st.text(), JSON_VALUES, max_size=4),
    path=st.sampled_from([*WITH_BODY, "/identities/:checkAccessToken"]),
)
def test_generated_bodies(identity: Raw, user: str, body: object, path: str) -> None:
    answer = identity.post(path.format(user), json.dumps(body))
    if answer.status not in WELL:
        assert_says_what_is_wrong(answer)


@generated
@given(body=st.binary(min_size=1, max_size=100), path=st.sampled_from(WITH_BODY))
def test_generated_bytes(identity: Raw, user: str, body: bytes, path: str) -> None:
    answer = identity.post(path.format(user), body)
    if answer.status not in WELL:
        assert_says_what_is_wrong(answer)
