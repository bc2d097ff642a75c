"""Sends again what a busy service has not taken."""

from collections.abc import Callable

from rooms_cli.client import Client, Json
from rooms_cli.connection import Connection
from rooms_cli.failures import Refused, TemporaryFailure

ATTEMPTS = 8
"""A minute in all."""

FIRST_PAUSE_SECONDS = 0.5
"""Before the second attempt. Each further pause is twice as long."""

CHANGE_UNDER_WAY = "ChangeUnderWay"
"""The code of a refusal that passes: the service is just changing the room."""


def patiently[T](send: Callable[[], T], sleep: Callable[[float], object]) -> T:
    """Returns the answer to a request that may be sent again. Raises Failure."""
    pauses = (FIRST_PAUSE_SECONDS * 2**attempt for attempt in range(ATTEMPTS - 1))
    while True:
        try:
            return send()
        except (TemporaryFailure, Refused) as failure:
            if isinstance(failure, Refused) and failure.code != CHANGE_UNDER_WAY:
                raise
            pause = next(pauses, None)
            if pause is None:
                raise
        sleep(pause)


def reached(at: Connection) -> Client:
    """Returns a client of a service that answers, and takes the key. Raises Failure at once: else a
    wrong address would be found after a minute of patience."""
    client = Client(at)
    next(client.rooms({}))
    return client


def listed_here(
    client: Client, sleep: Callable[[float], object], carrier: str | None = None
) -> list[Json]:
    """Returns all rooms of the service, or those with this carrier. Raises Failure."""

    def read() -> list[Json]:
        return [room for page in client.rooms({"carrier": carrier}) for room in page]

    return patiently(read, sleep)
