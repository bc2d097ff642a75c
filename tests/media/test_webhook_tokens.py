"""Whether an event comes from the LiveKit server."""

import base64
import hashlib
from typing import Any

import pytest

from rooms.domain.time import parse_time, unix_seconds
from rooms.media.errors import WebhookNotVerified
from rooms.media.livekit.webhooks import verify
from rooms.media.signed_json import signed
from rooms.settings.media import ApiKey

NOW = parse_time("2026-05-04T10:00:00Z")
SECONDS = unix_seconds(NOW)
OLD, NEW = ApiKey("2025", b"o" * 32), ApiKey("2026", b"n" * 32)
BODY = b'{"event":"room_finished"}'


def hash_of(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def token(key: ApiKey = OLD, **claims: Any) -> str:
    times = {"iat": SECONDS, "nbf": SECONDS, "exp": SECONDS + 300}
    return signed(key, times | {"sha256": hash_of(BODY)} | claims)


def refusal(token: str, body: bytes = BODY) -> str:
    with pytest.raises(WebhookNotVerified) as refused:
        verify(token, body, (OLD, NEW), NOW)
    return str(refused.value)


@pytest.mark.parametrize("key", [OLD, NEW])
def test_any_of_the_keys_may_sign(key: ApiKey) -> None:
    verify(token(key), BODY, (OLD, NEW), NOW)


@pytest.mark.parametrize("times", [{"exp": SECONDS - 59}, {"nbf": SECONDS + 60}])
def test_clocks_may_differ_by_a_minute(times: dict[str, Any]) -> None:
    verify(token(**times), BODY, (OLD,), NOW)


def test_a_token_without_a_beginning_is_good() -> None:
    verify(token(nbf=None), BODY, (OLD,), NOW)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": SECONDS - 60}, "its token has expired"),
        ({"exp": None}, "its token has expired"),
        ({"exp": str(SECONDS + 300)}, "its token has expired"),
        ({"nbf": SECONDS + 61}, "its token is of the future"),
        ({"sha256": hash_of(BODY + b" ")}, "its token is for another body"),
        ({"sha256": None}, "its token is for another body"),
        ({"sha256": "ü"}, "its token is for another body"),
        ({"iss": "2026"}, "none of the API keys signed it"),
    ],
)
def test_a_token_that_is_not_good_says_why(claims: dict[str, Any], reason: str) -> None:
    assert refusal(token(**claims)) == reason


def test_another_body_is_refused() -> None:
    assert refusal(token(), BODY + b"\n") == "its token is for another body"


@pytest.mark.parametrize(
    "text", ["", "a.b.c", f"Bearer {token()}", token(ApiKey("2025", b"x" * 32)), token() + "\n"]
)
def test_what_no_key_signed_is_refused(text: str) -> None:
    assert refusal(text) == "none of the API keys signed it"


def test_a_way_into_a_call_is_no_event() -> None:
    way_in = signed(OLD, {"sub": "8:acs:ann#tab", "exp": SECONDS + 60, "video": {}})
    assert refusal(way_in) == "its token is for another body"
