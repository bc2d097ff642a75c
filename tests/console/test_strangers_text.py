"""Text of strangers stays text: it adds no element to the page, and no script of it runs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from rooms.domain.time import HOUR, now
from testkit.events import Element, Meeting, live_meeting
from testkit.identifiers import raw_id
from testkit.running import RunningApp, running_app
from tests.console.lists import named
from tests.console.pages import Console, mostly
from tests.console.scenes import Scenes, hours_from_now

RUN = "window.ran=1"
INVITED, CALLED = raw_id(1), raw_id(2)


BEGINS = '"><svg'
"""The part that is visible where space is short."""


def hostile(what: str) -> str:
    return f"{what}{BEGINS} onload={RUN}><img src=x onerror={RUN}><script>{RUN}</script><b>"


class Stranger:
    """A room with a script in every text that strangers can set."""

    def __init__(self, scenes: Scenes) -> None:
        self.room_id = scenes.room(people={INVITED: "Presenter", CALLED: "Attendee"})
        details = {
            "title": hostile("title"),
            "externalId": hostile("order"),
            "scheduledStart": hours_from_now(-3),
            "scheduledEnd": hours_from_now(-2),
            "participants": {INVITED: {"name": hostile("name"), "externalId": hostile("number")}},
        }
        assert scenes.insight.patch(f"/rooms/{self.room_id}/details", details).status == 200
        self.uninvited = hostile("raw")
        self.call = Meeting(self.room_id, now() - 3 * HOUR)
        self.live = live_meeting(self.room_id)
        for call in (self.call, self.live):
            scenes.insight.deliver(
                call.started(by=self.uninvited),
                self.joined(call, 1, INVITED),
                self.joined(call, 2, CALLED),
                call.added(3, self.uninvited),
            )
        phrase = {"code": 0, "subCode": 0, "phrase": hostile("phrase")}
        scenes.insight.deliver(self.call.ended(3_600, self.uninvited, phrase))
        scenes.insight.deliver(
            self.call.added(1, INVITED)
            | {"eventTime": hostile("time"), "eventType": hostile("type")}
        )

    def joined(self, call: Meeting, seconds: float, who: str) -> Element:
        return call.added(seconds, who, hostile("self"), hostile("role"), hostile("client"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    with running_app(tmp_path_factory.mktemp("strangers")) as app:
        yield app


@pytest.fixture(scope="module")
def stranger(app: RunningApp) -> Stranger:
    return Stranger(Scenes(app))


def expect_text(page: Page, *whats: str) -> None:
    """Expects the texts, letter for letter, and no element made of them."""
    for what in whats:
        expect(page.get_by_text(hostile(what)).filter(visible=True).first).to_be_visible()
    expect_harmless(page)


def expect_harmless(page: Page) -> None:
    assert page.evaluate("window.ran") is None
    made = "all => all.map(one => one.outerHTML)"
    elements = page.locator("img:not(.brand > img), b, [onload], [onerror], body script")
    assert elements.evaluate_all(made) == []


def test_at_home(console: Console, stranger: Stranger) -> None:
    page = console.enter("home")
    expect_text(page, "title", "name", "self")


@pytest.mark.thorough
def test_in_a_refused_join(console: Console, app: RunningApp, stranger: Stranger) -> None:
    body = {"rawId": raw_id(9), "displayName": hostile("self")}
    path = f"/rooms/{stranger.room_id}/admission"
    assert Scenes(app).insight.send("POST", path, body).status == 403
    page = console.enter("home")
    refused = named(page, "Refused in the last hour")
    expect(refused).to_contain_text(hostile("self"))
    expect(refused).to_contain_text(hostile("title"))
    expect_harmless(page)


@pytest.mark.thorough
def test_in_the_list_of_rooms(console: Console, stranger: Stranger) -> None:
    page = console.enter("rooms")
    expect_text(page, "title")


@pytest.mark.thorough
def test_in_the_search_for_rooms(console: Console, stranger: Stranger) -> None:
    page = console.enter("rooms")
    page.get_by_label("Title").fill(hostile("title"))
    page.wait_for_url(lambda url: "title=" in url)
    expect_text(page, "title")


@pytest.mark.thorough
def test_in_a_room(console: Console, stranger: Stranger) -> None:
    page = console.enter(f"room/{stranger.room_id}")
    expect_text(page, "title", "order", "name", "number")


@pytest.mark.thorough
def test_in_the_title_of_the_tab(console: Console, stranger: Stranger) -> None:
    page = console.enter(f"room/{stranger.room_id}")
    expect(page).to_have_title(f"{hostile('title')} · Anteroom")


def test_in_a_call_and_its_attendance(console: Console, stranger: Stranger) -> None:
    page = console.enter(f"room/{stranger.room_id}/call/{stranger.call.id}")
    expect(page.locator(".leg")).to_have_count(3)
    expect_text(page, "name", "self", "phrase", "number")


@pytest.mark.thorough
def test_in_the_labels_of_a_chart(console: Console, stranger: Stranger) -> None:
    page = console.enter(f"room/{stranger.room_id}/call/{stranger.call.id}")
    expect(page.locator(".timeline .name", has_text=BEGINS)).to_have_count(3)
    expect_harmless(page)


@pytest.mark.thorough
@pytest.mark.parametrize("place", mostly(range(3), 0))
def test_in_the_tips_of_a_chart(console: Console, stranger: Stranger, place: int) -> None:
    page = console.enter(f"room/{stranger.room_id}/call/{stranger.call.id}")
    page.locator(".leg").nth(place).hover()
    expect(page.locator(".tip", has_text=BEGINS).first).to_be_visible()
    expect_harmless(page)


@pytest.mark.thorough
def test_in_the_log(console: Console, stranger: Stranger) -> None:
    page = console.enter(f"room/{stranger.room_id}/log")
    expect(page.get_by_text("ended the call").first).to_be_visible()
    expect(page.get_by_text(hostile("phrase")).first).to_be_visible()
    for record in page.get_by_role("group").all():
        record.locator("summary").click()
    expect(page.locator("pre", has_text="onerror").first).to_be_visible()
    expect_harmless(page)


@pytest.mark.thorough
def test_in_an_explanation(console: Console, stranger: Stranger) -> None:
    page = console.enter(f"access?room={stranger.room_id}&person={INVITED}")
    answer = page.get_by_role("heading", level=2)
    expect(answer).to_contain_text(hostile("name"))
    expect(answer).to_contain_text(hostile("title"))
    expect_harmless(page)


@pytest.mark.thorough
def test_in_a_question(console: Console, stranger: Stranger) -> None:
    page = console.enter("access")
    page.get_by_label("Room").fill(stranger.room_id)
    page.get_by_label("Person").fill(hostile("somebody"))
    page.get_by_role("button", name="Check access").click()
    expect_text(page, "somebody")


@pytest.mark.thorough
def test_in_quarantine(console: Console, stranger: Stranger) -> None:
    page = console.enter("quarantine")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("pre", has_text="onerror")).to_be_visible()
    expect_harmless(page)


@pytest.mark.thorough
def test_in_the_address(console: Console) -> None:
    console.allowed = {400, 404}
    page = console.enter(f"room/{hostile('address')}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("address")
    expect_harmless(page)


@pytest.mark.thorough
def test_signs_that_nobody_sees_turn_nothing_round(
    console: Console, app: RunningApp, stranger: Stranger
) -> None:
    scenes, turned, shown = Scenes(app), "Lesson\u202e\x07 3\u2028b", "Lesson 3 b"
    room_id = scenes.room(people={INVITED: "Presenter"})
    details = {"title": turned, "participants": {INVITED: {"name": turned}}}
    assert scenes.insight.patch(f"/rooms/{room_id}/details", details).status == 200
    page = console.enter(f"room/{room_id}")
    expect(page).to_have_title(f"{shown} · Anteroom")
    expect(page.get_by_role("heading", level=1)).to_have_text(shown)
    expect(page.locator("table .person")).to_have_text(shown)
    page = console.enter(f"room/{room_id}/log")
    page.get_by_role("group").first.locator("summary").click()
    expect(page.locator("pre", has_text="Lesson\\u202e\\u0007 3").first).to_be_visible()
    assert "\u202e" not in page.locator("body").inner_text()
