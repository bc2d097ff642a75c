"""Join pages of people, in a Chromium whose camera and microphone are fakes, asked from
coroutines."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.console import chromium
from tests.console.pages import PATIENCE
from tests.media.real.service import Service, eventually

_DEVICES = ["--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream"]

_HAS_PLAYED = "video => video.getVideoPlaybackQuality().totalVideoFrames > 0"


@dataclass(frozen=True, slots=True)
class JoinPage:
    """The page of one person."""

    page: Page

    async def join(self) -> None:
        """Joins, and waits until it is in the call."""
        await self.page.get_by_role("button", name="Join", exact=True).click()
        await expect(self.page.get_by_role("list", name="Pictures of people")).to_be_visible()

    async def leave(self) -> None:
        """Leaves the call."""
        await self.page.get_by_role("button", name="Leave", exact=True).click()
        await self.says("You have left the call")

    async def says(self, *headings: str) -> None:
        """Waits until it has one of these headings."""
        any_of_them = re.compile("|".join(map(re.escape, headings)))
        await expect(self.page.get_by_role("heading", level=1, name=any_of_them)).to_be_visible()

    async def plays(self, name: str) -> None:
        """Waits until it shows a picture of this person."""
        tiles = self.page.get_by_role("list", name="Pictures of people").get_by_role("listitem")
        video = tiles.filter(has_text=name).locator("video")

        async def has_played() -> bool:
            played: bool = await video.evaluate(_HAS_PLAYED)
            return played

        await eventually(has_played)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Runs a Chromium. Skips the test if there is none."""
    if not (path := chromium.executable()):
        pytest.skip(chromium.MISSING)
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=path, args=[*chromium.ARGUMENTS, *_DEVICES]
        )
        yield running
        await running.close()


async def opened(running: Browser, service: Service, room_id: str, who: str) -> JoinPage:
    """Returns the page of somebody who has opened their join link, in a browser of their own."""
    made = await service.send("POST", f"/rooms/{room_id}/joinLinks", {"rawId": who})
    assert made.status == 201, made
    context = await running.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    # The link has the host by which tests call the service.
    fragment = made.json()["url"].partition("#")[2]
    await page.goto(f"{service.running.app.http}/join/{room_id}#{fragment}")
    return JoinPage(page)
