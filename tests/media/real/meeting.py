"""A meeting on a real server: people on three join pages and with three other devices, among them
one whose network goes, one who is removed, and some whose role changes."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Browser

from testkit.call_client import joined
from testkit.identifiers import raw_id
from tests.media.real.browsers import JoinPage, opened
from tests.media.real.service import Seat, Service, eventually, seen

ANN, BEN, FIN, HUGO, INES, NILS, SALMA = (raw_id(number) for number in range(1, 8))
PEOPLE = {
    ANN: "Presenter",
    BEN: "Attendee",
    FIN: "Attendee",
    HUGO: "Attendee",
    INES: "Presenter",
    NILS: "Attendee",
    SALMA: "Consumer",
}
NAMES = {ANN: "Ann", INES: "Ines", NILS: "Nils", SALMA: "Salma"}

OPEN_FOR = timedelta(seconds=3)
"""How long the room stays open after the most has happened."""


@dataclass
class Meeting:
    """The meeting while it goes on, and what came of it."""

    service: Service
    browser: Browser
    room_id: str = ""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why clients were disconnected, by what had been done."""
    denied: dict[str, Any] = field(default_factory=dict)
    """What admission said to who had been removed."""

    async def play(self) -> None:
        """Plays it all."""
        self.room_id = await self.service.new_room(PEOPLE)
        named = {"participants": {who: {"name": name} for who, name in NAMES.items()}}
        answer = await self.service.send("PATCH", f"/rooms/{self.room_id}/details", named)
        assert answer.status == 200, answer
        devices, pages = await asyncio.gather(
            asyncio.gather(
                self._joins_as_a_program(HUGO),
                self.service.join(self.room_id, ANN, "desk", watches=True),
                self.service.join(self.room_id, BEN, "desk", watches=True),
                self.service.join(self.room_id, BEN, "phone"),
                self.service.join(self.room_id, FIN),
            ),
            asyncio.gather(self._opens(INES), self._opens(NILS), self._opens(SALMA)),
        )
        hugo, ann, ben, phone, fin = devices
        ines, nils, salma = pages
        await self._see_and_hear(ann, ben, pages)
        hugo.kill()
        phone, *_ = await asyncio.gather(
            self._takes_the_place(phone),
            self._reloads(nils),
            self._changes_role(ann, ben),
            self._is_removed(fin),
            self._is_gone(HUGO),
        )
        await asyncio.gather(ann.client.leave(), phone.client.leave(), ines.leave(), nils.leave())
        await self._closes(ben, salma)

    async def _joins_as_a_program(self, who: str) -> Process:
        """Joins with a client that can be killed."""
        token = await self.service.token(self.room_id, who)
        client = (sys.executable, "-m", "testkit.call_client", self.service.server.url, token)
        process = await asyncio.create_subprocess_exec(*client, stdout=PIPE)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"joined\n"
        return process

    async def _opens(self, who: str) -> JoinPage:
        page = await opened(self.browser, self.service, self.room_id, who)
        await page.join()
        return page

    async def _see_and_hear(self, ann: Seat, ben: Seat, pages: Iterable[JoinPage]) -> None:
        """Waits until pictures and voices have arrived, in all directions."""
        await asyncio.gather(
            ann.client.publish("camera"),
            ann.client.publish("microphone", 880),
            ben.client.publish("camera"),
            ben.client.publish("microphone", 440),
        )
        await seen(lambda: ann.client.sees(ben.identity) and ben.client.sees(ann.identity))
        await seen(lambda: 440 in ann.client.tones[ben.identity])
        await seen(lambda: 880 in ben.client.tones[ann.identity])
        await seen(lambda: {INES, NILS} <= {who.partition("#")[0] for who, _ in ann.client.frames})
        await asyncio.gather(*(page.plays(NAMES[ANN]) for page in pages))

    async def _takes_the_place(self, seat: Seat) -> Seat:
        """Joins again with the device that is in the call."""
        again = await self.service.join(self.room_id, seat.who, seat.device)
        self.reasons["joined elsewhere"] = await seat.client.disconnected
        return again

    async def _reloads(self, page: JoinPage) -> None:
        await page.page.reload()
        await page.join()

    async def _changes_role(self, ann: Seat, ben: Seat) -> None:
        """Lets Ben share his screen as a Presenter, and then no more."""
        await self.service.patch_people(self.room_id, {BEN: "Presenter"})
        await ben.client.publish("screen_share")
        await seen(lambda: ann.client.sees(ben.identity, "screen_share"))
        await self.service.patch_people(self.room_id, {BEN: "Attendee"})

        async def shares_no_more() -> bool:
            tracks = (await self.service.people(self.room_id))[ben.identity]["tracks"]
            return "SCREEN_SHARE" not in {track["source"] for track in tracks}

        await eventually(shares_no_more)

    async def _is_removed(self, seat: Seat) -> None:
        """Removes Fin, who tries to come back with the token that he has."""
        await self.service.patch_people(self.room_id, {FIN: None})
        self.reasons["removed"] = await seat.client.disconnected
        back = await joined(self.service.server.url, self.service.renewed(seat.token))
        self.reasons["came back"] = await back.disconnected
        self.denied = (await self.service.admission(self.room_id, FIN)).json()

    async def _is_gone(self, who: str) -> None:
        """Waits until the server has noticed that somebody is gone."""

        async def gone() -> bool:
            people = await self.service.people(self.room_id)
            return not any(identity.startswith(f"{who}#") for identity in people)

        await eventually(gone)

    async def _closes(self, ben: Seat, salma: JoinPage) -> None:
        """Lets the room end under those who are still in it."""
        overview = await self.service.json(f"/rooms/{self.room_id}/overview")
        end = datetime.now(UTC) + OPEN_FOR
        times = {"validFrom": overview["validFrom"], "validUntil": end.isoformat()}
        await self.service.patch_room(self.room_id, times)
        await seen(lambda: datetime.now(UTC) > end)
        await self.service.run_timer()
        self.reasons["closed"] = await ben.client.disconnected
        # A page that has just lost its connection asks again, and is told that the room is closed.
        await salma.says("The call has ended", "You cannot join now")
