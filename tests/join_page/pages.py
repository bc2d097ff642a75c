"""Join pages of people in a real browser, whose camera, microphone and screen are fakes. Errors,
violations of the policy and requests to other hosts fail the test."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    WebError,
    WebSocket,
    expect,
)

from testkit.livekit_server import AppWithCalls
from testkit.raw import Raw
from testkit.running import RunningApp
from testkit.waiting import until
from tests.console.pages import PATIENCE, ZONE, Scheme

HEIGHT = 800

ARGUMENTS = [
    "--use-fake-device-for-media-stream=fps=5",
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire",
]
"""With these Chromium has devices, and lets every page use them."""

_STATUS = re.compile(
    r"Failed to load resource: the server responded with a status of (\d+)"
    r"|WebSocket connection to .*: Unexpected response code: (\d+)"
)


@dataclass
class Visit:
    """A browser of one person: what is kept in it, and what went wrong there.

    `allowed` are statuses of answers that the test provokes: the browser calls them errors.
    """

    context: BrowserContext
    hosts: tuple[str, ...]
    allowed: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE)
        self.context.on("console", self._said)
        self.context.on("request", self._request)
        self.context.on("weberror", self._failed)
        self.context.on("page", lambda page: page.on("websocket", self._connects))

    def open(self, url: str) -> Page:
        """Opens an address in a tab of this browser."""
        page = self.context.new_page()
        page.goto(url)
        return page

    def _failed(self, error: WebError) -> None:
        self.problems.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        self._asks(request.url)

    def _connects(self, socket: WebSocket) -> None:
        self._asks(socket.url)

    def _asks(self, url: str) -> None:
        if not url.startswith(self.hosts):
            self.problems.append(f"asked another host: {url}")

    def _said(self, message: ConsoleMessage) -> None:
        status = _STATUS.match(message.text)
        provoked = status and int(status[1] or status[2]) in self.allowed
        if message.type in ("error", "warning") and not provoked:
            self.problems.append(f"{message.type}: {message.text} ({message.location['url'][:80]})")


@dataclass
class Door:
    """Makes rooms and join links, and opens browsers for people."""

    running: AppWithCalls
    browser: Browser
    visits: list[Visit] = field(default_factory=list)

    @property
    def app(self) -> RunningApp:
        return self.running.app

    @property
    def raw(self) -> Raw:
        return Raw(self.app.http, self.app.manage_key)

    def room(
        self,
        roles: Mapping[str, str],
        names: Mapping[str, str],
        title: str = "Consultation",
        **body: Any,
    ) -> str:
        """Makes a room with these people; its id."""
        invited = {who: {"role": role} for who, role in roles.items()}
        room_id: str = self.raw.new_room({"participants": invited, **body})["id"]
        named = {who: {"name": name} for who, name in names.items()}
        details = {"title": title, "participants": named}
        assert self.raw.patch(f"/rooms/{room_id}/details", details).status == 200
        return room_id

    def link(self, room_id: str, who: str) -> str:
        """Makes a join link; its address."""
        made = self.raw.post(f"/rooms/{room_id}/joinLinks", {"rawId": who})
        assert made.status == 201, made
        url: str = made.json()["url"]
        return url

    def set_role(self, room_id: str, who: str, role: str | None) -> None:
        """Gives somebody a role, or removes them from the roster."""
        change = {"participants": {who: role and {"role": role}}}
        assert self.raw.patch(f"/rooms/{room_id}/participants", change).status == 200

    def set_times(self, room_id: str, begins: str, ends: str) -> None:
        """Changes from when to when a room is open."""
        change = {"validFrom": begins, "validUntil": ends}
        assert self.raw.patch(f"/rooms/{room_id}", change).status == 200

    def visit(self, width: int = 1200, scheme: Scheme = "light", height: int = HEIGHT) -> Visit:
        """Opens a browser of somebody who has never been here."""
        viewport: ViewportSize = {"width": width, "height": height}
        context = self.browser.new_context(
            viewport=viewport, color_scheme=scheme, locale="en-GB", timezone_id=ZONE
        )
        media = self.running.livekit.settings["ROOMS_MEDIA_URL"]
        hosts = (f"{self.app.http}/", f"{media}/", media.replace("ws", "http", 1) + "/")
        visit = Visit(context, (*hosts, "blob:", "data:"))
        self.visits.append(visit)
        return visit

    def close(self) -> None:
        """Closes all browsers. Fails if something went wrong in one of them."""
        for visit in self.visits:
            visit.context.close()
        problems = [problem for visit in self.visits for problem in visit.problems]
        self.visits.clear()
        assert not problems, "\n".join(problems)


@contextmanager
def door_of(running: AppWithCalls, browser: Browser) -> Iterator[Door]:
    """Opens browsers, and closes them in the end."""
    door = Door(running, browser)
    yield door
    door.close()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", level=1, name=name)


def in_call(page: Page) -> None:
    """Waits until the page is in the call."""
    expect(page.get_by_role("list", name="Pictures of people")).to_be_visible()


def tile(page: Page, name: str) -> Locator:
    """Returns the picture of a person."""
    return (
        page.get_by_role("list", name="Pictures of people")
        .get_by_role("listitem")
        .filter(has_text=name)
    )


def told(page: Page, text: str) -> None:
    """Waits until the page has told that."""
    expect(page.get_by_role("log")).to_contain_text(text)


FRAMES = "video => video.getVideoPlaybackQuality().totalVideoFrames"


def plays(video: Locator) -> None:
    """Waits until a video shows further frames."""
    before = video.evaluate(FRAMES)
    until(lambda: video.evaluate(FRAMES) > before)
