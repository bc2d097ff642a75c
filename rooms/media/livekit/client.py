"""Calls the API of a LiveKit server: Twirp, JSON over HTTP.

A bad token is answered in plain text, with the token in it: bodies of refusals are never logged.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from rooms.domain.limits import LIMITS, Limits
from rooms.http_session import new_session
from rooms.log_text import error_text
from rooms.media.errors import MediaRefusesUs, MediaUnavailable
from rooms.media.signed_json import signed
from rooms.settings.media import ApiKey, MediaServer

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

_log = logging.getLogger(__name__)

_SERVICE = "twirp/livekit.RoomService"

_TOKEN_SECONDS = 60


class LiveKitApi:
    """The API of one server. One serves the whole process, as it keeps connections."""

    def __init__(self, server: MediaServer, limits: Limits = LIMITS) -> None:
        self._server = server
        self._seconds = limits.media_seconds
        self._session: ClientSession | None = None

    async def call(
        self, method: str, body: Mapping[str, Any], key: ApiKey | None = None, **grants: Any
    ) -> dict[str, Any] | None:
        """Calls a method and returns its answer, in snake_case, or None if what it is about is not
        there.

        Args:
            key: what signs, if not the first key.
            grants: what the token of the request allows.

        Raises:
            MediaUnavailable: the server does not answer, or fails.
            MediaRefusesUs: it refuses the key.
        """
        with self._failures(method):
            async with self._asked("POST", f"{_SERVICE}/{method}", key, grants, body) as answer:
                status = answer.status
                content = await answer.json(content_type=None) if status in (200, 404) else None
        if status == 200 and isinstance(content, dict):
            return content
        if status == 404 and isinstance(content, dict) and content.get("code") == "not_found":
            return None
        _log.error("media: %s: %s answers %d", method, self._server.api, status)
        raise MediaRefusesUs if status in (401, 403) else MediaUnavailable

    async def validate(self, identity: str, **grants: Any) -> tuple[int, str]:
        """Asks what the server would answer to a client that joins, and returns the status and the
        text. It makes nothing.

        Raises:
            MediaUnavailable: the server does not answer.
        """
        with self._failures("validate"):
            async with self._asked("GET", "rtc/validate", None, grants, sub=identity) as answer:
                return answer.status, await answer.text()

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def _asked(
        self,
        method: str,
        path: str,
        key: ApiKey | None,
        grants: Mapping[str, Any],
        body: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> AsyncIterator["ClientResponse"]:
        """Sends a request, and waits for all of its answer as long as the limit allows."""
        claims |= {"exp": int(time.time()) + _TOKEN_SECONDS, "video": grants}
        token = signed(key or self._server.keys[0], claims)
        async with (
            asyncio.timeout(self._seconds),
            self._known_session().request(
                method,
                f"{self._server.api}/{path}",
                json=body,
                headers={"Authorization": f"Bearer {token}"},
                allow_redirects=False,
            ) as answer,
        ):
            yield answer

    @contextmanager
    def _failures(self, method: str) -> Iterator[None]:
        """Raises MediaUnavailable, and logs it, if there is no answer."""
        from aiohttp import ClientError  # by the first call: it slows a cold start

        try:
            yield
        except (TimeoutError, ClientError, OSError, ValueError) as error:
            reason = error_text(error)
            _log.error("media: %s: no answer of %s: %s", method, self._server.api, reason)
            raise MediaUnavailable from error

    def _known_session(self) -> "ClientSession":
        if self._session is None:
            self._session = new_session()
        return self._session
