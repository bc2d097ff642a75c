import asyncio
import base64
import gzip
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from rooms.auth.authenticator import Authenticator
from rooms.auth.caller import Caller
from rooms.auth.errors import Denied, TenantKeysUnavailable
from rooms.settings import read_settings
from tests.auth.conftest import Refusals
from tests.auth.requests import NOW, Clock, request
from tests.auth.tenant import TENANT_ID, Tenant, claims_of, new_key

OID = "0f4a2b6e-6f43-4a3b-8f0f-5f6a3c9d2e01"
APP = "7c1d9a52-3b1e-4f0a-9d55-2a8e6b4c7f02"
READER = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return new_key()


@pytest.fixture
async def tenant(key: RSAPrivateKey) -> AsyncIterator[Tenant]:
    tenant = Tenant()
    tenant.keys["k1"] = key
    await tenant.start()
    yield tenant
    tenant.open.set()
    await tenant.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authenticator(tenant: Tenant, clock: Clock) -> Authenticator:
    return new_authenticator(tenant, clock)


def new_authenticator(tenant: Tenant, clock: Clock, speakers: str = "") -> Authenticator:
    env = {
        "ROOMS_ENTRA_TENANT": TENANT_ID.upper(),
        "ROOMS_ENTRA_AUTHORITY": tenant.authority + "/",
        "ROOMS_ENTRA_MANAGE": f"{OID.upper()}, {APP}, Rooms.Manage",
        "ROOMS_ENTRA_READ": f"{READER},Rooms.Read",
        "ROOMS_ON_BEHALF_OF": speakers,
    }
    return Authenticator(read_settings(env), clock)


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a version 1 token of an app; None takes one out."""
    usual = claims_of(OID, int(NOW.timestamp())) | {"appid": APP}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def bearer(token: str, method: str = "GET") -> Any:
    return request({"authorization": f"Bearer {token}"}, method)


async def test_a_token_of_version_1_lets_in(tenant: Tenant, authenticator: Authenticator) -> None:
    assert await authenticator.authenticate(bearer(tenant.token(claims(), "k1"), "POST")) == Caller(
        OID, "manage"
    )


async def test_a_token_of_version_2_lets_in(tenant: Tenant, authenticator: Authenticator) -> None:
    v2 = claims(
        iss=f"{tenant.authority}/{TENANT_ID}/v2.0",
        aud="https://communication.azure.com",
        appid=None,
        azp=APP,
    )
    assert await authenticator.authenticate(bearer(tenant.token(v2, "k1"), "POST")) == Caller(
        OID, "manage"
    )


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({"oid": "x"}, True),
        ({"oid": "x", "scp": "user_impersonation", "roles": ["Rooms.Read"]}, False),
        ({"oid": OID.upper(), "appid": None}, False),
        ({"oid": READER.upper(), "appid": None}, True),
    ],
)
async def test_a_bearer_may_speak_for_others_if_the_setting_names_it(
    changes: dict[str, Any], may: bool, tenant: Tenant, clock: Clock
) -> None:
    trusting = new_authenticator(tenant, clock, f"{APP.upper()},{READER}")
    caller = await trusting.authenticate(bearer(tenant.token(claims(**changes), "k1")))
    assert caller.speaks_for_others is may


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"oid": READER, "appid": None}, Caller(READER, "read")),
        ({"oid": "x", "appid": APP.upper()}, Caller("x", "manage")),
        ({"oid": "x", "appid": None, "azp": READER}, Caller("x", "read")),
        ({"oid": "x", "appid": None, "roles": ["Other", "rooms.read"]}, Caller("x", "read")),
        ({"oid": READER, "appid": None, "roles": ["Rooms.Manage"]}, Caller(READER, "manage")),
        ({"oid": None, "sub": "s"}, Caller("s", "manage")),
        ({"oid": None, "sub": None}, Caller(APP, "manage")),
        ({"oid": OID, "scp": "user_impersonation"}, Caller(OID, "manage")),
    ],
)
async def test_object_app_and_role_say_what_a_bearer_may(
    changes: dict[str, Any], expected: Caller, tenant: Tenant, authenticator: Authenticator
) -> None:
    assert (
        await authenticator.authenticate(bearer(tenant.token(claims(**changes), "k1"))) == expected
    )


NOW_SECONDS = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exp": NOW_SECONDS - 75}, "the token expired 75 s ago"),
        ({"exp": None}, "the token's exp is not a time"),
        ({"exp": True}, "the token's exp is not a time"),
        ({"exp": "soon"}, "the token's exp is not a time"),
        ({"exp": float("nan")}, "the token's exp is not a time"),
        ({"exp": 10**400}, "the token's exp is not a time"),
        ({"nbf": NOW_SECONDS + 90}, "not valid yet: nbf is 90 s ahead"),
        ({"iat": NOW_SECONDS + 90}, "not valid yet: iat is 90 s ahead"),
        ({"aud": "https://graph.microsoft.com"}, "wrong audience 'https://graph.microsoft.com'"),
        ({"aud": ["https://communication.azure.com"]}, "wrong audience"),
        ({"aud": None}, "wrong audience None"),
        (
            {"iss": "https://sts.windows.net/other/"},
            "wrong issuer 'https://sts.windows.net/other/'",
        ),
        ({"iss": None}, "wrong issuer None"),
        ({"iss": ["x"]}, "wrong issuer"),
        ({"tid": READER}, f"wrong tenant '{READER}'"),
        ({"tid": 1}, "wrong tenant 1"),
        (
            {"oid": "stranger", "appid": "app"},
            "oid 'stranger', app 'app', roles None: in neither ROOMS_ENTRA_MANAGE nor",
        ),
        (
            {"oid": "stranger", "scp": "x"},
            f"oid 'stranger', app '{APP}', for a user, roles None: in neither",
        ),
        (
            {"oid": "stranger", "appid": None, "roles": "rooms.manage"},
            "roles 'rooms.manage': in neither",
        ),
        (
            {"oid": None, "sub": None, "appid": None, "roles": ["Rooms.Manage"]},
            "the token has neither oid nor sub nor appid",
        ),
        ({"oid": "a\nb", "appid": None}, r"oid 'a\nb'"),
    ],
)
async def test_a_token_of_somebody_else_or_of_another_time_is_refused(
    changes: dict[str, Any],
    said: str,
    tenant: Tenant,
    authenticator: Authenticator,
    refusals: Refusals,
) -> None:
    with pytest.raises(Denied):
        await authenticator.authenticate(bearer(tenant.token(claims(**changes), "k1")))
    assert said in refusals.only()


@pytest.mark.parametrize(
    "changes", [{"exp": NOW_SECONDS - 59}, {"nbf": NOW_SECONDS + 60}, {"iat": NOW_SECONDS + 60}]
)
async def test_a_minute_of_difference_between_clocks_is_let_pass(
    changes: dict[str, Any], tenant: Tenant, authenticator: Authenticator
) -> None:
    assert await authenticator.authenticate(bearer(tenant.token(claims(**changes), "k1")))


async def test_a_bearer_who_may_read_does_nothing_else(
    tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    token = tenant.token(claims(oid=READER, appid=None), "k1")
    with pytest.raises(Denied):
        await authenticator.authenticate(bearer(token, "DELETE"))
    assert f"{READER} may only read" in refusals.only()


async def test_a_key_of_ones_own_under_the_tenants_key_id_is_refused(
    tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    token = jwt.encode(claims(), new_key(), "RS256", headers={"kid": "k1"})
    with pytest.raises(Denied):
        await authenticator.authenticate(bearer(token))
    assert "the token's signature does not fit the key 'k1'" in refusals.only()


async def test_claims_changed_after_signing_are_refused(
    tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    header, _, signature = tenant.token(claims(oid="stranger"), "k1").split(".")
    with pytest.raises(Denied):
        await authenticator.authenticate(bearer(f"{header}.{encoded(claims())}.{signature}"))
    assert "signature does not fit" in refusals.only()


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "HS256", "RS384", "RS512", "PS256", "", None, 1]
)
async def test_no_other_algorithm_is_taken(
    algorithm: object, tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    public = (
        tenant.keys["k1"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    signed = f"{encoded({'alg': algorithm, 'typ': 'JWT', 'kid': 'k1'})}.{encoded(claims())}"
    with_public_key = (
        base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256"))
        .rstrip(b"=")
        .decode()
    )
    for signature in (with_public_key, ""):
        with pytest.raises(Denied):
            await authenticator.authenticate(bearer(f"{signed}.{signature}"))
        assert "expected RS256" in refusals.only()
    assert tenant.fetches == 0


async def test_keys_and_addresses_in_a_tokens_own_header_are_not_used(
    tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    tenant.keys["mine"] = new_key()
    public = jwt.algorithms.RSAAlgorithm.to_jwk(tenant.keys["mine"].public_key(), as_dict=True)
    token = tenant.token(
        claims(), "mine", jku=f"{tenant.authority}/mine", x5u=f"{tenant.authority}/mine", jwk=public
    )
    del tenant.keys["mine"]
    with pytest.raises(Denied):
        await authenticator.authenticate(bearer(token))
    assert "the token's key id 'mine' is not among the keys at" in refusals.only()
    assert tenant.fetches == 1


async def test_only_rsa_keys_for_signing_are_taken(
    tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(tenant.keys["k1"].public_key(), as_dict=True)
    tenant.others = [
        public | {"kid": "enc", "use": "enc"},
        {"kid": "broken", "kty": "RSA", "n": "!", "e": "AQAB"},
        {"kid": "secret", "kty": "oct", "k": "AAAA"},
        {"kty": "RSA"},
    ]
    for kid in ("enc", "broken", "secret"):
        with pytest.raises(Denied):
            await authenticator.authenticate(bearer(tenant.token(claims(), "k1", kid=kid)))
        assert f"key id '{kid}' is not among" in refusals.only()
    assert await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))


async def test_the_keys_are_fetched_once(tenant: Tenant, authenticator: Authenticator) -> None:
    for _ in range(5):
        await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))
    assert tenant.fetches == 1


async def test_requests_at_the_same_time_fetch_the_keys_once(
    tenant: Tenant, authenticator: Authenticator
) -> None:
    tenant.open.clear()
    token = tenant.token(claims(), "k1")
    waiting = [asyncio.create_task(authenticator.authenticate(bearer(token))) for _ in range(50)]
    await tenant.asked.wait()
    tenant.open.set()
    assert set(await asyncio.gather(*waiting)) == {Caller(OID, "manage")}
    assert tenant.fetches == 1


async def test_a_request_that_gives_up_leaves_the_fetch_to_the_next(
    tenant: Tenant, authenticator: Authenticator
) -> None:
    tenant.open.clear()
    token = tenant.token(claims(), "k1")
    first = asyncio.create_task(authenticator.authenticate(bearer(token)))
    await tenant.asked.wait()
    first.cancel()
    tenant.open.set()
    assert await authenticator.authenticate(bearer(token))
    assert tenant.fetches == 2


async def test_a_new_key_is_fetched_when_a_token_names_it(
    tenant: Tenant, authenticator: Authenticator, clock: Clock
) -> None:
    await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))
    tenant.keys = {"k2": new_key()}
    clock.advance(15)
    assert await authenticator.authenticate(bearer(tenant.token(claims(), "k2")))
    assert tenant.fetches == 2


async def test_a_withdrawn_key_no_longer_lets_in(
    tenant: Tenant, authenticator: Authenticator, clock: Clock, refusals: Refusals
) -> None:
    old = tenant.token(claims(exp=NOW_SECONDS + 10**6), "k1")
    await authenticator.authenticate(bearer(old))
    tenant.keys = {"k2": new_key()}
    clock.advance(24 * 3600)
    with pytest.raises(Denied):
        await authenticator.authenticate(bearer(old))
    assert "key id 'k1' is not among" in refusals.only()


async def test_unknown_key_ids_fetch_the_keys_at_most_every_15_seconds(
    tenant: Tenant, authenticator: Authenticator, clock: Clock
) -> None:
    for second in range(60):
        clock.now = NOW
        clock.advance(second)
        for n in range(5):
            with pytest.raises(Denied):
                await authenticator.authenticate(
                    bearer(tenant.token(claims(), "k1", kid=f"{second}-{n}"))
                )
    assert tenant.fetches == 4


async def test_unreachable_keys_are_named_as_the_reason_and_tried_again_later(
    tenant: Tenant, authenticator: Authenticator, clock: Clock, refusals: Refusals
) -> None:
    tenant.broken = True
    token = tenant.token(claims(), "k1")
    for _ in range(3):
        with pytest.raises(TenantKeysUnavailable):
            await authenticator.authenticate(bearer(token))
        assert (
            f"could not be fetched from {tenant.authority}/{TENANT_ID}"
            "/discovery/v2.0/keys: ValueError answered 503" in refusals.only()
        )
    assert tenant.fetches == 1
    tenant.broken = False
    clock.advance(15)
    assert await authenticator.authenticate(bearer(token))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"keys":1}',
        b'{"keys":[1]}',
        b'{"keys":[]}',
        b"[" * 100_000,
        b"\xff",
    ],
)
async def test_an_absurd_list_of_keys_is_as_good_as_none(
    answer: bytes, tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    tenant.answer = answer
    with pytest.raises(TenantKeysUnavailable):
        await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))
    assert "could not be fetched from" in refusals.only()


async def test_nobody_listening_is_as_good_as_no_keys(
    tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    await tenant.stop()
    with pytest.raises(TenantKeysUnavailable):
        await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))
    assert "could not be fetched from" in refusals.only()


async def test_keys_that_do_not_come_are_waited_for_5_seconds_only(
    tenant: Tenant,
    authenticator: Authenticator,
    refusals: Refusals,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from rooms.auth import published_keys

    assert published_keys.FETCH_SECONDS == 5
    monkeypatch.setattr(published_keys, "FETCH_SECONDS", 0.01)
    tenant.open.clear()
    with pytest.raises(TenantKeysUnavailable):
        await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))
    assert refusals.only().endswith("TimeoutError")


async def test_old_keys_go_on_while_new_ones_cannot_be_had(
    tenant: Tenant, authenticator: Authenticator, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    token = tenant.token(claims(exp=NOW_SECONDS + 10**6), "k1")
    await authenticator.authenticate(bearer(token))
    tenant.broken = True
    clock.advance(24 * 3600)
    for _ in range(3):
        assert await authenticator.authenticate(bearer(token))
    assert tenant.fetches == 2
    assert [record.getMessage() for record in caplog.records if record.name == "rooms.auth"] == [
        f"keeping the keys fetched at {NOW}: {tenant.authority}/{TENANT_ID}"
        "/discovery/v2.0/keys: ValueError answered 503"
    ]


async def test_requests_with_a_known_key_do_not_wait_for_its_renewal(
    tenant: Tenant, authenticator: Authenticator, clock: Clock
) -> None:
    token = tenant.token(claims(exp=NOW_SECONDS + 10**6), "k1")
    await authenticator.authenticate(bearer(token))
    clock.advance(24 * 3600)
    tenant.open.clear()
    tenant.asked.clear()
    renewing = asyncio.create_task(authenticator.authenticate(bearer(token)))
    await tenant.asked.wait()
    assert await authenticator.authenticate(bearer(token))
    assert not renewing.done()
    tenant.open.set()
    assert await renewing


def encoded(part: object) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "alg": st.sampled_from(["RS256", "none", "HS256"]) | st.none() | st.integers(),
        "kid": st.sampled_from(["k1", "", "\n"]) | st.integers() | st.text(),
        "crit": st.sampled_from([["b64"], ["x"], "x", 1]),
        "b64": st.booleans(),
        "typ": st.text(),
    },
)
ABSURD = st.sampled_from(
    [
        b"[" * 20_000,
        b'{"a":' * 5000,
        b"1" * 5000,
        b"\xff\xfe",
        b"null",
        b"{}",
        b"[]",
        b'"x"',
        b"NaN",
    ]
)
PARTS = ABSURD.map(encoded) | HEADERS.map(encoded) | st.text(max_size=50) | st.just("A" * 30_000)


TOKENS = (
    st.text(st.characters(exclude_categories=()), max_size=200)
    | st.sampled_from(["\ud800", "\ud800.e30.AA", ".", "..", "...."])
    | st.lists(PARTS, min_size=1, max_size=5).map(".".join)
    | st.tuples(HEADERS.map(encoded), PARTS, PARTS).map(".".join)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=TOKENS)
async def test_whatever_is_sent_as_a_token_is_denied(
    token: str, tenant: Tenant, clock: Clock
) -> None:
    with pytest.raises(Denied) as denied:
        await new_authenticator(tenant, clock).authenticate(bearer(token))
    assert denied.value.reason.isascii()
    assert denied.value.reason.isprintable()
    assert len(denied.value.reason) < 2000


@given(payload=ABSURD)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_signed_as_a_token_is_denied(
    payload: bytes, tenant: Tenant, clock: Clock
) -> None:
    token = jwt.PyJWS().encode(payload, tenant.keys["k1"], "RS256", headers={"kid": "k1"})
    with pytest.raises(Denied):
        await new_authenticator(tenant, clock).authenticate(bearer(token))


async def test_keys_that_are_too_old_are_used_no_more(
    tenant: Tenant, authenticator: Authenticator, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    token = tenant.token(claims(exp=NOW_SECONDS + 10**6), "k1")
    await authenticator.authenticate(bearer(token))
    tenant.broken = True
    clock.advance(72 * 3600 - 1)
    assert await authenticator.authenticate(bearer(token))
    clock.advance(1)
    for _ in range(3):
        with pytest.raises(TenantKeysUnavailable):
            await authenticator.authenticate(bearer(token))
    assert "could not be fetched from" in caplog.messages[-1]
    tenant.broken = False
    clock.advance(15)
    assert await authenticator.authenticate(bearer(token))


async def test_requests_with_a_key_that_is_too_old_wait_for_its_renewal(
    tenant: Tenant, authenticator: Authenticator, clock: Clock
) -> None:
    token = tenant.token(claims(exp=NOW_SECONDS + 10**6), "k1")
    await authenticator.authenticate(bearer(token))
    clock.advance(72 * 3600)
    tenant.open.clear()
    tenant.asked.clear()
    waiting = [asyncio.create_task(authenticator.authenticate(bearer(token))) for _ in range(3)]
    await tenant.asked.wait()
    assert not any(each.done() for each in waiting)
    tenant.open.set()
    assert all(await asyncio.gather(*waiting))
    assert tenant.fetches == 2


async def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    tenant.endless = True
    with pytest.raises(TenantKeysUnavailable):
        await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))
    assert "ValueError the answer has more than 1,048,576 bytes" in refusals.only()
    # The rest is in buffers on its way.
    assert tenant.sent < 32 * 1024 * 1024


async def test_an_answer_that_is_compressed_is_not_expanded(
    tenant: Tenant, authenticator: Authenticator, refusals: Refusals
) -> None:
    tenant.answer = gzip.compress(b'{"keys":[]}' + b" " * 2**26)
    tenant.encoding = "gzip"
    with pytest.raises(TenantKeysUnavailable):
        await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))
    assert "UnicodeDecodeError" in refusals.only()


async def test_an_answer_of_just_that_size_is_read(
    tenant: Tenant, authenticator: Authenticator
) -> None:
    keys = json.dumps(
        {
            "keys": [
                RSAAlgorithm.to_jwk(tenant.keys["k1"].public_key(), as_dict=True) | {"kid": "k1"}
            ]
        }
    )
    tenant.answer = keys.encode().ljust(1024 * 1024)
    assert await authenticator.authenticate(bearer(tenant.token(claims(), "k1")))
