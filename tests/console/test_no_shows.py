"""Home: the rooms of today that are over, with the invited who did not come."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from tests.console.lists import named
from tests.console.pages import Console, heading
from tests.console.scenes import NAMES, Scenes

KHAN, NILS, SALMA = NAMES

JUST_NOW = (-20 / 3600, -10 / 3600)
"""A scheduled time that is over, and of today unless the day has just begun."""


def home(console: Console) -> Page:
    """Home, as it is now: it asks for no-shows each minute only."""
    page = console.show("access")
    page.evaluate("location.hash = '#/home'")
    expect(named(page, "No-shows today")).to_be_visible()
    return page


def entry(page: Page, title: str) -> Locator:
    return named(page, "No-shows today").get_by_role("listitem").filter(has_text=title)


def test_who_did_not_come_is_named(console: Console, scenes: Scenes) -> None:
    people = {KHAN: "Presenter", NILS: "Attendee"}
    call = live_meeting(scenes.room("Allergy", people, NAMES, scheduled=JUST_NOW), seconds=20)
    scenes.insight.deliver(call.started(), call.added(1, KHAN), call.ended(9))
    page = home(console)
    expect(entry(page, "Allergy").first.get_by_role("listitem")).to_have_text(
        [re.compile(r"Nils Diallo\s*Attendee")]
    )
    entry(page, "Allergy").first.get_by_role("link", name="Allergy").click()
    expect(page).to_have_url(re.compile(f"room/{call.room_id}/call"))


@pytest.mark.thorough
def test_a_name_leads_to_the_report_of_the_person(console: Console, scenes: Scenes) -> None:
    scenes.room("Asthma", {SALMA: "Attendee"}, NAMES, scheduled=JUST_NOW)
    page = home(console)
    entry(page, "Asthma").first.get_by_role("link", name="Salma Hansen").click()
    expect(heading(page, "Report")).to_be_visible()
    expect(page).to_have_url(re.compile(f"person={quote(SALMA)}"))


@pytest.mark.thorough
def test_of_many_the_first_are_named_and_the_others_counted(
    console: Console, scenes: Scenes
) -> None:
    people = {raw_id(number): "Attendee" for number in range(20, 30)}
    scenes.room("Antenatal class", people, scheduled=JUST_NOW)
    page = home(console)
    expect(entry(page, "Antenatal class").first).to_contain_text("and 7 other people")
