"""A device in a call, by LiveKit's Python client: its camera, its microphone, and what it sees and
hears of the others.

As a program it joins and stays, until it is killed:

    python -m testkit.call_client <url> <token>
"""

import asyncio
import contextlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Literal

import numpy as np
from livekit import rtc

type Source = Literal["camera", "microphone", "screen_share"]

RATE = 48_000
"""Samples a second, of what is sent and heard."""

_BLOCK = RATE // 100
_WIDTH, _HEIGHT = 320, 240
_SOURCES = {
    "camera": rtc.TrackSource.SOURCE_CAMERA,
    "microphone": rtc.TrackSource.SOURCE_MICROPHONE,
    "screen_share": rtc.TrackSource.SOURCE_SCREENSHARE,
}
_NAMES = {number: name for name, number in _SOURCES.items()}


class CallClient:
    """A device that is connected, or was."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self.frames: Counter[tuple[str, str]] = Counter()
        """Pictures that have come, by who sent them and of what."""
        self.tones: defaultdict[str, set[int]] = defaultdict(set)
        """What has been the loudest in the voice of each of the others, in Hz, in steps of 20."""
        self.published: list[tuple[str, str]] = []
        """What the others have begun to send: who, and what."""
        self.gone: set[str] = set()
        """Who of the others has left."""
        self.disconnected: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Why it was disconnected, once it is."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("track_published", self._announced)
        self.room.on("participant_disconnected", lambda other: self.gone.add(other.identity))
        self.room.on("disconnected", self._disconnected)

    @property
    def me(self) -> rtc.LocalParticipant:
        """Its own participant."""
        return self.room.local_participant

    async def connect(self, url: str, token: str, *, watches: bool) -> None:
        """Joins. Who does not watch takes no pictures and voices. Raises rtc.ConnectError."""
        await self.room.connect(url, token, rtc.RoomOptions(auto_subscribe=watches))

    async def publish(self, source: Source, tone: int = 440) -> str:
        """Sends pictures, or a tone, and returns the id of the track.

        Without the right to do so it raises rtc.participant.PublishTrackError, or never returns.
        """
        track = self._voice(tone) if source == "microphone" else self._pictures(source)
        options = rtc.TrackPublishOptions(source=_SOURCES[source], simulcast=False)
        return (await self.me.publish_track(track, options)).sid

    async def leave(self) -> None:
        """Disconnects, as somebody who hangs up."""
        await self.room.disconnect()
        await self._stop()

    def sees(self, identity: str, source: Source = "camera") -> bool:
        """Whether pictures of somebody have come."""
        return self.frames[identity, source] > 0

    def _voice(self, tone: int) -> rtc.LocalTrack:
        source = rtc.AudioSource(RATE, 1)

        async def speak() -> None:
            at, begun = 0, time.monotonic()
            while True:
                # A source whose track is refused takes all at once.
                await asyncio.sleep(begun + at / RATE - time.monotonic())
                times = (np.arange(_BLOCK) + at) / RATE
                wave = (np.sin(2 * np.pi * tone * times) * 12_000).astype(np.int16)
                await source.capture_frame(rtc.AudioFrame(wave.tobytes(), RATE, 1, _BLOCK))
                at += _BLOCK

        self._start(speak())
        return rtc.LocalAudioTrack.create_audio_track("voice", source)

    def _pictures(self, name: str) -> rtc.LocalTrack:
        source = rtc.VideoSource(_WIDTH, _HEIGHT)

        async def show() -> None:
            picture = np.full((_HEIGHT, _WIDTH, 4), 200, np.uint8)
            while True:
                picture[:, :, 0] += 7
                source.capture_frame(
                    rtc.VideoFrame(_WIDTH, _HEIGHT, rtc.VideoBufferType.RGBA, picture.tobytes())
                )
                await asyncio.sleep(0.1)

        self._start(show())
        return rtc.LocalVideoTrack.create_video_track(name, source)

    def _subscribed(
        self,
        track: rtc.Track,
        publication: rtc.RemoteTrackPublication,
        other: rtc.RemoteParticipant,
    ) -> None:
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            self._start(self._watch(track, other.identity, _NAMES[publication.source]))
        else:
            self._start(self._listen(track, other.identity))

    def _announced(
        self, publication: rtc.RemoteTrackPublication, other: rtc.RemoteParticipant
    ) -> None:
        self.published.append((other.identity, _NAMES[publication.source]))

    async def _watch(self, track: rtc.Track, identity: str, name: str) -> None:
        async with contextlib.aclosing(rtc.VideoStream(track)) as stream:
            async for _ in stream:
                self.frames[identity, name] += 1

    async def _listen(self, track: rtc.Track, identity: str) -> None:
        async with contextlib.aclosing(
            rtc.AudioStream(track, sample_rate=RATE, num_channels=1)
        ) as stream:
            async for heard in _twentieths(stream):
                spectrum = np.abs(np.fft.rfft(heard))
                self.tones[identity].add(int(spectrum.argmax()) * 20)

    def _disconnected(self, reason: Any) -> None:
        if not self.disconnected.done():
            self.disconnected.set_result(rtc.DisconnectReason.Name(reason))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def joined(url: str, token: str, *, watches: bool = False) -> CallClient:
    """Returns a device that has joined. Raises rtc.ConnectError."""
    client = CallClient()
    await client.connect(url, token, watches=watches)
    return client


async def _twentieths(stream: rtc.AudioStream) -> AsyncIterator[Any]:
    """Yields what is heard, a twentieth of a second at a time."""
    heard = np.zeros(0, np.int16)
    async for event in stream:
        heard = np.append(heard, np.frombuffer(event.frame.data, np.int16))
        if len(heard) >= RATE // 20:
            yield heard[: RATE // 20]
            heard = heard[:0]


async def _stay(url: str, token: str) -> None:
    client = await joined(url, token)
    print("joined", flush=True)
    await client.disconnected


if __name__ == "__main__":
    asyncio.run(_stay(*sys.argv[1:]))
