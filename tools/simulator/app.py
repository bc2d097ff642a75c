"""Talks to the app under test: to its rooms with the official SDK, to the rest over HTTP."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
from azure.communication.rooms import CommunicationUserIdentifier, RoomParticipant
from azure.communication.rooms.aio import RoomsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
)

from simulator.meeting import Meeting, Person, RoleChange

FUNCTION = "call_events"
"""The function of the app that receives call events."""

OPEN_BEFORE = timedelta(minutes=15)
OPEN_AFTER = timedelta(days=1)
OPEN_AT_LEAST = timedelta(minutes=1)

_TIMEOUT = aiohttp.ClientTimeout(60)
_REQUESTS_AT_ONCE = 4
_PAUSES = (1, 2, 4)
"""Seconds before each retry of a request."""


class AppFailed(Exception):
    """The app does not answer, refused a request, or sent an answer that cannot be read."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an app is, and the key for it."""

    endpoint: str
    key: str
    webhook: str
    """The URL for events. In Azure it contains a `code`."""
    acs: str
    """Where rooms are made and changed: the app itself, or what stands for ACS beside it."""
    key_in_links: bool = False
    """Whether links to the console sign in."""

    @classmethod
    def of(
        cls,
        endpoint: str,
        key: str,
        webhook: str | None = None,
        acs: str | None = None,
        key_in_links: bool = False,
    ) -> "Address":
        """Returns the address. The default webhook is that of the Functions host. `acs` has the
        same key."""
        endpoint = endpoint.rstrip("/")
        return cls(
            endpoint,
            key,
            webhook or f"{endpoint}/runtime/webhooks/EventGrid?functionName={FUNCTION}",
            acs or endpoint,
            key_in_links,
        )

    def console(self, view: str) -> str:
        """Returns the link to a view in the console, such as /room/<id>."""
        sign_in = f"key={quote(self.key, safe='')}&view=" if self.key_in_links else ""
        return f"{self.endpoint}/console#{sign_in}{view}"


@dataclass(frozen=True, slots=True)
class App:
    """An app, with open connections."""

    address: Address
    rooms: RoomsClient
    session: aiohttp.ClientSession
    free: asyncio.Semaphore

    async def make_room(self, meeting: Meeting, open_after: timedelta = OPEN_AFTER) -> str:
        """Creates a room that is open during the meeting, with roster and details. Returns its id.

        Args:
            open_after: how long it is open after the scheduled time.

        Raises:
            AppFailed
        """
        roster = [
            RoomParticipant(communication_identifier=_user(who.raw_id), role=who.role)
            for who in meeting.invited
        ]
        begins = min([meeting.scheduled_start, *(call.started for call in meeting.calls)])
        opens = begins - OPEN_BEFORE
        # A room cannot be made that is closed already.
        closes = max(meeting.scheduled_end + open_after, datetime.now(UTC) + OPEN_AT_LEAST)
        try:
            room = await self.rooms.create_room(
                valid_from=opens, valid_until=closes, participants=roster
            )
        except AzureError as problem:
            raise AppFailed(
                f"Cannot create a room at {self.address.acs}: {_next_step(problem)}"
            ) from problem
        details = {
            "title": meeting.title,
            "scheduledStart": meeting.scheduled_start.isoformat(),
            "scheduledEnd": meeting.scheduled_end.isoformat(),
            "participants": {person.raw_id: _details(person) for person in meeting.invited},
        }
        await self._request(
            "PATCH", f"{self.address.endpoint}/rooms/{room.id}/details", json=details
        )
        return str(room.id)

    async def change_role(self, room_id: str, change: RoleChange) -> None:
        """Changes the role of a person on the roster.

        Raises:
            AppFailed
        """
        participant = RoomParticipant(
            communication_identifier=_user(change.person.raw_id), role=change.role
        )
        try:
            await self.rooms.add_or_update_participants(room_id=room_id, participants=[participant])
        except AzureError as problem:
            raise AppFailed(f"Cannot change a role: {problem}") from problem

    async def admission(self, room_id: str, person: Person) -> Any:
        """Asks whether a person may join now, as the backend of a page does. Returns the answer.

        Raises:
            AppFailed
        """
        return await self._request(
            "POST",
            f"{self.address.endpoint}/rooms/{room_id}/admission",
            also=403,
            json={"rawId": person.raw_id, "displayName": person.name, "media": False},
        )

    async def get(self, path: str, **query: str) -> Any:
        """Returns the answer to a GET request.

        Raises:
            AppFailed
        """
        return await self._request("GET", f"{self.address.endpoint}{path}", params=query)

    async def get_all(self, path: str, **query: str) -> tuple[Any, list[Any]]:
        """Returns the first page of a list, and the values of all pages.

        Raises:
            AppFailed
        """
        first = page = await self.get(path, **query)
        values = list(page["value"])
        while link := page.get("nextLink"):
            page = await self._request("GET", link)
            values += page["value"]
        return first, values

    async def _request(self, method: str, url: str, also: int = 200, **options: Any) -> Any:
        """Returns the answer of status 200 or `also`. Retries after 429 and 503, as the app
        suggests."""
        for pause in (*_PAUSES, None):
            try:
                async with (
                    self.free,
                    self.session.request(
                        method, url, headers={"x-api-key": self.address.key}, **options
                    ) as answer,
                ):
                    if answer.status in (200, also):
                        return await answer.json()
                    said = (await answer.text())[:300]
                    text = f"{method} {answer.url} got the answer {answer.status} {said}"
            except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
                raise AppFailed(
                    f"{method} {url} got no answer: {problem or type(problem).__name__}"
                ) from problem
            if answer.status not in (429, 503) or pause is None:
                break
            await asyncio.sleep(pause)
        raise AppFailed(text)


@asynccontextmanager
async def connected(address: Address) -> AsyncIterator[App]:
    """Yields the app at that address, connected."""
    # The SDK warns that its own times have no time zone.
    logging.getLogger("azure.communication.rooms").setLevel(logging.ERROR)
    credential = AzureKeyCredential(address.key)
    async with (
        RoomsClient(address.acs, credential) as rooms,
        aiohttp.ClientSession(timeout=_TIMEOUT) as session,
    ):
        yield App(address, rooms, session, asyncio.Semaphore(_REQUESTS_AT_ONCE))


def _user(raw_id: str) -> CommunicationUserIdentifier:
    return CommunicationUserIdentifier(raw_id)


def _details(person: Person) -> dict[str, str]:
    """Returns what the details of a room say of a person."""
    return {"name": person.name} | (
        {"externalId": person.external_id} if person.external_id is not None else {}
    )


def _next_step(problem: AzureError) -> str:
    """Returns what is wrong and what to do."""
    match problem:
        case ClientAuthenticationError():
            return (
                "it does not accept the key. Use a manage key: "
                "`make start` prints one after accesskey="
            )
        case ServiceRequestError(message="Server disconnected"):
            return f"{problem}. If this is the HTTPS port, use the port before it."
        case ServiceRequestError() | HttpResponseError(error=None):
            return f"{problem}. Is `make start` running there? Use the same port: PORT=<port>"
        case _:
            return str(problem)
