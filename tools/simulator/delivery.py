"""Delivers events to a webhook as Event Grid does: several at a time, with retries."""

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
"""Event Grid does not retry after these statuses."""

_NOT_THE_WEBHOOK = frozenset({401, 403, 404})
_HINT = (
    "Is it the app's webhook? (in Azure: https://<host>/runtime/webhooks/EventGrid"
    "?functionName=call_events&code=<the system key eventgrid_extension>)"
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How to deliver. Event Grid itself waits 10 s after a first failure, and retries for 24 h."""

    batch: int = 10
    """Maximum number of events in one delivery."""
    in_flight: int = 8
    """Maximum number of deliveries that wait for an answer at the same time."""
    answer_seconds: float = 30
    first_pause_seconds: float = 0.2
    longest_pause_seconds: float = 5
    give_up_seconds: float = 300
    """From the first attempt of a delivery."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of the deliveries."""

    delivered: int
    """Delivered events. Each copy counts."""
    of: int
    retries: int
    """Number of retried deliveries."""
    failure: str | None = None
    """The reason of the last retry."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of the deliveries."""

    progress: Progress
    dropped: frozenset[int]
    """Positions of the events that were dropped on purpose."""
    refused: Mapping[int, str]
    """Positions of the events that the webhook refused for good, and its answers."""


@dataclass(slots=True)
class Trace:
    """How far the deliveries have come: positions of events."""

    attempted: set[int] = field(default_factory=set)
    """May have arrived."""
    delivered: set[int] = field(default_factory=set)


class Undelivered(Exception):
    """The webhook accepted no delivery in time, or its first answers show that it never will."""


async def deliver(
    elements: Sequence[Mapping[str, Any]],
    webhook_url: str,
    faults: Faults | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    manner: Manner | None = None,
    due_seconds: Sequence[float] | None = None,
    trace: Trace | None = None,
) -> Outcome:
    """Delivers these events to the webhook. Returns when it has answered all of them.

    Args:
        elements: events as they are sent, in one schema or both.
        faults: default none.
        seed: for the faults.
        on_progress: called after each answer.
        due_seconds: when each event happens, in seconds from now. Default: all have happened.
        trace: is kept up to date, for a caller that cancels this.

    Raises:
        Undelivered: a delivery failed for `manner.give_up_seconds`; or, before any success, nothing
            listens there or the webhook denies access.
    """
    manner = manner or Manner()
    planned = plan(elements, faults or Faults(), seed, manner.batch, due_seconds)
    count = sum(len(delivery.places) for delivery in planned.deliveries)
    connector = aiohttp.TCPConnector(limit=manner.in_flight)
    async with aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(manner.answer_seconds)
    ) as session:
        sender = _Sender(
            elements,
            webhook_url,
            manner,
            session,
            Random(f"{seed}/pauses"),
            count,
            on_progress,
            trace or Trace(),
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
    trace: Trace
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
        self.trace.attempted.update(delivery.places)
        pause = self.manner.first_pause_seconds
        while True:
            async with self.free:
                deadline = deadline or time.monotonic() + self.manner.give_up_seconds
                failure = await self._try(delivery)
            if failure is None:
                break
            if time.monotonic() > deadline:
                raise Undelivered(f"{self.webhook_url} does not accept the events: {failure}")
            self.retries, self.failure = self.retries + 1, failure
            self._report_progress()
            await asyncio.sleep(pause * self.random.uniform(0.5, 1))
            pause = min(2 * pause, self.manner.longest_pause_seconds)
        self.trace.delivered.update(delivery.places)
        self.delivered += len(delivery.places)
        self._report_progress()

    async def _try(self, delivery: Delivery) -> str | None:
        """Returns the failure if a retry is needed, else None."""
        body, headers = _request([self.elements[place] for place in delivery.places])
        try:
            async with self.session.post(self.webhook_url, data=body, headers=headers) as answer:
                said = " ".join((await answer.text(errors="replace")).split())[:200]
                text = f"{answer.status} {said}".rstrip()
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
        """Raises Undelivered, unless the app accepted events before: then it may be restarting."""
        if hopeless and not self.delivered:
            raise Undelivered(
                f"{self.webhook_url} does not accept the events: {failure.rstrip('.')}. {_HINT}"
            )

    def _report_progress(self) -> None:
        if self.on_progress:
            self.on_progress(self.progress)


def _request(elements: list[Mapping[str, Any]]) -> tuple[bytes, dict[str, str]]:
    """Returns body and headers of one delivery. A single CloudEvent is sent without an array."""
    headers = {"aeg-event-type": "Notification", "aeg-subscription-name": "SIMULATOR"}
    if "specversion" not in elements[0]:
        content, media_type = json.dumps(elements), "application/json"
    elif len(elements) == 1:
        content, media_type = json.dumps(elements[0]), "application/cloudevents+json"
    else:
        content, media_type = json.dumps(elements), "application/cloudevents-batch+json"
    return content.encode(), {**headers, "Content-Type": f"{media_type}; charset=utf-8"}
