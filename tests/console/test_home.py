"""Home: the live calls and the people in them, updated."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from testkit.events import Meeting, live_meeting
from testkit.identifiers import raw_id
from testkit.running import RunningApp, running_app
from tests.console.lists import items, named
from tests.console.pages import HEIGHT, Chromium, Console
from tests.console.scenes import Scenes
from tests.console.test_keyboard import tab_to

KHAN, NILS, SALMA = raw_id(1), raw_id(2), raw_id(3)
TITLE = "Ward round"

STILL = HEIGHT + 1
"""The height of pages whose clock only the test moves."""

POLLS = 30
EVERY_SECONDS = 2

MOST_REQUESTS = 45
"""Requests of a home page in a minute, in which what is asked each half minute may come thrice."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Of these tests only: the first of them needs it empty."""
    with running_app(tmp_path_factory.mktemp("home")) as app:
        yield app


@pytest.fixture(scope="module")
def scenes(app: RunningApp) -> Scenes:
    return Scenes(app)


@pytest.fixture
def call(scenes: Scenes) -> Iterator[Meeting]:
    """A call of two people. One of them has a name in the details of the room."""
    room_id = scenes.room(TITLE, {KHAN: "Presenter", NILS: "Attendee"}, {KHAN: "Dr. Khan"})
    call = live_meeting(room_id, seconds=100)
    scenes.insight.deliver(
        call.started(),
        call.added(1, KHAN, "Ines", "Presenter"),
        call.added(40, NILS, "Nils", "Attendee"),
    )
    yield call
    scenes.insight.deliver(call.ended(99))


@pytest.fixture
def still(console: Console, browser: Chromium) -> Iterator[Page]:
    """Home, with a clock that only the test moves."""
    context = console.context(height=STILL)
    context.clock.install()
    page = console.enter("home", height=STILL)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    context.clock.pause_at(page.evaluate("Date.now() / 1000 + 10"))
    yield page
    context.close()
    browser.contexts = {looks: one for looks, one in browser.contexts.items() if one != context}


def people(page: Page) -> list[list[str]]:
    return items(page, f"People in {TITLE}")


def test_each_part_says_what_is_not_there_and_leads_on(console: Console) -> None:
    page = console.enter("home")
    for part, said, link in (
        ("Live", "No live calls", "Play a meeting"),
        ("Starting soon", "Nothing is scheduled", "All rooms that come next"),
        ("No-shows today", "Everyone who was invited today came", "week"),
        ("Refused in the last hour", "Nobody was refused", "Check whether"),
    ):
        region = page.get_by_role("region", name=part, exact=True)
        expect(region.get_by_role("status")).to_contain_text(said)
        expect(region.get_by_role("link", name=link)).to_be_visible()


def test_people_are_shown_with_their_role(console: Console, scenes: Scenes, call: Meeting) -> None:
    page = console.enter("home")
    expect(named(page, f"People in {TITLE}")).to_be_visible()
    assert [row[:2] for row in people(page)] == [
        ["Dr. Khan (as “Ines”)", "Presenter"],
        ["Nils", "Attendee"],
    ]


@pytest.mark.thorough
def test_the_card_has_the_number_of_people_and_the_start(
    console: Console, scenes: Scenes, call: Meeting
) -> None:
    page = console.enter("home")
    card = page.get_by_role("article", name=TITLE, exact=True)
    expect(card).to_contain_text("2 people")
    (live,) = scenes.insight.all("/live")
    expect(card.locator("time").first).to_have_attribute("datetime", live["startedAt"])


@pytest.mark.thorough
def test_how_long_counts_up(console: Console, scenes: Scenes, call: Meeting) -> None:
    scenes.insight.deliver(call.added(99, SALMA, "Salma", "Consumer"))
    page = console.enter("home")
    length = named(page, f"People in {TITLE}").get_by_role("listitem").last.locator("> :last-child")
    expect(length).to_be_visible()
    expect(length).not_to_have_text(length.inner_text())


def test_a_person_who_joins_appears(console: Console, scenes: Scenes, call: Meeting) -> None:
    page = console.enter("home")
    expect(page.get_by_text("Nils")).to_be_visible()
    scenes.insight.deliver(call.added(90, SALMA, "Salma", "Consumer"))
    expect(page.get_by_text("Salma")).to_be_visible()
    expect(page.get_by_role("article", name=TITLE, exact=True)).to_contain_text("3 people")


@pytest.mark.thorough
def test_a_person_who_leaves_disappears(console: Console, scenes: Scenes, call: Meeting) -> None:
    page = console.enter("home")
    expect(page.get_by_text("Nils")).to_be_visible()
    scenes.insight.deliver(call.removed(90, NILS))
    expect(page.get_by_text("Nils")).to_have_count(0)


@pytest.mark.thorough
def test_a_call_that_ends_disappears(console: Console, scenes: Scenes, call: Meeting) -> None:
    page = console.enter("home")
    expect(page.get_by_role("article", name=TITLE, exact=True)).to_be_visible()
    scenes.insight.deliver(call.ended(95))
    expect(page.get_by_role("article", name=TITLE, exact=True)).to_have_count(0)


@pytest.mark.thorough
def test_a_call_that_starts_appears(console: Console, scenes: Scenes) -> None:
    page = console.enter("home")
    expect(page.get_by_role("status").first).to_be_visible()
    begun = live_meeting(scenes.room("Begun"), seconds=5)
    scenes.insight.deliver(begun.started(), begun.added(1, KHAN))
    expect(page.get_by_role("article", name="Begun", exact=True)).to_be_visible()
    scenes.insight.deliver(begun.ended(4))


@pytest.mark.thorough
def test_a_card_leads_to_the_call(console: Console, call: Meeting) -> None:
    page = console.enter("home")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(page.locator(".leg")).to_have_count(2)


@pytest.mark.thorough
def test_the_title_of_the_tab_has_the_number_of_calls(console: Console, call: Meeting) -> None:
    page = console.enter("home")
    expect(page).to_have_title(re.compile(r"^Home, 1 live"))


def test_a_key_that_may_only_read_sees_no_button_for_a_room(console: Console) -> None:
    console.allowed = {401}
    page = console.enter("home")
    expect(page.get_by_role("link", name="New room")).to_be_visible()
    page = console.enter("home", key=console.app.read_key)
    expect(page.get_by_text("Nobody was refused")).to_be_visible()
    expect(page.get_by_role("link", name="New room")).to_have_count(0)


def test_cards_stay_where_they_are_for_a_minute_of_events(
    console: Console, still: Page, scenes: Scenes
) -> None:
    """Events of all calls come between the polls, late ones, too, and another call begins."""
    calls = [live_meeting(scenes.room(f"Call {n}"), seconds=300 - 60 * n) for n in range(3)]
    for call in calls:
        scenes.insight.deliver(call.started(), call.added(10, KHAN, "Ines"))
    shown = still.get_by_role("article", name=re.compile("^Call ")).get_by_role("heading")
    poll(console, still)
    expect(shown).to_have_text(["Call 0", "Call 1", "Call 2"])
    for number in range(POLLS):
        call = calls[(number * 2) % 3]
        seconds = 9 - number if number % 4 == 0 else 100 + number
        scenes.insight.deliver(call.added(seconds, raw_id(20 + number), f"Person {number}"))
        if number == POLLS // 2:
            earlier = live_meeting(scenes.room("Call that began earlier"), seconds=900)
            scenes.insight.deliver(earlier.started(), earlier.added(1, NILS, "Nils"))
            calls.append(earlier)
        poll(console, still)
        expect(shown.nth(2)).to_have_text("Call 2")
        assert shown.all_inner_texts()[:3] == ["Call 0", "Call 1", "Call 2"]
    expect(shown.last).to_have_text("Call that began earlier")
    for call in calls:
        scenes.insight.deliver(call.ended(299))


def polls(console: Console) -> int:
    return sum(urlsplit(url).path == "/live" for url in console.requested)


def poll(console: Console, page: Page) -> None:
    """Moves the clock until the page asks for the live calls once more."""
    before = polls(console)
    while polls(console) == before:
        page.clock.run_for(500)


def requests_a_minute(console: Console, page: Page) -> float:
    """Moves the clock by a minute or more, and returns how often the page asks in a minute."""
    console.requested.clear()
    start: int = page.evaluate("Date.now()")
    for _ in range(60 // EVERY_SECONDS):
        poll(console, page)
    milliseconds: int = page.evaluate("Date.now()") - start
    return len(console.requested) * 60_000 / milliseconds


@pytest.mark.thorough
def test_it_asks_little_in_a_minute(console: Console, still: Page, call: Meeting) -> None:
    poll(console, still)
    expect(named(still, f"People in {TITLE}")).to_be_visible()
    assert requests_a_minute(console, still) <= MOST_REQUESTS, console.requested


@pytest.mark.thorough
def test_two_hundred_calls_are_shown_and_are_not_asked_for_more_often(
    console: Console, scenes: Scenes, still: Page
) -> None:
    calls = [live_meeting(room_id, seconds=500) for room_id in scenes.many_rooms(200)]
    scenes.insight.deliver(*(call.added(1 + n, KHAN) for n, call in enumerate(calls)))
    still.clock.run_for(60_000)
    cards = still.get_by_role("article", name=re.compile(r"^Room \d+$"))
    expect(cards).to_have_count(200)
    assert cards.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))") == [
        f"Room {call.room_id}" for call in calls
    ]
    assert requests_a_minute(console, still) <= MOST_REQUESTS, console.requested
    scenes.insight.deliver(*(call.ended(400) for call in calls))


@pytest.mark.thorough
def test_everything_is_reached_by_keyboard(call: Meeting, console: Console) -> None:
    page = console.enter("home")
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()
    for target in (
        page.get_by_role("link", name="New room"),
        page.get_by_role("link", name=TITLE),
        page.get_by_role("link", name="Check whether"),
    ):
        tab_to(page, target)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Check access")).to_be_focused()
