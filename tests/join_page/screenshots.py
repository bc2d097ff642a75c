"""Pictures of the join page for docs/join, of a real call: `python -m tests.join_page.screenshots`,
or `make screenshots`."""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from devhost.azurite import PROJECT
from testkit.livekit_server import program_or_reason, running_app_with_calls
from tests.console import chromium
from tests.console.pages import NARROW, PATIENCE
from tests.join_page.pages import ARGUMENTS, Door, Visit, button, door_of, plays, tile

FOLDER = PROJECT / "docs" / "join"
WIDE, HEIGHT = 1200, 720

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
        "Consumer",
    ),
}
INES, NILS, SALMA = PEOPLE
ROLES = {who: role for who, (_, role) in PEOPLE.items()}
NAMES = {who: name for who, (name, _) in PEOPLE.items()}


def main() -> None:
    path, program = chromium.executable(), program_or_reason()
    if not path:
        sys.exit(f"There is {chromium.MISSING}.")
    if isinstance(program, str):
        sys.exit(f"There is {program}.")
    FOLDER.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app_with_calls(program, Path(folder)) as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=path, args=[*chromium.ARGUMENTS, *ARGUMENTS]
        )
        with door_of(running, browser) as door:
            wait(door)
            meet(door)
        browser.close()


def wait(door: Door) -> None:
    """Takes the pictures of somebody before the call."""
    visit = door.visit(WIDE, height=HEIGHT)
    page = open_link(door, room(door), visit, INES)
    shoot(page, "waiting")
    begins = datetime.now(UTC) + timedelta(minutes=7, seconds=32)
    ends = begins + timedelta(hours=1)
    times = {"validFrom": begins.isoformat(), "validUntil": ends.isoformat()}
    page = open_link(door, room(door, **times), visit, INES)
    button(page, "Join when it opens").click()
    shoot(page, "countdown")


def meet(door: Door) -> None:
    """Takes the pictures of a call of three people."""
    room_id = room(door)
    ines = open_link(door, room_id, door.visit(WIDE, height=HEIGHT), INES)
    nils = open_link(door, room_id, door.visit(NARROW, "dark", height=HEIGHT), NILS)
    salma = open_link(door, room_id, door.visit(WIDE, height=HEIGHT), SALMA)
    for page in (ines, nils, salma):
        button(page, "Join").click()
    for page in (ines, nils, salma):
        plays(tile(page, "Nils Diallo").locator("video"))
    button(nils, "Mute").click()
    button(ines, "People").click()
    expect(tile(nils, "Salma Hansen")).to_be_visible()
    expect(tile(ines, "Nils Diallo")).to_contain_text("Muted")
    quiet(ines)
    shoot(ines, "call")
    quiet(nils)
    shoot(nils, "phone")
    button(ines, "Share screen").click()
    plays(salma.get_by_label("Screen of Dr. Ines Khan"))
    quiet(salma)
    shoot(salma, "screen")


def room(door: Door, **body: str) -> str:
    return door.room(ROLES, NAMES, "Consultation, Mrs. Diallo", **body)


def open_link(door: Door, room_id: str, visit: Visit, who: str) -> Page:
    """Opens the page of somebody, and waits for their picture if they have one."""
    page = visit.open(door.link(room_id, who))
    if ROLES[who] != "Consumer":
        plays(page.get_by_label("Your picture"))
        expect(page.get_by_role("combobox", name="Camera")).to_be_visible()
    return page


def quiet(page: Page) -> None:
    """Waits until no line tells any longer what has happened."""
    expect(page.get_by_role("log").locator("p:not(.unseen)")).to_have_count(0)


def shoot(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
