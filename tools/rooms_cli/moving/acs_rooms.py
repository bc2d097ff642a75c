"""The rooms of ACS, read with the official SDK.

It is the SDK's client without coroutines, on threads: the command line has it anyway, and the one
with coroutines would need aiohttp.
"""

from collections.abc import Callable, Iterator
from typing import Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
)

from rooms_cli.client import Json, as_on_the_wire
from rooms_cli.failures import Failure, TemporaryFailure
from rooms_cli.moving.acs_connection import ACS_VARIABLE, AcsAddress
from rooms_cli.moving.pace import REST_SECONDS, Pace

ATTEMPTS = 5
"""How often a request is sent that fails otherwise than with a 429."""

FIRST_PAUSE_SECONDS = 1.0
"""Before the second attempt. Each further pause is twice as long."""

type People = dict[str, str]
"""The roles on a roster, by raw id."""


class AcsRooms:
    """Reads rooms and rosters at a pace. Every method may raise Failure, and Stopped of the pace.

    A 429 is no failure: all requests wait for as long as it says, and go on more slowly.
    """

    def __init__(
        self, address: AcsAddress, pace: Pace, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self._client, self._endpoint = address.client, address.endpoint
        self._pace = pace
        self._say = say
        self.requests = 0
        """How many were sent."""

    def all(self, listed: Callable[[int], None]) -> dict[str, Json]:
        """Returns all rooms by id, the newest first. `listed` is told the number on each page."""
        rooms: dict[str, Json] = {}
        for page in self._pages(self._client.list_rooms()):
            rooms |= {room.id: as_on_the_wire(room) for room in page}
            listed(len(page))
        return rooms

    def room(self, room_id: str) -> Json | None:
        """Returns a room, or None if ACS does not have it."""
        try:
            return as_on_the_wire(self._asked(lambda: self._client.get_room(room_id)))
        except _NotFound:
            return None

    def roster(self, room_id: str) -> People | None:
        """Returns who is invited to a room, or None if ACS does not have it."""
        try:
            pages = list(self._pages(self._client.list_participants(room_id)))
        except _NotFound:
            return None
        return {
            each.communication_identifier.raw_id: str(getattr(each.role, "value", each.role))
            for page in pages
            for each in page
        }

    def _pages(self, paged: Any) -> Iterator[list[Any]]:
        """Yields the pages of a list. One that fails is asked for again."""
        pages = paged.by_page()
        while True:
            yield self._asked(lambda: list(next(pages)))
            if pages.continuation_token is None:
                return

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """Returns the answer to a request. Raises _NotFound for a 404."""
        failures = 0
        while True:
            self._pace.wait()
            self.requests += 1
            try:
                answer = ask()
            except (AzureError, ValueError, KeyError, TypeError) as error:
                if _status(error) == 429:
                    self._rest(error)
                    continue
                failure = self._failure(error)
                failures += 1
                if failures == ATTEMPTS or not isinstance(failure, TemporaryFailure):
                    raise failure from None
                self._pace.sleep(FIRST_PAUSE_SECONDS * 2 ** (failures - 1))
            else:
                self._pace.answered()
                return answer

    def _rest(self, error: Exception) -> None:
        seconds = _retry_after(error)
        if self._pace.throttled(seconds):
            self._say(
                f"ACS asks to wait {seconds:g} s. Then it gets at most "
                f"{self._pace.rate:.1f} requests a second, and slowly more again."
            )

    def _failure(self, error: Exception) -> Failure:
        at, status = self._endpoint, _status(error)
        if isinstance(error, ClientAuthenticationError) and status is None:
            return Failure(f"You are not signed in to an account that may read {at}: az login.")
        if status in (401, 403):
            return Failure(
                f"{at} refuses to let you read its rooms. Check the key in {ACS_VARIABLE} "
                "(az communication list-key) and the clock of this machine, or the role of who is "
                "signed in."
            )
        if status == 404:
            raise _NotFound
        if status is not None and status >= 500:
            return TemporaryFailure(f"{at} answered {status}, again and again. Try again later.")
        if isinstance(error, AzureError) and status is None:
            return TemporaryFailure(
                f"{at} cannot be reached, or does not answer in time. Check the endpoint of the "
                "ACS resource."
            )
        what = f"answered {status}, but" if status else "answers, but"
        return Failure(f"{at} {what} not as ACS does. Check the endpoint of the ACS resource.")


class _NotFound(Exception):
    """ACS does not have the room."""


def _status(error: Exception) -> int | None:
    return error.status_code if isinstance(error, HttpResponseError) else None


def _retry_after(error: Exception) -> float:
    """Returns the seconds that a 429 asks to wait."""
    response: Any = error.response if isinstance(error, HttpResponseError) else None
    text: str = "" if response is None else response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else REST_SECONDS
