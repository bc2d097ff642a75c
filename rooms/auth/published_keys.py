"""The keys that a tenant publishes for its tokens (JWKS), fetched when needed and cached.

The address comes from the settings, never from a token.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rooms.auth.errors import Denied, TenantKeysUnavailable
from rooms.log_text import error_text, escaped

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

type Fetch = Callable[[str], Awaitable[Any]]
"""Fetches the JSON at an address. Any exception means that the keys are not available now."""

MAX_AGE = timedelta(hours=24)
"""Age at which the keys are fetched again."""

HARD_MAX_AGE = timedelta(hours=72)
"""Age at which the keys are used no more, if they cannot be fetched again: one may have been
revoked since."""

RETRY_AFTER = timedelta(seconds=15)
"""Shortest time between two fetches: anybody can send tokens with unknown key ids."""

FETCH_SECONDS = 5

MAX_BYTES = 1024 * 1024
"""Largest answer with keys. Entra's have some 15 KiB."""

_log = logging.getLogger("rooms.auth")


class PublishedKeys:
    """The published keys at `url`, by key id."""

    def __init__(self, url: str, now: Callable[[], datetime], fetch: Fetch) -> None:
        self._url = url
        self._now = now
        self._fetch = fetch
        self._one_at_a_time = asyncio.Lock()
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched: datetime | None = None
        self._tried: datetime | None = None
        self._failure = ""

    async def find(self, kid: str) -> "RSAPublicKey":
        """Returns the key with the id `kid`.

        Raises:
            Denied: the tenant has no such key.
            TenantKeysUnavailable: the cache has no such key, or is too old, and the keys cannot be
                fetched.
        """
        key = self._cached(kid)
        if key is None or (
            self._older(self._fetched, MAX_AGE) and not self._one_at_a_time.locked()
        ):
            await self._refresh()
            key = self._cached(kid)
        if key is not None:
            return key
        if self._failure:
            raise TenantKeysUnavailable(
                f"the tenant's keys could not be fetched from {self._url}: {self._failure}"
            )
        raise Denied(f"the token's key id '{escaped(kid)}' is not among the keys at {self._url}")

    def _cached(self, kid: str) -> "RSAPublicKey | None":
        if self._fetched is None or self._now() - self._fetched >= HARD_MAX_AGE:
            return None
        return self._keys.get(kid)

    async def _refresh(self) -> None:
        async with self._one_at_a_time:
            if not self._older(self._tried, RETRY_AFTER):
                return
            try:
                async with asyncio.timeout(FETCH_SECONDS):
                    self._keys = _signing_keys(await self._fetch(self._url))
            except Exception as failure:  # whatever the reason, there are no new keys
                self._failure = error_text(failure)
                if self._keys:
                    _log.error(
                        "keeping the keys fetched at %s: %s: %s",
                        self._fetched,
                        self._url,
                        self._failure,
                    )
            else:
                self._failure = ""
                self._fetched = self._now()
            self._tried = self._now()

    def _older(self, moment: datetime | None, age: timedelta) -> bool:
        # A clock that was set back counts as older: it must not keep us from fetching.
        return moment is None or not timedelta(0) <= self._now() - moment < age


async def fetch_json(url: str) -> Any:
    """Returns the JSON at `url`. Raises ValueError if it is larger than MAX_BYTES."""
    import aiohttp

    plain = {"Accept-Encoding": "identity"}  # else a few bytes could become a great many
    async with (
        aiohttp.ClientSession(headers=plain, auto_decompress=False) as session,
        session.get(url, allow_redirects=False) as response,
    ):
        if response.status != 200:
            raise ValueError(f"answered {response.status}")
        content = bytearray()
        async for piece in response.content.iter_any():
            content += piece
            if len(content) > MAX_BYTES:
                raise ValueError(f"the answer has more than {MAX_BYTES:,} bytes")
        return json.loads(content)


def _signing_keys(document: Any) -> dict[str, "RSAPublicKey"]:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from jwt import InvalidKeyError
    from jwt.algorithms import RSAAlgorithm

    keys = {}
    for entry in document["keys"]:
        if (
            entry.get("kty") != "RSA"
            or entry.get("use", "sig") != "sig"
            or not isinstance(entry.get("kid"), str)
        ):
            continue
        try:
            key = RSAAlgorithm.from_jwk(entry)
        except (InvalidKeyError, ValueError):
            continue
        if isinstance(key, RSAPublicKey):
            keys[entry["kid"]] = key
    if not keys:
        raise ValueError("no RSA signing key among them")
    return keys
