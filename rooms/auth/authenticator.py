"""Finds out who sent a request.

The log says in one line why a request was refused, without any secret, token or signature. The
answer never says why.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import azure.functions as func

from rooms.auth.caller import Caller
from rooms.auth.entra import EntraTokens
from rooms.auth.errors import Denied, TenantKeysUnavailable
from rooms.auth.published_keys import Fetch, fetch_json
from rooms.auth.shared_key import SharedKeys
from rooms.auth.signed_writes import SignedWrites
from rooms.auth.url import describe, is_loopback, was_https
from rooms.domain.limits import LIMITS, Limits
from rooms.log_text import escaped
from rooms.settings import Settings

_log = logging.getLogger("rooms.auth")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Authenticator:
    """Authenticates requests. One serves the whole process, as it caches the tenant's keys."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] = _utc_now,
        fetch: Fetch = fetch_json,
        limits: Limits = LIMITS,
    ) -> None:
        self._keys = (
            SharedKeys(settings.keys, settings.trust_forwarded_host, now) if settings.keys else None
        )
        self._tokens = EntraTokens(settings.entra, now, fetch) if settings.entra else None
        self._writes = SignedWrites(now, limits.signed_writes)
        if self._keys is None and self._tokens is None:
            _log.error(
                "every request will be refused, as neither a key nor a tenant is set: set "
                "ROOMS_MANAGE_KEY__<name> or ROOMS_READ_KEY__<name> to a base64 key (openssl rand "
                "-base64 48), or ROOMS_ENTRA_TENANT with ROOMS_ENTRA_MANAGE or ROOMS_ENTRA_READ"
            )

    async def authenticate(self, req: func.HttpRequest, allow_plain_key: bool = False) -> Caller:
        """Returns the sender of `req`.

        Args:
            req: the request. Its method decides what the sender must be allowed.
            allow_plain_key: whether a key may be sent in the header x-api-key, unsigned.

        Raises:
            Denied: the sender is unknown, or may not do this.
            TenantKeysUnavailable: the token cannot be checked now.
            Either is logged here and nowhere else.
        """
        try:
            caller = await self._identify(req, allow_plain_key)
            if caller.access == "read" and req.method != "GET":
                raise Denied(f"{escaped(caller.name)} may only read (GET)")
            if caller.signature is not None and req.method != "GET":
                self._writes.check(caller.signature, _repeatability_id(req))
        except (Denied, TenantKeysUnavailable) as refused:
            _log.warning("refused %s: %s", describe(req), refused.reason)
            raise
        return caller

    def carried_out(self, req: func.HttpRequest, caller: Caller, repeatable: bool) -> None:
        """Remembers a request that was carried out: its signature is good no more for a write.

        Args:
            repeatable: whether it has a Repeatability-Request-ID and changes nothing if it comes
                again with the same one.
        """
        if caller.signature is not None and req.method != "GET":
            self._writes.add(caller.signature, _repeatability_id(req) if repeatable else "")

    async def _identify(self, req: func.HttpRequest, allow_plain_key: bool) -> Caller:
        if self._keys is None and self._tokens is None:
            raise Denied(
                "neither ROOMS_MANAGE_KEY__<name> nor ROOMS_READ_KEY__<name> nor "
                "ROOMS_ENTRA_TENANT is set"
            )
        authorization: str | None = req.headers.get("authorization")
        if not authorization:
            if allow_plain_key and self._keys and (key := req.headers.get("x-api-key")):
                if not (was_https(req) or is_loopback(req)):
                    raise Denied(
                        "x-api-key came over plain HTTP, where others can read it: make a new key, "
                        "and call https://, or sign the request"
                    )
                return self._keys.holder(key)
            raise Denied(
                "no Authorization header" + (" and no x-api-key" if allow_plain_key else "")
            )
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() == "hmac-sha256":
            if self._keys is None:
                raise Denied(
                    "signed with a key, but neither ROOMS_MANAGE_KEY__<name> nor "
                    "ROOMS_READ_KEY__<name> is set"
                )
            return self._keys.authenticate(req, authorization)
        if scheme.lower() == "bearer":
            if self._tokens is None:
                raise Denied("a bearer token, but ROOMS_ENTRA_TENANT is not set")
            return await self._tokens.authenticate(credentials.strip())
        # Not logged: a caller who forgets the scheme sends a secret in its place.
        raise Denied("the scheme of the Authorization header is neither HMAC-SHA256 nor Bearer")


def _repeatability_id(req: func.HttpRequest) -> str:
    repeatability_id: str = req.headers.get("repeatability-request-id", "")
    return repeatability_id
