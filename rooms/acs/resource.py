"""Sends requests to the resource of ACS, signed, and returns its answers as they are."""

import asyncio
import logging
from collections.abc import Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import AcsRefusesUs, AcsUnavailable, NoAnswerOfAcs
from rooms.auth.signing import signed_headers
from rooms.domain.limits import LIMITS, Limits
from rooms.http_session import new_session
from rooms.log_text import error_text
from rooms.managed_identity import identity
from rooms.settings.acs import AcsResource

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientSession
    from azure.core.credentials_async import AsyncTokenCredential

# aiohttp and yarl are imported with the first request: they slow a cold start.

_log = logging.getLogger(__name__)

SENT_ON = "x-anteroom-sent-on"
"""The header of requests that are sent on. Who sends on must not get them."""

_SCOPE = "https://communication.azure.com/.default"


class Resource:
    """Sends requests to one resource. One serves the whole process, as it keeps connections."""

    def __init__(self, acs: AcsResource, limits: Limits = LIMITS) -> None:
        self._acs = acs
        self._seconds = limits.acs_seconds
        self._host = urlsplit(acs.endpoint).netloc
        self._session: ClientSession | None = None
        self._identity: AsyncTokenCredential | None = None

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> AcsAnswer:
        """Sends a request to ACS once and returns the answer.

        Args:
            target: path and query, encoded.
            headers: beside the signature.

        Raises:
            AcsUnavailable: no answer came.
            NoAnswerOfAcs: the answer is a redirect.
        """
        from aiohttp import ClientError
        from azure.core.exceptions import AzureError
        from yarl import URL

        try:
            async with asyncio.timeout(self._seconds):
                credentials = await self._credentials(method, target, body)
                async with self._known_session().request(
                    method,
                    URL(f"{self._acs.endpoint}{target}", encoded=True),
                    headers={SENT_ON: "true", **headers, **credentials, "Host": self._host},
                    data=body or None,
                    skip_auto_headers=("Content-Type",),
                    allow_redirects=False,
                    middlewares=(_once,) if method == "DELETE" else (),
                ) as answer:
                    content = await answer.read()
        except (TimeoutError, ClientError, AzureError, OSError) as error:
            reason = error_text(error)
            _log.error("ACS at %s: no answer: %s", self._acs.endpoint, reason)
            raise AcsUnavailable from error
        if 300 <= answer.status < 400:
            _log.error("ACS at %s: a redirect (%d)", self._acs.endpoint, answer.status)
            raise NoAnswerOfAcs
        return AcsAnswer(
            answer.status, {name.lower(): value for name, value in answer.headers.items()}, content
        )

    def refused(self) -> AcsRefusesUs:
        """Returns the error for an answer that refuses us. Logs it, without the key."""
        what = "identity" if self._acs.key is None else "key"
        _log.error("ACS at %s: refuses the %s of this service", self._acs.endpoint, what)
        return AcsRefusesUs()

    async def close(self) -> None:
        """Closes the connections."""
        for each in (self._session, self._identity):
            if each is not None:
                await each.close()

    def _known_session(self) -> "ClientSession":
        if self._session is None:
            self._session = new_session()
        return self._session

    async def _credentials(self, method: str, target: str, body: bytes) -> dict[str, str]:
        if self._acs.key is not None:
            date = formatdate(usegmt=True)
            return signed_headers(self._acs.key, method, target, self._host, date, body)
        if self._identity is None:
            self._identity = identity("ROOMS_ACS__clientId", self._acs.client_id)
        token = await self._identity.get_token(_SCOPE)
        return {"Authorization": f"Bearer {token.token}"}


async def _once(request: "ClientRequest", send: "ClientHandlerType") -> "ClientResponse":
    """Sends a request once. By itself aiohttp sends a DELETE again if a kept connection is cut,
    and the first one may have been carried out."""
    from aiohttp import ClientConnectionError

    try:
        return await send(request)
    except ClientConnectionError as error:
        raise ClientConnectionError(f"{type(error).__name__} {error}") from error
