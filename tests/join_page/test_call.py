"""In the call: three people on their pages, with a real livekit-server between them. Each test
leaves all of them in the call, in their roles, or the next one brings them back."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from testkit.identifiers import raw_id
from testkit.livekit_server import AppWithCalls
from testkit.waiting import until
from tests.console.pages import NARROW, WIDE, wrong_on_any_screen
from tests.join_page.pages import (
    HEIGHT,
    Door,
    Visit,
    button,
    door_of,
    heading,
    in_call,
    plays,
    tile,
    told,
)

INES, NILS, SALMA = raw_id(1), raw_id(2), raw_id(3)
NAMES = {INES: "Ines Khan", NILS: "Nils Diallo", SALMA: "Salma Hansen"}
ROLES = {INES: "Presenter", NILS: "Attendee", SALMA: "Consumer"}


@dataclass
class Meeting:
    """The pages of three people in the call of one room."""

    door: Door
    room_id: str
    visits: dict[str, Visit]
    pages: dict[str, Page] = field(default_factory=dict)

    @property
    def ines(self) -> Page:
        return self.pages[INES]

    @property
    def nils(self) -> Page:
        return self.pages[NILS]

    @property
    def salma(self) -> Page:
        return self.pages[SALMA]

    def gather(self) -> None:
        """Brings everybody into the call, in their roles."""
        for who, role in ROLES.items():
            self.door.set_role(self.room_id, who, role)
        for who, visit in self.visits.items():
            if who not in self.pages:
                self.pages[who] = visit.open(self.door.link(self.room_id, who))
                button(self.pages[who], "Join").click()
        for page in self.pages.values():
            expect(tile(page, "")).to_have_count(3)


@pytest.fixture(scope="module")
def held(app_with_calls: AppWithCalls, browser: Browser) -> Iterator[Meeting]:
    with door_of(app_with_calls, browser) as door:
        visits = {INES: door.visit(), NILS: door.visit(NARROW, "dark"), SALMA: door.visit()}
        yield Meeting(door, door.room(ROLES, NAMES), visits)


@pytest.fixture
def meeting(held: Meeting) -> Meeting:
    """The meeting, with everybody in it."""
    held.gather()
    return held


def open_people(page: Page) -> None:
    if not page.get_by_role("complementary", name="People").is_visible():
        button(page, "People").click()


def close_people(page: Page) -> None:
    button(page, "Close").click()


SOUNDS = """() => [...document.querySelectorAll('audio')]
    .filter(audio => !audio.paused && audio.currentTime > 0).length"""


def test_everybody_sees_and_hears_those_who_send(meeting: Meeting) -> None:
    for page in meeting.pages.values():
        for name in ("Ines Khan", "Nils Diallo"):
            plays(tile(page, name).locator("video"))
    meeting.salma.wait_for_function(f"() => ({SOUNDS})() === 2")


def test_the_list_says_who_is_here_and_in_which_role(meeting: Meeting) -> None:
    open_people(meeting.salma)
    listed = meeting.salma.get_by_role("complementary", name="People").get_by_role("listitem")
    expect(listed).to_have_count(3)
    expect(listed.nth(0)).to_contain_text("Salma Hansen (you)")
    for who, role in ROLES.items():
        expect(listed.filter(has_text=NAMES[who])).to_contain_text(role)
    expect(listed.get_by_role("button")).to_have_count(0)
    close_people(meeting.salma)


def test_a_call_is_accessible_and_fits_every_screen(meeting: Meeting) -> None:
    open_people(meeting.ines)
    wrong = wrong_on_any_screen(meeting.ines)
    meeting.ines.set_viewport_size({"width": WIDE, "height": HEIGHT})
    close_people(meeting.ines)
    assert wrong == []


def test_others_see_who_is_muted(meeting: Meeting) -> None:
    button(meeting.nils, "Mute").click()
    expect(tile(meeting.ines, "Nils Diallo")).to_contain_text("Muted")
    button(meeting.nils, "Unmute").click()
    expect(tile(meeting.ines, "Nils Diallo")).not_to_contain_text("Muted")


@pytest.mark.thorough
def test_a_video_that_is_stopped_is_gone_for_others(meeting: Meeting) -> None:
    button(meeting.nils, "Stop video").click()
    expect(tile(meeting.ines, "Nils Diallo").locator("video")).to_have_count(0)
    button(meeting.nils, "Start video").click()
    plays(tile(meeting.ines, "Nils Diallo").locator("video"))


def test_a_presenter_mutes_somebody_who_is_told(meeting: Meeting) -> None:
    open_people(meeting.ines)
    button(meeting.ines, "Mute Nils Diallo").click()
    told(meeting.nils, "Somebody has muted you.")
    expect(tile(meeting.salma, "Nils Diallo")).to_contain_text("Muted")
    button(meeting.nils, "Unmute").click()
    expect(button(meeting.ines, "Mute Nils Diallo")).to_be_visible()
    close_people(meeting.ines)


def test_a_shared_screen_is_seen_until_it_is_stopped(meeting: Meeting) -> None:
    button(meeting.ines, "Share screen").click()
    plays(meeting.salma.get_by_label("Screen of Ines Khan"))
    told(meeting.salma, "Ines Khan shares the screen.")
    button(meeting.ines, "Stop sharing").click()
    expect(meeting.salma.get_by_label("Screen of Ines Khan")).to_have_count(0)


@pytest.mark.thorough
def test_another_role_is_told_and_changes_what_one_can_do(meeting: Meeting) -> None:
    meeting.door.set_role(meeting.room_id, SALMA, "Presenter")
    told(meeting.salma, "You are a Presenter now.")
    button(meeting.salma, "Start video").click()
    plays(tile(meeting.ines, "Salma Hansen").locator("video"))
    open_people(meeting.salma)
    expect(button(meeting.salma, "Remove Ines Khan")).to_be_visible()
    meeting.door.set_role(meeting.room_id, SALMA, "Consumer")
    expect(button(meeting.salma, "Remove Ines Khan")).to_have_count(0)
    expect(button(meeting.salma, "Stop video")).to_have_count(0)
    expect(tile(meeting.ines, "Salma Hansen").locator("video")).to_have_count(0)
    close_people(meeting.salma)


@pytest.mark.thorough
def test_a_page_that_is_loaded_again_is_the_same_device(meeting: Meeting) -> None:
    device = meeting.nils.evaluate("sessionStorage['anteroom.device']")
    meeting.nils.reload()
    button(meeting.nils, "Join").click()
    in_call(meeting.nils)
    assert meeting.nils.evaluate("sessionStorage['anteroom.device']") == device
    plays(tile(meeting.ines, "Nils Diallo").locator("video"))
    expect(tile(meeting.ines, "")).to_have_count(3)


@pytest.mark.thorough
def test_who_is_removed_from_the_call_can_join_again(meeting: Meeting) -> None:
    open_people(meeting.ines)
    button(meeting.ines, "Remove Nils Diallo").click()
    button(meeting.ines, "Really remove? Nils Diallo").click()
    expect(heading(meeting.nils, "You were removed from the call")).to_be_visible()
    expect(tile(meeting.ines, "Nils Diallo")).to_have_count(0)
    button(meeting.nils, "Join again").click()
    in_call(meeting.nils)
    close_people(meeting.ines)


def test_who_is_removed_from_the_roster_is_out_and_told_why(meeting: Meeting) -> None:
    meeting.visits[NILS].allowed = {403}
    meeting.door.set_role(meeting.room_id, NILS, None)
    expect(heading(meeting.nils, "You were removed from the call")).to_be_visible()
    expect(meeting.nils.get_by_role("heading", name="You are not invited")).to_be_visible()
    expect(button(meeting.nils, "Join again")).to_have_count(0)
    meeting.pages.pop(NILS).close()


@pytest.mark.thorough
def test_another_tab_of_the_same_device_takes_over(meeting: Meeting) -> None:
    visit, device = meeting.visits[SALMA], meeting.salma.evaluate("({...sessionStorage})")
    other = visit.context.new_page()
    other.add_init_script(f"Object.assign(sessionStorage, {device})")
    other.goto(meeting.salma.url)
    button(other, "Join").click()
    in_call(other)
    expect(heading(meeting.salma, "The call goes on in another tab")).to_be_visible()
    button(meeting.salma, "Go on here instead").click()
    expect(heading(other, "The call goes on in another tab")).to_be_visible()
    other.close()


NOTICES = """new MutationObserver(() => {
    window.noticed ||= document.body.innerText.includes('The connection is lost.');
}).observe(document.body, { childList: true, subtree: true })"""


@pytest.mark.thorough
def test_a_lost_connection_is_told_and_comes_back(meeting: Meeting) -> None:
    lines = list[WebSocketRoute]()

    def connect(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    with closing(meeting.door.visit().context.new_page()) as page:
        page.route_web_socket(lambda url: "/rtc" in url, connect)
        page.goto(meeting.door.link(meeting.room_id, INES))
        button(page, "Join").click()
        in_call(page)
        page.evaluate(NOTICES)
        lines[0].close()
        page.wait_for_function("() => window.noticed")
        expect(page.get_by_text("The connection is lost.")).to_have_count(0)
        plays(tile(page, "Nils Diallo").locator("video"))
        button(page, "Leave").click()
        expect(heading(page, "You have left the call")).to_be_visible()
    assert len(lines) > 1


@pytest.mark.thorough
def test_who_is_told_nothing_of_the_end_begins_no_other_call(door: Door) -> None:
    """The message of the media server is lost, as when the line breaks just then."""
    room_id = door.room({INES: "Presenter"}, NAMES)
    visit = door.visit()
    visit.allowed = {404, 409}
    deaf = False

    def connect(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        server.on_message(lambda message: None if deaf else line.send(message))

    with closing(visit.context.new_page()) as page:
        page.route_web_socket(lambda url: "/rtc" in url, connect)
        page.goto(door.link(room_id, INES))
        button(page, "Join").click()
        in_call(page)
        deaf = True
        assert door.raw.delete(f"/rooms/{room_id}/call").status == 204
        expect(heading(page, "The call has ended")).to_be_visible()
        until(lambda: door.raw.get(f"/rooms/{room_id}/presence").json()["call"] is None)


def test_who_ends_the_call_ends_it_for_all(meeting: Meeting) -> None:
    for visit in meeting.visits.values():
        visit.allowed |= {404, 409}  # on a busy machine, the line of a page may break just then
    open_people(meeting.ines)
    button(meeting.ines, "End the call for all").click()
    button(meeting.ines, "Really end the call for all?").click()
    for page in meeting.pages.values():
        expect(heading(page, "The call has ended")).to_be_visible()
    for page in meeting.pages.values():
        button(page, "Join again").click()
