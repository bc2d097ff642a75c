"""Who calls, and may they: shared keys (HMAC) and Entra ID bearer tokens, the same on a laptop and
in Azure.

What is wrong with a refused request is said in one line of the log, which never has a secret, a
token or a signature, and never in the answer.
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
from rooms.auth.url import described
from rooms.log_text import escaped
from rooms.settings import Settings

__all__ = ["Authenticator", "Caller"]

_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Authenticator:
    """Tells who sent a request. One serves the whole process: it keeps the tenant's published keys."""

    def __init__(
        self, settings: Settings, now: Callable[[], datetime] = _utc_now, fetch: Fetch = fetch_json
    ) -> None:
        self._keys = (
            SharedKeys(settings.keys, settings.trust_forwarded_host, now) if settings.keys else None
        )
        self._tokens = EntraTokens(settings.entra, now, fetch) if settings.entra else None
        if self._keys is None and self._tokens is None:
            _log.error(
                "every request will be refused, as nobody is known who may call: set ROOMS_MANAGE_KEY__<name> or "
                "ROOMS_READ_KEY__<name> to a base64 key (openssl rand -base64 48), or ROOMS_ENTRA_TENANT with "
                "ROOMS_ENTRA_MANAGE or ROOMS_ENTRA_READ"
            )

    async def authenticate(self, req: func.HttpRequest, key_as_it_is: bool = False) -> Caller:
        """Who sent `req`, which may have a key as it is in the header x-api-key, if `key_as_it_is`.

        Raises:
            Denied: nobody who may do this.
            TenantKeysUnavailable: that cannot be known now.
            The reason of either is logged here, and nowhere else.
        """
        try:
            caller = await self._identify(req, key_as_it_is)
            if caller.access == "read" and req.method != "GET":
                raise Denied(f"{escaped(caller.name)} may only read (GET)")
        except (Denied, TenantKeysUnavailable) as refused:
            _log.warning("refused %s: %s", described(req), refused.reason)
            raise
        return caller

    async def _identify(self, req: func.HttpRequest, key_as_it_is: bool) -> Caller:
        if self._keys is None and self._tokens is None:
            raise Denied(
                "neither ROOMS_MANAGE_KEY__<name> nor ROOMS_READ_KEY__<name> nor ROOMS_ENTRA_TENANT is set"
            )
        authorization: str | None = req.headers.get("authorization")
        if not authorization:
            if key_as_it_is and self._keys and (key := req.headers.get("x-api-key")):
                return self._keys.holder(key)
            raise Denied("no Authorization header" + (" and no x-api-key" if key_as_it_is else ""))
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() == "hmac-sha256":
            if self._keys is None:
                raise Denied(
                    "signed with a key, but no ROOMS_MANAGE_KEY__<name> and no ROOMS_READ_KEY__<name> is set"
                )
            return self._keys.authenticate(req, authorization)
        if scheme.lower() == "bearer":
            if self._tokens is None:
                raise Denied("a bearer token, but ROOMS_ENTRA_TENANT is not set")
            return await self._tokens.authenticate(credentials.strip())
        # The scheme is not shown: who forgets it sends a secret in its place.
        raise Denied("the scheme of the Authorization header is neither HMAC-SHA256 nor Bearer")
