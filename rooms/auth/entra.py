"""Entra ID bearer tokens: access tokens of version 1 and 2, of one tenant, signed with RS256.

PyJWT checks the signature. This module checks the claims, by our clock, so that the log can say
what is wrong. PyJWT and aiohttp are imported with the first token: they slow a cold start, and a
deployment with keys only never needs them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rooms.auth.caller import Caller
from rooms.auth.errors import Denied
from rooms.auth.published_keys import Fetch, PublishedKeys
from rooms.log_text import escaped
from rooms.settings.entra import Entra

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from jwt.types import Options

type Claims = Mapping[str, Any]

LEEWAY = 60
"""Seconds that the issuer's clock may differ from ours."""

_ONLY_SIGNATURE: "Options" = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


class EntraTokens:
    """Checks the tokens of one tenant."""

    def __init__(self, entra: Entra, now: Callable[[], datetime], fetch: Fetch) -> None:
        self._entra = entra
        self._now = now
        self._issuers = (
            f"https://sts.windows.net/{entra.tenant}/",
            f"{entra.authority}/{entra.tenant}/v2.0",
        )
        self._keys = PublishedKeys(
            f"{entra.authority}/{entra.tenant}/discovery/v2.0/keys", now, fetch
        )

    async def authenticate(self, token: str) -> Caller:
        """Returns the bearer of `token`. Raises Denied or TenantKeysUnavailable."""
        kid = _key_id(token)
        claims = _verified_claims(token, kid, await self._keys.find(kid))
        self._check_issuer(claims)
        self._check_audience(claims)
        self._check_time(claims)
        return self._caller(claims)

    def _check_issuer(self, claims: Claims) -> None:
        issuer = claims.get("iss")
        if issuer not in self._issuers:
            raise Denied(f"wrong issuer {_shown(issuer)}, expected {' or '.join(self._issuers)}")
        tenant = claims.get("tid", self._entra.tenant)
        if not isinstance(tenant, str) or tenant.lower() != self._entra.tenant:
            raise Denied(f"wrong tenant {_shown(tenant)}")

    def _check_audience(self, claims: Claims) -> None:
        # A text: Entra never issues a list. A list would let one service use a token at another.
        audience = claims.get("aud")
        if not isinstance(audience, str) or audience not in self._entra.audiences:
            raise Denied(f"wrong audience {_shown(audience)}, expected one of ROOMS_ENTRA_AUDIENCE")

    def _check_time(self, claims: Claims) -> None:
        now = self._now().timestamp()
        expired_for = now - _seconds(claims, "exp")
        if expired_for >= LEEWAY:
            raise Denied(f"the token expired {expired_for:.0f} s ago")
        for claim in ("nbf", "iat"):
            if claim in claims and (ahead := _seconds(claims, claim) - now) > LEEWAY:
                raise Denied(f"the token is not valid yet: {claim} is {ahead:.0f} s ahead")

    def _caller(self, claims: Claims) -> Caller:
        app = claims.get("appid", claims.get("azp"))
        roles = claims.get("roles")
        ids = [claims.get("oid"), *(roles if isinstance(roles, list) else [])]
        # With `scp`, a user calls through the app. Naming the app must not let in all its users.
        if "scp" not in claims:
            ids.append(app)
        known = {value.lower() for value in ids if isinstance(value, str)}
        name = next(
            (n for n in (claims.get("oid"), claims.get("sub"), app) if isinstance(n, str) and n),
            None,
        )
        if name is None:
            raise Denied("the token has neither oid nor sub nor appid")
        speaks_for_others = bool(known & self._entra.speak_for_others)
        if known & self._entra.manage:
            return Caller(name, "manage", speaks_for_others)
        if known & self._entra.read:
            return Caller(name, "read", speaks_for_others)
        for_user = ", for a user" if "scp" in claims else ""
        who = f"oid {_shown(claims.get('oid'))}, app {_shown(app)}{for_user}"
        raise Denied(
            f"{who}, roles {_shown(roles)}: in neither ROOMS_ENTRA_MANAGE nor ROOMS_ENTRA_READ"
        )


def _key_id(token: str) -> str:
    import jwt

    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError):
        raise Denied("malformed token") from None
    if header.get("alg") != "RS256":
        raise Denied(f"the token is signed with {_shown(header.get('alg'))}, expected RS256")
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise Denied("the token has no key id")
    return kid


def _verified_claims(token: str, kid: str, key: "RSAPublicKey") -> Claims:
    import jwt

    try:
        return jwt.decode(token, key, algorithms=["RS256"], options=_ONLY_SIGNATURE)
    except jwt.InvalidSignatureError:
        raise Denied(f"the token's signature does not fit the key '{escaped(kid)}'") from None
    except (jwt.PyJWTError, ValueError):
        raise Denied("malformed token") from None


def _seconds(claims: Claims, claim: str) -> float:
    value = claims.get(claim)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e12:
        raise Denied(f"the token's {claim} is not a time")
    return value


def _shown(value: object) -> str:
    return f"'{escaped(value)}'" if isinstance(value, str) else escaped(str(value))
