"""What tokens say, and which are read."""

import base64
import json
from typing import Any

import jwt
import pytest

from rooms.domain.time import DAY, SECOND, parse_time
from rooms.identity.tokens import Claims, TokenKey, new_private_key

NOON = parse_time("2026-05-04T12:00:00Z")
DEPLOYMENT, USER = "5ab1e000-0000-4000-8000-000000000000", "0f4a2b6e-6f43-4a3b-8f0f-5f6a3c9d2e01"
CLAIMS = Claims(DEPLOYMENT, USER, ("chat", "voip"), NOON, NOON + DAY, "0123456789abcdef")
PEM = new_private_key()
KEY = TokenKey(PEM)


def payload_of(token: str) -> str:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def signed(payload: Any, **headers: Any) -> str:
    private: Any = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).prepare_key(PEM)
    return jwt.encode(payload, private, algorithm="RS256", headers=headers)


def test_a_token_has_the_claims_of_acs_in_their_order_and_no_spaces() -> None:
    assert payload_of(KEY.sign(CLAIMS)) == (
        f'{{"skypeid":"acs:{DEPLOYMENT}_{USER}","scp":1792,"csi":"1777896000","exp":1777982400,'
        f'"acsScope":"chat,voip","resourceId":"{DEPLOYMENT}","iat":1777896000,'
        '"iss":"anteroom","revision":"0123456789abcdef"}'
    )


def test_a_token_is_read_as_it_was_signed() -> None:
    assert KEY.read(KEY.sign(CLAIMS)) == CLAIMS
    assert TokenKey(PEM).read(KEY.sign(CLAIMS)) == CLAIMS
    assert CLAIMS.raw_id == f"8:acs:{DEPLOYMENT}_{USER}"


def test_an_expired_token_is_read_too() -> None:
    long_ago = Claims(DEPLOYMENT, USER, ("voip",), SECOND * 10**10, SECOND * 10**10, "r")
    assert KEY.read(KEY.sign(long_ago)) == long_ago


def test_the_key_id_is_the_thumbprint_of_the_key() -> None:
    jwk = {"kty": "RSA", "n": KEY.modulus, "e": KEY.exponent}
    assert jwt.PyJWK({**jwk, "kid": KEY.id}).key_id == KEY.id
    assert jwt.get_unverified_header(KEY.sign(CLAIMS)) == {
        "alg": "RS256",
        "kid": KEY.id,
        "typ": "JWT",
    }


USUAL = json.loads(payload_of(KEY.sign(CLAIMS)))


def test_a_token_of_the_key_that_says_all_is_read() -> None:
    assert KEY.read(signed(USUAL)) == CLAIMS


@pytest.mark.parametrize("missing", ["skypeid", "exp", "acsScope", "resourceId", "iat", "revision"])
def test_a_token_that_says_less_is_not_read(missing: str) -> None:
    assert KEY.read(signed({name: v for name, v in USUAL.items() if name != missing})) is None


def test_a_token_of_another_issuer_is_not_read() -> None:
    assert KEY.read(signed({**USUAL, "iss": "https://sts.windows.net/"})) is None


def test_a_token_of_another_key_is_not_read() -> None:
    assert TokenKey(new_private_key()).read(KEY.sign(CLAIMS)) is None


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "header",
    [b"{}", b"[]", b"1", b"x", b'{"alg":"none"}', b'{"alg":"HS256"}', b"[" * 1_000_000, b"\xff"],
    ids=lambda header: repr(header[:20]),
)
def test_odd_headers_are_no_tokens(header: bytes) -> None:
    payload, signature = KEY.sign(CLAIMS).split(".")[1:]
    assert KEY.read(f"{part(header)}.{payload}.{signature}") is None


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "\0", "é", "x" * 1_000_000, "\U0001f600"]
)
def test_odd_texts_are_no_tokens(token: str) -> None:
    assert KEY.read(token) is None
