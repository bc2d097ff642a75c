"""Tokens that somebody makes up, or changes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest

from rooms.media.signed_json import MAX_TOKEN, InvalidToken, claims_of, signed
from rooms.settings.media import ApiKey

KEY, OTHER = ApiKey("one", b"1" * 32), ApiKey("two", b"2" * 32)
TOKEN = signed(KEY, {"room": "r1"})


def part(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def token_of(header: bytes, claims: bytes, secret: bytes = KEY.secret) -> str:
    head = f"{part(header)}.{part(claims)}"
    return f"{head}.{part(hmac.digest(secret, head.encode(), hashlib.sha256))}"


def as_bytes(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()


HS256, OURS = as_bytes({"alg": "HS256"}), as_bytes({"iss": "one"})


def test_any_of_the_keys_may_have_signed_it() -> None:
    assert claims_of(TOKEN, (OTHER, KEY)) == {"iss": "one", "room": "r1"}


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        TOKEN + "A",
        TOKEN[:-1],
        TOKEN.rpartition(".")[0],
        TOKEN.rpartition(".")[0] + ".",
        f"{TOKEN}.{TOKEN}",
        TOKEN.replace(".", ".é", 1),
        "\ud800",
        part(b"[" * 6_000) + "." + part(b"[" * 6_000) + ".A",
        signed(ApiKey("one", OTHER.secret), {}),
        signed(ApiKey("two", KEY.secret), {}),
        token_of(as_bytes({"alg": "none"}), OURS),
        token_of(as_bytes({"alg": "HS512"}), OURS),
        token_of(HS256, b"[]"),
        token_of(HS256, b"not JSON"),
        signed(KEY, {"name": "x" * MAX_TOKEN}),
    ],
)
def test_what_none_of_the_keys_signed_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        claims_of(token, (KEY,))
