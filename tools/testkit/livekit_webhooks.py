"""Delivers webhooks as a LiveKit server does, and does to them what a network can do.

In each room one at a time, in order. What is refused, or answered with 5xx or 429, is tried again
after 1, 3, 7 and 15 s, here shorter, and is lost then. Each other answer counts as delivered, 4xx
too.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from rooms.media.signed_json import signed
from rooms.settings.media import ApiKey
from testkit.livekit_state import Json, new_sid
from testkit.waiting import HANG_SECONDS

TRIES = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each try, after the one before it."""

LIFETIME = 300
"""Seconds that the token of a webhook is good for."""

CONTENT_TYPE = "application/webhook+json"


class WebhookFault(Enum):
    """What becomes of a webhook."""

    LOST = auto()
    """Never sent."""
    TWICE = auto()
    """Sent again after it was taken, byte for byte."""
    LATE = auto()
    """Sent when `release` is called. Those after it are not held up."""
    FORGED = auto()
    """Another body is sent under its signature, instead of it."""
    WRONG_KEY = auto()
    """Signed with a secret that is not ours, instead of ours."""
    REPLAYED = auto()
    """Sent, and once more when its token has expired."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """What is sent."""

    room: str
    event: Json
    body: bytes
    authorization: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook that was sent, and the status of the answer: None if none came."""

    webhook: Webhook
    status: int | None


@dataclass
class Webhooks:
    """Sends webhooks to `url`, if there is one. To be used in one event loop.

    `choose` is asked for each event for a fault. `scale`: how long a second of a retry is.
    """

    key: ApiKey
    clock: Callable[[], float]
    url: str | None = None
    scale: float = 0.02
    choose: Callable[[Json], WebhookFault | None] = lambda _event: None
    made: list[Webhook] = field(default_factory=list)
    """All that there were, lost ones too, for those who deliver them by hand."""
    deliveries: list[Delivery] = field(default_factory=list)
    lost: list[Webhook] = field(default_factory=list)
    """Given up, as nobody took them."""
    held: list[Webhook] = field(default_factory=list)
    """Late, until they are released."""
    pending: int = 0
    """How many are still to be sent."""

    _queues: dict[str, asyncio.Queue[Webhook]] = field(default_factory=dict)
    _senders: set[asyncio.Task[None]] = field(default_factory=set)
    _session: ClientSession | None = None

    def tell(self, room: str, event: str, about: Json) -> None:
        """Makes a webhook and puts it into the queue of its room."""
        now = int(self.clock())
        content = {"event": event} | about | {"id": new_sid("EV"), "createdAt": str(now)}
        webhook = signed_webhook(self.key, room, content, now)
        self.made.append(webhook)
        match self.choose(content):
            case None:
                self._put(webhook)
            case WebhookFault.LOST:
                self.lost.append(webhook)
            case WebhookFault.TWICE:
                self._put(webhook)
                self._put(webhook)
            case WebhookFault.LATE:
                self.held.append(webhook)
            case WebhookFault.FORGED:
                self._put(forged(webhook))
            case WebhookFault.WRONG_KEY:
                stranger = ApiKey(self.key.name, b"a secret that is not the one of the server")
                self._put(signed_webhook(stranger, room, content, now))
            case WebhookFault.REPLAYED:
                self._put(webhook)
                self._put(signed_webhook(self.key, room, content, now - 2 * LIFETIME))

    def release(self) -> None:
        """Sends what is late."""
        for webhook in self.held:
            self._put(webhook)
        self.held.clear()

    async def close(self) -> None:
        """Stops sending."""
        for sender in self._senders:
            sender.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def forget_queues(self) -> None:
        """Loses all that is still to be sent, as a server does that is killed."""
        for sender in self._senders:
            sender.cancel()
        self._queues.clear()
        self.held.clear()
        self.pending = 0

    def _put(self, webhook: Webhook) -> None:
        if self.url is None:
            return
        if webhook.room not in self._queues:
            queue = self._queues[webhook.room] = asyncio.Queue()
            self._start(self._send_all(queue))
        self.pending += 1
        self._queues[webhook.room].put_nowait(webhook)

    def _start(self, sending: Coroutine[Any, Any, None]) -> None:
        sender = asyncio.get_running_loop().create_task(sending)
        self._senders.add(sender)
        sender.add_done_callback(self._senders.discard)

    async def _send_all(self, queue: asyncio.Queue[Webhook]) -> None:
        while True:
            webhook = await queue.get()
            await self._send(webhook)
            self.pending -= 1

    async def _send(self, webhook: Webhook) -> None:
        for wait in TRIES:
            await asyncio.sleep(wait * self.scale)
            status = await self._try(webhook)
            self.deliveries.append(Delivery(webhook, status))
            if status is not None and status < 500 and status != 429:
                return
        self.lost.append(webhook)

    async def _try(self, webhook: Webhook) -> int | None:
        assert self.url
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(HANG_SECONDS))
        headers = {"Authorization": webhook.authorization, "Content-Type": CONTENT_TYPE}
        try:
            async with self._session.post(
                self.url, data=webhook.body, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status
        except (ClientError, TimeoutError):
            return None


def signed_webhook(
    key: ApiKey, room: str, event: Json, at: int, body: bytes | None = None
) -> Webhook:
    """Returns a webhook that `key` signed at this time, in seconds since 1970. `body`: what is sent
    instead of the event."""
    if body is None:
        body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    times = {"iat": at, "nbf": at, "exp": at + LIFETIME}
    return Webhook(room, event, body, signed(key, {**times, "sha256": digest}))


def forged(webhook: Webhook) -> Webhook:
    """Returns it with one second more in its time, and so with a body that nobody signed."""
    event = webhook.event | {"createdAt": str(int(webhook.event["createdAt"]) + 1)}
    body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    return Webhook(webhook.room, event, body, webhook.authorization)
