"""Pictures of each view for docs/console, of a real run: `python -m tests.console.screenshots`, or
`make screenshots`."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FloatRect, Page, expect, sync_playwright

from devhost.azurite import PROJECT
from rooms.domain.time import SECOND, now
from testkit.events import Meeting
from testkit.running import running_app
from testkit.waiting import until
from tests.console import chromium
from tests.console.chromium import ARGUMENTS
from tests.console.pages import NARROW, WIDE, Chromium, Console, Scheme, heading
from tests.console.scenes import Json, Scenes, hours_from_now

FOLDER = PROJECT / "docs" / "console"
MARGIN = 24
"""Pixels beneath what is shown."""

PEOPLE = {
    "8:acs:5ab1e000-0000-4000-8000-000000000000_1b04c7c7-7e3a-431b-91d1-f880a6a853ba": (
        "Dr. Ines Khan",
        "Presenter",
    ),
    "8:acs:5ab1e000-0000-4000-8000-000000000000_c374957c-3381-496a-a900-5b1d7232da86": (
        "Nils Diallo",
        "Attendee",
    ),
    "8:acs:5ab1e000-0000-4000-8000-000000000000_6526325d-b769-47d6-816d-c4bcfe05ef20": (
        "Salma Hansen",
        "Attendee",
    ),
    "8:acs:5ab1e000-0000-4000-8000-000000000000_7f28cfd7-61fc-41a6-93d8-8ca9f913f3fe": (
        "Emeka Zhang",
        "Collaborator",
    ),
}
LATE = list(PEOPLE)[-1]


def main() -> None:
    path = chromium.executable()
    if not path:
        sys.exit(f"There is {chromium.MISSING}.")
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder)) as app,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        take(Console(Chromium(browser), app), Scenes(app))
        browser.close()


def take(console: Console, scenes: Scenes) -> None:
    """Takes all pictures. The meetings are always the same, but for their times."""
    live(scenes, "Consultation, Mrs. Diallo", 754, 3, scheduled=(-0.2, 0.3))
    live(scenes, "Hearing 12/26", 2_101, 2)
    upcoming(scenes)
    played = play(scenes)
    room = f"room/{played['roomId']}"
    scenes.insight.deliver(
        Meeting(played["roomId"], now()).added(1, LATE) | {"eventTime": "yesterday"}
    )
    uninvited = next(one["rawId"] for one in played["people"] if not one["invited"])

    shoot(console, "now", "now", lambda page: see(page, "People in Hearing 12/26"))
    shoot(console, "rooms", "rooms", lambda page: see(page, "Rooms"))
    shoot(console, "room", room, lambda page: see(page, "Calls"))
    shoot(console, "call", f"{room}/call", drawn, height=1_350)
    shoot(
        console,
        "log",
        f"{room}/log",
        lambda page: expect(page.get_by_role("group").first).to_be_visible(),
    )
    shoot(
        console,
        "access",
        f"access?room={played['roomId']}&person={uninvited}&at={hours_from_now(48)[:17]}00Z",
        answered,
    )
    shoot(
        console,
        "quarantine",
        "quarantine",
        lambda page: expect(page.get_by_role("button", name="Retry")).to_be_visible(),
    )
    shoot(console, "play", "play", lambda page: see(page, "Attendance compared"))
    shoot(console, "narrow", f"{room}/call", drawn, width=NARROW, height=1_300, scheme="dark")
    console.close()


def live(
    scenes: Scenes,
    title: str,
    seconds: float,
    count: int,
    scheduled: tuple[float, float] | None = None,
) -> None:
    """Starts a call `seconds` ago, with `count` people."""
    roles = {raw_id: role for raw_id, (_, role) in PEOPLE.items()}
    names = {raw_id: name for raw_id, (name, _) in PEOPLE.items()}
    room_id = scenes.room(title, roles, names, scheduled)
    call = Meeting(room_id, now() - round(seconds * SECOND))
    people = list(PEOPLE.items())[:count]
    joined = [
        call.added(4 + 97 * place, raw_id, name, role)
        for place, (raw_id, (name, role)) in enumerate(people)
    ]
    scenes.insight.deliver(call.started(by=people[0][0]), *joined)


def upcoming(scenes: Scenes) -> None:
    body = {"validFrom": hours_from_now(20), "validUntil": hours_from_now(21)}
    room_id = scenes.raw.new_room(body)["id"]
    assert (
        scenes.insight.patch(f"/rooms/{room_id}/details", {"title": "Lesson of tomorrow"}).status
        == 200
    )


def play(scenes: Scenes) -> Json:
    """A meeting with losses, played from the console's own form; its report."""
    wanted = {"people": 12, "live": False, "seed": 3, "drop": 0.1, "duplicate": 2, "shuffle": True}
    assert scenes.insight.send("POST", "/devhost/meeting", wanted).status == 202
    until(lambda: scenes.meeting()["state"] != "playing")
    report: Json = scenes.meeting()["report"]
    return report


def see(page: Page, name: str) -> None:
    expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()


def drawn(page: Page) -> None:
    expect(page.locator(".leg").first).to_be_visible()
    see(page, "Attendance")


def answered(page: Page) -> None:
    expect(heading(page, "Check access")).to_be_visible()
    expect(page.get_by_role("heading", level=2)).to_be_visible()


def shoot(
    console: Console,
    name: str,
    view: str,
    ready: Callable[[Page], None],
    width: int = WIDE,
    height: int = 800,
    scheme: Scheme = "light",
) -> None:
    """Takes a picture of the view from its top, of at most that height."""
    page = console.enter(view, width=width, height=height, scheme=scheme)
    ready(page)
    page.wait_for_load_state("networkidle")
    bottom = page.evaluate(
        "document.querySelector('main').lastElementChild.getBoundingClientRect().bottom"
    )
    clip = FloatRect(x=0, y=0, width=width, height=min(height, round(bottom) + MARGIN))
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", clip=clip)
    page.close()


if __name__ == "__main__":
    main()
