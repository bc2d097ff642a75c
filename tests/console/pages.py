"""Pages of the console in a real browser. Errors and requests to other hosts fail the test."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    ViewportSize,
    WebError,
    expect,
)

from devhost.azurite import PROJECT
from testkit.running import RunningApp
from testkit.waiting import HANG_SECONDS
from tests.effort import THOROUGH

type Scheme = Literal["light", "dark"]

KEPT = "anteroom.key"
"""The name of the key in the session storage."""

PATIENCE = HANG_SECONDS * 1000
"""Milliseconds until an expectation fails."""

ZONE = "Europe/Madrid"

WIDE, NARROW = 1200, 360
HEIGHT = 900

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SCREENS: list[tuple[int, Scheme]] = (
    list(product((NARROW, WIDE), SCHEMES)) if THOROUGH else [(NARROW, "light"), (WIDE, "dark")]
)

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"

_STATUS = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@dataclass
class Chromium:
    """A running browser. Pages of the same looks share what was loaded; the key is the tab's, so it
    is not shared."""

    browser: Browser
    contexts: dict[tuple[int, int, Scheme], BrowserContext] = field(default_factory=dict)

    def context(self, width: int, height: int, scheme: Scheme) -> BrowserContext:
        if (looks := (width, height, scheme)) not in self.contexts:
            viewport: ViewportSize = {"width": width, "height": height}
            context = self.browser.new_context(
                viewport=viewport, color_scheme=scheme, locale="en-GB", timezone_id=ZONE
            )
            context.set_default_timeout(PATIENCE)
            self.contexts[looks] = context
        return self.contexts[looks]


@dataclass
class Console:
    """Opens pages of one app's console, for one test.

    `allowed` are statuses of answers that the test provokes: the browser calls them errors.
    """

    chromium: Chromium
    app: RunningApp
    allowed: set[int] = field(default_factory=set)
    requested: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    watched: list[BrowserContext] = field(default_factory=list)
    tabs: list[Page] = field(default_factory=list)
    """One that tests share which only look; it is the caller's."""
    others: tuple[str, ...] = ()
    """Other hosts that pages may ask."""

    def url(self, view: str = "") -> str:
        return f"{self.app.http}/console#/{view}"

    def open(self, view: str = "", **options: Any) -> Page:
        """Opens the page without a key."""
        page = self.context(**options).new_page()
        page.goto(self.url(view))
        return page

    def enter(self, view: str = "", key: str | None = None, **options: Any) -> Page:
        """Opens a view with a key in the tab's storage; by default the manage key."""
        page = self.context(**options).new_page()
        kept = f"sessionStorage.setItem({KEPT!r}, {key or self.app.manage_key!r})"
        page.add_init_script(f"if (location.protocol !== 'about:') {kept}")
        page.goto(self.url(view))
        return page

    def show(self, view: str) -> Page:
        """Shows a view in the shared tab, with the manage key. A new page is much slower."""
        self.context()
        if not self.tabs:
            self.tabs.append(self.enter("access"))
        (page,) = self.tabs
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.emulate_media(color_scheme="light")
        page.mouse.move(0, 0)
        go(page, view)
        return page

    def context(
        self, width: int = WIDE, height: int = HEIGHT, scheme: Scheme = "light"
    ) -> BrowserContext:
        context = self.chromium.context(width, height, scheme)
        if context not in self.watched:
            self.watched.append(context)
            for event, listener in self._listeners().items():
                context.on(event, listener)
        return context

    def close(self) -> None:
        for page in self.tabs:  # nothing stays of what this test did, nor is asked any more
            go(page, "access")
            expect(page).to_have_title(re.compile("^Check access"))
        for context in self.watched:
            for page in context.pages:
                if page not in self.tabs:
                    page.close()
            for event, listener in self._listeners().items():
                context.remove_listener(event, listener)
        assert not self.problems, "\n".join(self.problems)

    def _listeners(self) -> dict[Any, Callable[[Any], None]]:
        return {"request": self._request, "console": self._said, "weberror": self._failed}

    def _failed(self, error: WebError) -> None:
        self.problems.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        self.requested.append(request.url)
        if not request.url.startswith((f"{self.app.http}/", "blob:", "data:", *self.others)):
            self.problems.append(f"asked another host: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        status = _STATUS.match(message.text)
        if not (status and int(status[1]) in self.allowed):
            self.problems.append(f"{message.type}: {message.text} ({message.location['url']})")


def go(page: Page, view: str) -> None:
    """Goes to another view, as a link does."""
    page.evaluate("view => { location.hash = `#/${view}` }", view)


def heading(page: Page, name: str | re.Pattern[str]) -> Locator:
    """Returns the heading of the view."""
    return page.get_by_role("heading", level=1, name=name)


CELLS = """whole => [...whole.querySelectorAll('tbody tr')]
    .map(row => [...row.cells].map(cell => cell.innerText.trim()))"""


def table(page: Page | Locator, label: str) -> list[list[str]]:
    """Returns the texts of the cells in the rows of that table, without its head."""
    rows: list[list[str]] = named_table(page, label).evaluate(CELLS)
    return rows


def named_table(page: Page | Locator, label: str) -> Locator:
    """Returns the table of that name, or what it is in."""
    alone = page.get_by_role("table", name=label, exact=True)
    return alone.or_(page.get_by_role("region", name=label, exact=True)).first


def violations(page: Page) -> list[str]:
    """Returns the violations of all rules of axe: the rule, and where."""
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    """Returns how many pixels the page is wider than the window."""
    pixels: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return pixels


def wrong_on_any_screen(page: Page, screens: Sequence[tuple[int, Scheme]] = SCREENS) -> list[str]:
    """Returns what axe finds on narrow and on wide screens, light and dark, and what does not fit
    them."""
    wrong = []
    for width, scheme in screens:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        try:
            page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
        except Error:
            wrong.append(f"{width} {scheme}: wider than the screen, at {page.evaluate(WIDEST)}")
        wrong += [f"{width} {scheme}: {violation}" for violation in violations(page)]
    return wrong


WIDEST = """[...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => one.outerHTML.slice(0, 150)).slice(-5)"""


def mostly(values: Iterable[Any], *always: Any) -> list[Any]:
    """Returns values of a parameter; those that are not in `always` run with THOROUGH only."""
    return [
        value if value in always else pytest.param(value, marks=pytest.mark.thorough)
        for value in values
    ]
