"""Requests sent one after the other, so many at a time, and how long each took."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

type Call = Callable[[int], Awaitable[object]]
"""Does one thing; it is told which of those that are under way at the same time it is, from 0."""


class Refused(Exception):
    """The service did not answer as it should."""


class Busy(Refused):
    """The service asks to be asked again later."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How fast calls were: `rate` in calls a second, the rest in milliseconds."""

    rate: float
    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float], total: float) -> Self:
        """From what each call took, and all of them together, in seconds."""
        ordered = sorted(seconds)
        return cls(
            len(ordered) / total,
            *(1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99)),
        )

    @classmethod
    def median(cls, rounds: Sequence[Self]) -> Self:
        """Of several rounds, each figure by itself."""
        return cls(
            *(median(getattr(each, name) for each in rounds) for name in ("rate", "p50", "p99"))
        )


async def measure(calls: Sequence[Call], at_once: int) -> Measured:
    """Does all of them, so many at a time."""
    waiting, seconds = iter(calls), list[float]()

    async def work(worker: int) -> None:
        for call in waiting:
            began = time.perf_counter()
            await call(worker)
            seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work(worker) for worker in range(at_once)))
    return Measured.of(seconds, time.perf_counter() - began)


class Connection:
    """One connection to the service, kept open. It knows as much of HTTP as the service's answers
    need, and so costs a tenth of what a client library does: the service shall have the processor,
    not the bench."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """To this port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**24))

    async def send(self, request: bytes) -> bytes:
        """The body of the answer. Raises Refused if it is no success, Busy if it is 503."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        body = await self._body(head)
        if not head.startswith(b"http/1.1 2"):
            refusal = Busy if head.startswith(b"http/1.1 503") else Refused
            raise refusal(
                f"{request.split(b' HTTP')[0].decode()}: {head.split(b'\r')[0].decode()} "
                f"{body[:300].decode()}"
            )
        return body

    async def _body(self, head: bytes) -> bytes:
        _, found, length = head.partition(b"\r\ncontent-length: ")
        if found:
            return await self._reader.readexactly(int(length.split(b"\r", 1)[0]))
        if b"\r\ntransfer-encoding: chunked" not in head:
            return b""
        body = b""
        while size := int(await self._reader.readline(), 16):
            body += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readexactly(2)
        return body

    def close(self) -> None:
        """Ends it."""
        self._writer.close()
