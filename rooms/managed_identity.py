"""Tokens of the app's identity in Azure, from the token service of App Service and Functions.

https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference has
the protocol. azure-identity has it, too, but its import makes a cold start a third longer.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from rooms.log_text import error_text, escaped

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_log = logging.getLogger(__name__)

ENDPOINT, HEADER = "IDENTITY_ENDPOINT", "IDENTITY_HEADER"
"""Variables that the platform sets for an app with an identity. It may change the second."""

_VERSION = "2019-08-01"

TRIES = 4
FIRST_DELAY = 0.25
TRY_SECONDS = 5.0
"""How often the token service is asked, the seconds before it is asked again, doubled each time,
and the seconds that one answer may take."""

RENEWAL_SECONDS = 300
"""A token that is good for less is renewed, as azure-core does."""

PAUSE_SECONDS = 30
"""A token that is good is not asked for again sooner: the service may go on to give the same."""


def identity(
    setting: str, client_id: str | None, environment: Mapping[str, str] = os.environ
) -> "AsyncTokenCredential":
    """Returns what gets tokens for this app: its identity in Azure. Elsewhere it is what
    azure-identity finds, such as `az login`, if that is installed.

    Args:
        setting: the name of the setting with the client id, for errors.
        client_id: of a user-assigned identity.
    """
    if not environment.get(ENDPOINT):
        try:
            from azure.identity.aio import DefaultAzureCredential
        except ImportError:
            pass  # the error for the first token says what is missing
        else:
            return DefaultAzureCredential(managed_identity_client_id=client_id)
    return ManagedIdentity(setting, client_id, environment)


class ManagedIdentity:
    """The identity of an app in Azure, as the SDKs take it."""

    def __init__(
        self,
        setting: str,
        client_id: str | None,
        environment: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._setting = setting
        self._needed_by = setting.partition("__")[0]
        self._client_id = client_id
        self._environment = environment
        self._clock = clock
        self._tokens: dict[str, AccessToken] = {}
        self._asked: dict[str, float] = {}
        self._asking: dict[str, asyncio.Task[AccessToken]] = {}

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """Returns a token for a scope, such as https://storage.azure.com/.default.

        The token service is asked once for all who wait. Minutes before the token expires it is
        asked again, and nobody waits for that.

        Raises:
            ClientAuthenticationError: there is no token. The message names the setting.
        """
        resource = scopes[0].removesuffix("/.default")
        token = self._tokens.get(resource)
        if token is not None and not self._is_due(resource, token):
            return token
        task = self._asking.get(resource)
        if task is None:
            task = self._asking[resource] = asyncio.create_task(self._renewed(resource))
            task.add_done_callback(lambda task: self._ended(resource, task))
        if token is not None and token.expires_on > self._clock():
            return token
        return await asyncio.shield(task)  # who waits no longer must not end it for the others

    async def close(self) -> None:
        """Waits for what is under way. No connection is kept."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()

    def _is_due(self, resource: str, token: AccessToken) -> bool:
        now = self._clock()
        if token.expires_on <= now:
            return True
        return token.expires_on < now + RENEWAL_SECONDS and (
            now > self._asked[resource] + PAUSE_SECONDS
        )

    def _ended(self, resource: str, task: asyncio.Task[AccessToken]) -> None:
        del self._asking[resource]
        if not task.cancelled():
            task.exception()  # asyncio would log it as never retrieved if nobody waits any longer

    async def _renewed(self, resource: str) -> AccessToken:
        self._asked[resource] = self._clock()
        try:
            token = await self._ask(resource)
        except ClientAuthenticationError as error:
            old = self._tokens.get(resource)
            if old is None or old.expires_on <= self._clock():
                raise
            _log.warning("%s The token before is good for a while.", error)
            return old
        self._tokens[resource] = token
        return token

    async def _ask(self, resource: str) -> AccessToken:
        from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

        endpoint, header = (self._environment.get(name) for name in (ENDPOINT, HEADER))
        if not (endpoint and header):
            raise self._error(
                f"{HEADER if endpoint else ENDPOINT} is not set. Give the app an identity: az "
                "functionapp identity assign. On a laptop, install azure-identity, and run az login"
            )
        query = {"api-version": _VERSION, "resource": resource}
        if self._client_id:
            query["client_id"] = self._client_id
        # No proxy of the environment: the service is on the machine, and must not be told others.
        async with ClientSession(
            cookie_jar=DummyCookieJar(),
            headers={"X-IDENTITY-HEADER": header},
            timeout=ClientTimeout(TRY_SECONDS),
        ) as session:
            status: int | str
            for attempt in range(TRIES):
                if attempt:
                    await asyncio.sleep(FIRST_DELAY * 2 ** (attempt - 1))
                try:
                    async with session.get(endpoint, params=query, allow_redirects=False) as answer:
                        status, text = answer.status, await answer.text(errors="replace")
                except (TimeoutError, ClientError, OSError) as error:
                    status, text = "nothing", error_text(error)
                    continue
                if status == 200:
                    return self._token(text)
                if status not in (408, 429) and status < 500:
                    break
        raise self._error(
            f"the token service answers {status} (check the identity of the app, and "
            f"{self._setting}): {escaped(text)}"
        )

    def _token(self, text: str) -> AccessToken:
        """Reads an answer. No error has it, as there may be a token in it."""
        try:
            found = json.loads(text)
            token, expires = found["access_token"], int(found["expires_on"])
        except (ValueError, KeyError, TypeError, OverflowError):
            token, expires = None, 0
        if not (isinstance(token, str) and token):
            raise self._error("the token service answers without access_token and expires_on")
        return AccessToken(token, expires)

    def _error(self, problem: str) -> ClientAuthenticationError:
        return ClientAuthenticationError(f"{self._needed_by}: no token: {problem}.")
