"""Delivery as Event Grid does it: to a webhook, several at a time, again and again until it takes
them."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp

from simulator.faults import Delivery, Faults, plan
from simulator.together import together

REFUSALS = frozenset({400, 401, 403, 413})
"""After these Event Grid does not try again."""

_NOT_THE_WEBHOOK = frozenset({401, 403, 404})
_HINT = (
    "Is it the app's webhook? (in Azure: https://<host>/runtime/webhooks/EventGrid?functionName=call_events"
    "&code=<the system key eventgrid_extension>)"
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the deliveries are made. Event Grid itself waits 10 s after the first failure, and goes
    on for 24 h."""

    batch: int = 10
    """The most events in one delivery."""
    in_flight: int = 8
    """The most deliveries that wait for their answer at one time."""
    answer_seconds: float = 30
    first_pause_seconds: float = 0.2
    longest_pause_seconds: float = 5
    give_up_seconds: float = 300
    """After the first try of a delivery."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the deliveries are."""

    delivered: int
    """Events, each copy of one counted."""
    of: int
    retries: int
    """Deliveries that were tried again."""
    failure: str | None = None
    """Why the last of them was."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the events."""

    progress: Progress
    dropped: frozenset[int]
    """Places of those that the faults have dropped."""
    refused: Mapping[int, str]
    """Places of those that the webhook refused for good, and what it answered."""


class Undelivered(Exception):
    """A delivery was tried for as long as it may be, and never taken; or the first ones show that
    it is no use."""


async def deliver(
    elements: Sequence[Mapping[str, Any]],
    webhook_url: str,
    faults: Faults | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    manner: Manner | None = None,
    due_seconds: Sequence[float] | None = None,
) -> Outcome:
    """Deliver these events to the webhook, and come back when it has answered for all.

    Args:
        elements: events as they stand in a delivery, of one schema or both.
        faults: none unless told.
        seed: of the faults.
        on_progress: called after each answer.
        due_seconds: when each event happens, from now; without it, all have happened.

    Raises:
        Undelivered: no answer but failures for `manner.give_up_seconds`; or, before any other
            answer, nobody is there, or who is there does not let us in.
    """
    manner = manner or Manner()
    planned = plan(elements, faults or Faults(), seed, manner.batch, due_seconds)
    count = sum(len(delivery.places) for delivery in planned.deliveries)
    connector = aiohttp.TCPConnector(limit=manner.in_flight)
    async with aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(manner.answer_seconds)
    ) as session:
        sender = _Sender(
            elements, webhook_url, manner, session, Random(f"{seed}/pauses"), count, on_progress
        )
        await together(*(sender.send(delivery) for delivery in planned.deliveries))
    return Outcome(sender.progress, planned.dropped, sender.refused)


@dataclass(slots=True)
class _Sender:
    elements: Sequence[Mapping[str, Any]]
    webhook_url: str
    manner: Manner
    session: aiohttp.ClientSession
    random: Random
    count: int
    on_progress: Callable[[Progress], None] | None
    delivered: int = 0
    retries: int = 0
    failure: str | None = None
    refused: dict[int, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.free = asyncio.Semaphore(self.manner.in_flight)

    @property
    def progress(self) -> Progress:
        return Progress(self.delivered, self.count, self.retries, self.failure)

    async def send(self, delivery: Delivery) -> None:
        if (wait := self.began + delivery.after_seconds - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        deadline = None
        pause = self.manner.first_pause_seconds
        while True:
            async with self.free:
                deadline = deadline or time.monotonic() + self.manner.give_up_seconds
                failure = await self._try(delivery)
            if failure is None:
                break
            if time.monotonic() > deadline:
                raise Undelivered(f"{self.webhook_url} does not take the events: {failure}")
            self.retries, self.failure = self.retries + 1, failure
            self._tell()
            await asyncio.sleep(pause * self.random.uniform(0.5, 1))
            pause = min(2 * pause, self.manner.longest_pause_seconds)
        self.delivered += len(delivery.places)
        self._tell()

    async def _try(self, delivery: Delivery) -> str | None:
        """None if it need not be tried again, else what went wrong."""
        body, headers = _request([self.elements[place] for place in delivery.places])
        try:
            async with self.session.post(self.webhook_url, data=body, headers=headers) as answer:
                text = f"{answer.status} {' '.join((await answer.text(errors='replace')).split())[:200]}".rstrip()
        except (aiohttp.ClientError, TimeoutError) as problem:
            text = str(problem) or type(problem).__name__
            self._give_up_if(isinstance(problem, aiohttp.ClientConnectorError), text)
            return text
        self._give_up_if(answer.status in _NOT_THE_WEBHOOK, text)
        if answer.status in REFUSALS:
            self.refused |= dict.fromkeys(delivery.places, text)
            return None
        return None if 200 <= answer.status < 300 else text

    def _give_up_if(self, hopeless: bool, failure: str) -> None:
        """The app may be restarted while it takes events, but not before it has taken one."""
        if hopeless and not self.delivered:
            raise Undelivered(
                f"{self.webhook_url} does not take the events: {failure.rstrip('.')}. {_HINT}"
            )

    def _tell(self) -> None:
        if self.on_progress:
            self.on_progress(self.progress)


def _request(elements: list[Mapping[str, Any]]) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of one delivery: a single CloudEvent comes bare, all else in an
    array."""
    headers = {"aeg-event-type": "Notification", "aeg-subscription-name": "SIMULATOR"}
    if "specversion" not in elements[0]:
        content, media_type = json.dumps(elements), "application/json"
    elif len(elements) == 1:
        content, media_type = json.dumps(elements[0]), "application/cloudevents+json"
    else:
        content, media_type = json.dumps(elements), "application/cloudevents-batch+json"
    return content.encode(), {**headers, "Content-Type": f"{media_type}; charset=utf-8"}
