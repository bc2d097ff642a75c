"""Pictures of each view for docs/console, of a played day: `make screenshots`, or `python -m
tests.console.screenshots`.

    --all FOLDER    writes each view wide and narrow, light and dark, into that folder instead
"""

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from playwright.sync_api import FloatRect, Page, expect, sync_playwright

from devhost.azurite import PROJECT
from rooms.domain.time import now
from simulator.app import Address, connected
from simulator.clinic_day import Day
from simulator.clinic_day import play as play_day
from testkit.events import Meeting
from testkit.running import RunningApp, running_app
from testkit.waiting import until
from tests.console import chromium
from tests.console.chromium import ARGUMENTS
from tests.console.pages import NARROW, PATIENCE, SCHEMES, WIDE, ZONE, Chromium, Console, Scheme
from tests.console.scenes import Json, Scenes

FOLDER = PROJECT / "docs" / "console"
MARGIN = 24
"""Pixels beneath what is shown."""

HEIGHT, TALL = 900, 1_400
"""Pixels of a picture, at most."""

MEDIA = {"ROOMS_MEDIA_URL": "wss://media.example.com", "ROOMS_MEDIA_KEY__one": "s" * 32}
"""With these, people can join in the browser. Nobody does."""


TWO_FRAMES = """() => new Promise(
    done => requestAnimationFrame(() => requestAnimationFrame(done)))"""
"""Waits until a page is drawn in another size."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a view is shown."""

    width: int
    scheme: Scheme

    @property
    def suffix(self) -> str:
        """Returns what the names of its pictures end with."""
        narrow = "-narrow" if self.width == NARROW else ""
        return f"{narrow}{'-dark' if self.scheme == 'dark' else ''}"


WIDE_LIGHT, WIDE_DARK, NARROW_DARK = (
    Look(WIDE, "light"),
    Look(WIDE, "dark"),
    Look(NARROW, "dark"),
)
EACH = [Look(width, scheme) for width, scheme in product((WIDE, NARROW), SCHEMES)]


@dataclass(frozen=True, slots=True)
class View:
    """A view to show: the name of its pictures, its address, and the steps until it is ready."""

    name: str
    address: str
    steps: Callable[[Page], None] = lambda page: None
    docs: tuple[Look, ...] = (WIDE_LIGHT, NARROW_DARK)
    """The looks that the documentation shows."""
    tall: bool = False
    """Whether a wide picture may be as high as a narrow one."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.console.screenshots")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="write each view in each look")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these views")
    given = parser.parse_args()
    path = chromium.executable()
    if not path:
        sys.exit(f"There is {chromium.MISSING}.")
    folder = given.all or FOLDER
    expect.set_options(timeout=PATIENCE)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        running_app(Path(data), MEDIA) as app,
    ):
        day = asyncio.run(played(app))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            console = Console(Chromium(browser), app)
            for view in views(Scenes(app), day):
                if given.only is None or view.name in given.only:
                    shoot(console, view, EACH if given.all else view.docs, folder)
            console.close()
            browser.close()


def views(scenes: Scenes, day: Day) -> Iterator[View]:
    """Yields each view when what it shows is there."""
    consultation = room_of(day, "Consultation")
    quarantine_an_event(scenes, consultation)
    doctor = day.rooms[1].meeting.people[0]
    yield View("sign-in", "", docs=(WIDE_LIGHT,))
    yield View("home", "home", steps=see_the_day, docs=(WIDE_LIGHT, WIDE_DARK, NARROW_DARK))
    yield View("room", f"room/{consultation}")
    yield View("invite", f"room/{consultation}", steps=open_the_form, docs=(WIDE_LIGHT,))
    yield View("report", f"report?person={doctor.external_id}")
    yield View("log", f"room/{room_of(day, 'Case conference')}/log", docs=(WIDE_LIGHT,))
    yield View("new", "new", steps=fill_in)
    refusal = day.refusal
    asked = f"room={refusal.room_id}&person={quote(refusal.person.raw_id)}"
    yield View("access", f"access?{asked}", docs=(WIDE_LIGHT,))
    yield View("quarantine", "quarantine", docs=(WIDE_LIGHT,))
    # By now the rooms that are over have closed.
    yield View("rooms", "rooms")
    meeting = played_with_losses(scenes)
    yield View("call", f"room/{meeting['roomId']}/call", steps=see_the_timeline, tall=True)
    yield View("play", "play", docs=(WIDE_LIGHT,))


async def played(app: RunningApp) -> Day:
    """The day of a clinic that `make clinic` plays."""
    async with connected(Address.of(app.http, app.manage_key)) as connection:
        return await play_day(connection, 1)


def room_of(day: Day, title: str) -> str:
    return next(room.room_id for room in day.rooms if room.meeting.title.startswith(title))


def quarantine_an_event(scenes: Scenes, room_id: str) -> None:
    event = Meeting(room_id, now()).added(1, "8:acs:somebody") | {"eventTime": "yesterday"}
    scenes.insight.deliver(event)


def played_with_losses(scenes: Scenes) -> Json:
    """A meeting with losses, played from the console's own form; its report."""
    wanted = {"people": 12, "live": False, "seed": 3, "drop": 0.1, "duplicate": 2, "shuffle": True}
    assert scenes.insight.send("POST", "/devhost/meeting", wanted).status == 202
    until(lambda: scenes.meeting()["state"] != "playing")
    played = scenes.meeting()
    assert played["state"] == "played", played["message"]
    report: Json = played["report"]
    return report


def see_the_day(page: Page) -> None:
    for part in ("Starting soon", "No-shows today", "Refused in the last hour"):
        expect(page.get_by_role("list", name=part, exact=True)).to_be_visible()


def open_the_form(page: Page) -> None:
    page.get_by_role("button", name="Invite people").click()
    page.get_by_label("Name").fill("Leo Meyer")


def fill_in(page: Page) -> None:
    """Types what a room needs, but does not send it."""
    typed = {
        "title": "Consultation, Leo Meyer",
        "scheduledStart": f"{datetime.now(ZoneInfo(ZONE)) + timedelta(days=1):%Y-%m-%d}T10:00",
        "people.0.name": "Dr. Jun Okafor",
        "people.0.externalId": "S-102",
        "people.1.name": "Leo Meyer",
        "people.1.externalId": "P-2012",
    }
    page.get_by_role("button", name="Add a person").click()
    for name, text in typed.items():
        page.locator(f'[name="{name}"]').fill(text)
    page.locator('[name="people.0.role"]').select_option("Presenter")
    page.get_by_role("heading", level=1).click()


def see_the_timeline(page: Page) -> None:
    expect(page.locator(".leg").first).to_be_visible()


def shoot(console: Console, view: View, looks: Iterable[Look], folder: Path) -> None:
    """Takes pictures of the view from its top."""
    open_page = console.open if view.name == "sign-in" else console.enter
    page = open_page(view.address)
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".loading")).to_have_count(0)
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\S"))).to_have_count(0)
    view.steps(page)
    for look in looks:
        most = TALL if view.tall or look.width == NARROW else HEIGHT
        page.set_viewport_size({"width": look.width, "height": most})
        page.emulate_media(color_scheme=look.scheme)
        page.evaluate(TWO_FRAMES)
        bottom = page.evaluate(
            "document.querySelector('main').lastElementChild.getBoundingClientRect().bottom"
        )
        height = min(most, round(bottom) + MARGIN)
        clip = FloatRect(x=0, y=0, width=look.width, height=height)
        page.screenshot(
            path=folder / f"{view.name}{look.suffix}.png", animations="disabled", clip=clip
        )
    page.close()


if __name__ == "__main__":
    main()
