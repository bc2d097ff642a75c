"""Now: the people in live calls, updated."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from testkit.events import Meeting, live_meeting
from testkit.identifiers import raw_id
from testkit.running import RunningApp, running_app
from tests.console.pages import Console, table
from tests.console.scenes import Scenes

KHAN, NILS, SALMA = raw_id(1), raw_id(2), raw_id(3)
TITLE = "Ward round"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    with running_app(tmp_path_factory.mktemp("now")) as app:
        yield app


@pytest.fixture
def call(app: RunningApp) -> Iterator[Meeting]:
    """A call of two people. One of them has a name in the details of the room."""
    scenes = Scenes(app)
    room_id = scenes.room(TITLE, {KHAN: "Presenter", NILS: "Attendee"}, {KHAN: "Dr. Khan"})
    call = live_meeting(room_id, seconds=100)
    scenes.insight.deliver(
        call.started(),
        call.added(1, KHAN, "Ines", "Presenter"),
        call.added(40, NILS, "Nils", "Attendee"),
    )
    yield call
    scenes.insight.deliver(call.ended(99))


def people(page: Page) -> list[list[str]]:
    return table(page, f"People in {TITLE}")


@pytest.mark.thorough
def test_an_app_without_calls_says_so(console: Console) -> None:
    page = console.enter("now")
    expect(page.get_by_role("status").filter(has_text="No live calls")).to_be_visible()


def test_people_are_shown_with_role_and_time_of_joining(
    console: Console, app: RunningApp, call: Meeting
) -> None:
    page = console.enter("now")
    expect(page.get_by_role("region", name=f"People in {TITLE}")).to_be_visible()
    assert [row[:2] for row in people(page)] == [
        ["Dr. Khan (as “Ines”)", "Presenter"],
        ["Nils", "Attendee"],
    ]
    (live,) = Scenes(app).insight.all("/live")
    since = (
        page.get_by_role("row")
        .locator("time")
        .evaluate_all("times => times.map(time => time.dateTime)")
    )
    assert since == sorted(one["joinedAt"] for one in live["participants"])


@pytest.mark.thorough
def test_the_number_of_people_is_shown(console: Console, call: Meeting) -> None:
    page = console.enter("now")
    expect(page.get_by_role("region", name=TITLE, exact=True)).to_contain_text("2 people")


def test_how_long_counts_up(console: Console, call: Meeting) -> None:
    page = console.enter("now")
    lasting = page.get_by_role("row").nth(1).get_by_role("cell").last.locator(".number")
    before = lasting.get_attribute("title") or ""
    expect(lasting).not_to_have_attribute("title", before)
    assert seconds(lasting.get_attribute("title") or "") > seconds(before)


def seconds(length: str) -> int:
    minutes, rest = length.removesuffix(" s").split(" min ")
    return 60 * int(minutes) + int(rest)


def test_a_person_who_joins_appears(console: Console, app: RunningApp, call: Meeting) -> None:
    page = console.enter("now")
    expect(page.get_by_text("Nils")).to_be_visible()
    Scenes(app).insight.deliver(call.added(90, SALMA, "Salma", "Consumer"))
    expect(page.get_by_text("Salma")).to_be_visible()
    expect(page.get_by_role("region", name=TITLE, exact=True)).to_contain_text("3 people")


@pytest.mark.thorough
def test_a_person_who_leaves_disappears(console: Console, app: RunningApp, call: Meeting) -> None:
    page = console.enter("now")
    expect(page.get_by_text("Nils")).to_be_visible()
    Scenes(app).insight.deliver(call.removed(90, NILS))
    expect(page.get_by_text("Nils")).to_have_count(0)


@pytest.mark.thorough
def test_a_call_that_ends_disappears(console: Console, app: RunningApp, call: Meeting) -> None:
    page = console.enter("now")
    expect(page.get_by_role("region", name=TITLE, exact=True)).to_be_visible()
    Scenes(app).insight.deliver(call.ended(95))
    expect(page.get_by_role("region", name=TITLE, exact=True)).to_have_count(0)


@pytest.mark.thorough
def test_a_call_that_starts_appears(console: Console, app: RunningApp) -> None:
    page = console.enter("now")
    expect(page.get_by_role("status")).to_be_visible()
    scenes = Scenes(app)
    begun = live_meeting(scenes.room("Begun"), seconds=5)
    scenes.insight.deliver(begun.started(), begun.added(1, KHAN))
    expect(page.get_by_role("region", name="Begun", exact=True)).to_be_visible()
    scenes.insight.deliver(begun.ended(4))


def test_it_leads_to_the_call(console: Console, call: Meeting) -> None:
    page = console.enter("now")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(page.locator(".leg")).to_have_count(2)
