"""The key: signing in, where the key is kept, and what a read-only key shows."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from testkit.running import new_key
from tests.console.pages import KEPT, Console, go, heading, mostly
from tests.console.scenes import Scenes

NO_BASE64 = "not a key!"


def give(page: Page, key: str) -> None:
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()


def kept(page: Page) -> str | None:
    key: str | None = page.evaluate("name => sessionStorage.getItem(name)", KEPT)
    return key


def expect_the_form(page: Page) -> None:
    expect(page.get_by_label("Key")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)


def test_a_wrong_key_is_refused_and_not_kept(console: Console) -> None:
    console.allowed = {401}
    page = console.open()
    give(page, new_key())
    expect(page.get_by_role("alert")).to_contain_text("key")
    expect_the_form(page)
    assert kept(page) is None


@pytest.mark.thorough
def test_text_that_is_not_base64_is_refused_without_a_request(console: Console) -> None:
    page = console.open()
    expect(page.get_by_label("Key")).to_be_visible()
    console.requested.clear()
    give(page, NO_BASE64)
    expect(page.get_by_role("alert")).to_contain_text("base64")
    assert console.requested == []


@pytest.mark.parametrize("name", mostly(["manage_key", "read_key"], "manage_key"))
def test_a_key_of_the_service_gets_in(console: Console, name: str) -> None:
    console.allowed = {401}  # /devhost/meeting is for those who may do everything
    page = console.open()
    give(page, getattr(console.app, name))
    expect(heading(page, "Home")).to_be_visible()


@pytest.mark.thorough
def test_spaces_around_a_pasted_key_do_no_harm(console: Console) -> None:
    page = console.open()
    give(page, f"  {console.app.manage_key} ")
    expect(heading(page, "Home")).to_be_visible()


def test_it_is_kept_for_the_tab_and_nowhere_else(console: Console) -> None:
    page = console.open()
    give(page, console.app.manage_key)
    expect(heading(page, "Home")).to_be_visible()
    assert kept(page) == console.app.manage_key
    assert page.evaluate("Object.keys(sessionStorage)") == [KEPT]
    assert console.app.manage_key not in page.evaluate("JSON.stringify(localStorage)")
    assert page.context.cookies() == []


@pytest.mark.thorough
def test_it_is_in_no_address(console: Console, scenes: Scenes) -> None:
    page = console.open()
    give(page, console.app.manage_key)
    for view in ("rooms", f"room/{scenes.lesson['roomId']}/call", "access", "quarantine", "play"):
        go(page, view)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_not_in(console.app.manage_key, page.url)
    for url in console.requested:
        assert_not_in(console.app.manage_key, url)


def assert_not_in(key: str, url: str) -> None:
    assert key not in url
    assert quote(key, safe="") not in url


@pytest.mark.thorough
def test_after_a_reload_it_is_still_there(console: Console) -> None:
    page = console.open("rooms")
    give(page, console.app.manage_key)
    expect(heading(page, "Rooms")).to_be_visible()
    page.reload()
    expect(heading(page, "Rooms")).to_be_visible()


@pytest.mark.thorough
def test_another_tab_asks_again(console: Console) -> None:
    page = console.open()
    give(page, console.app.manage_key)
    expect(heading(page, "Home")).to_be_visible()
    other = page.context.new_page()
    other.goto(console.url())
    expect_the_form(other)


@pytest.mark.thorough
def test_the_view_of_the_address_is_shown_after_the_key(console: Console) -> None:
    page = console.open("quarantine")
    give(page, console.app.manage_key)
    expect(heading(page, "Quarantine")).to_be_visible()


def test_sign_out_forgets_the_key(console: Console) -> None:
    page = console.open()
    give(page, console.app.manage_key)
    page.get_by_role("button", name="Sign out").click()
    expect_the_form(page)
    assert kept(page) is None


@pytest.mark.thorough
def test_after_signing_out_a_key_can_be_typed_at_once(console: Console) -> None:
    page = console.enter()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Key")).to_be_focused()


@pytest.mark.parametrize(
    "view",
    mostly(["home", "rooms", "access?room=99400000000000000&person=8:acs:a", "quarantine"], "home"),
)
@pytest.mark.thorough
def test_a_key_that_is_no_longer_accepted_signs_out(console: Console, view: str) -> None:
    console.allowed = {401, 404}
    page = console.open(view)
    give(page, console.app.manage_key)
    expect(page.get_by_role("banner")).to_be_visible()
    page.evaluate("([name, key]) => sessionStorage.setItem(name, key)", [KEPT, new_key()])
    page.reload()
    expect_the_form(page)
    expect(page.get_by_role("alert")).to_contain_text("key")
    assert kept(page) is None


@pytest.mark.thorough
def test_a_key_that_is_revoked_while_a_view_updates_signs_out(
    console: Console,
) -> None:
    console.allowed = {401}
    page = console.open("home")
    give(page, console.app.manage_key)
    expect(heading(page, "Home")).to_be_visible()
    page.evaluate("([name, key]) => sessionStorage.setItem(name, key)", [KEPT, new_key()])
    expect_the_form(page)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("view", "title"),
    [
        ("home", "Home"),
        ("rooms", "Rooms"),
        ("access", "Check access"),
        ("quarantine", "Quarantine"),
    ],
)
def test_a_read_only_key_sees_the_view(console: Console, view: str, title: str) -> None:
    console.allowed = {401}
    page = console.enter(view, console.app.read_key)
    expect(heading(page, title)).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


@pytest.mark.parametrize("tab", mostly(["", "/call", "/log"], "/call"))
def test_a_read_only_key_sees_a_room(console: Console, scenes: Scenes, tab: str) -> None:
    console.allowed = {401}
    page = console.enter(f"room/{scenes.lesson['roomId']}{tab}", console.app.read_key)
    expect(heading(page, scenes.lesson["title"])).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


@pytest.mark.thorough
def test_a_read_only_key_sees_the_quarantine_without_buttons_that_change_it(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {401}
    assert scenes.quarantined
    page = console.enter("quarantine", console.app.read_key)
    expect(page.get_by_role("button", name="Show all").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Retry|Delete"))).to_have_count(0)


@pytest.mark.thorough
def test_a_read_only_key_cannot_play_a_meeting(console: Console) -> None:
    console.allowed = {401}
    page = console.enter("play", console.app.read_key)
    expect(page.get_by_role("status").filter(has_text="Your key is read-only.")).to_be_visible()
    assert kept(page) == console.app.read_key


def link(console: Console, key: str, view: str = "") -> str:
    """Returns the link that make start prints, or make meeting for a view."""
    return f"{console.app.http}/console#key={quote(key, safe='')}{view and f'&view=/{view}'}"


def assert_nowhere_in_the_history(key: str, page: Page) -> None:
    urls: list[str] = page.evaluate("navigation.entries().map(entry => entry.url)")
    for url in (page.url, *urls):
        assert_not_in(key, url)


def test_a_link_with_the_key_signs_in_and_the_key_leaves_the_address(console: Console) -> None:
    page = console.context().new_page()
    page.goto(link(console, console.app.manage_key))
    expect(heading(page, "Home")).to_be_visible()
    assert kept(page) == console.app.manage_key
    assert page.url == f"{console.app.http}/console"
    assert_nowhere_in_the_history(console.app.manage_key, page)


@pytest.mark.thorough
def test_a_link_with_the_key_leads_to_a_view(console: Console) -> None:
    page = console.context().new_page()
    page.goto(link(console, console.app.manage_key, "rooms?title=Lesson"))
    expect(heading(page, "Rooms")).to_be_visible()
    assert page.url == f"{console.app.http}/console#/rooms?title=Lesson"
    assert_nowhere_in_the_history(console.app.manage_key, page)


@pytest.mark.thorough
def test_a_link_that_is_pasted_into_an_open_tab_signs_in(console: Console) -> None:
    page = console.open("rooms")
    expect_the_form(page)
    page.evaluate("url => { location.href = url }", link(console, console.app.manage_key))
    expect(heading(page, "Home")).to_be_visible()
    assert kept(page) == console.app.manage_key
    assert_nowhere_in_the_history(console.app.manage_key, page)


@pytest.mark.thorough
def test_a_link_with_a_key_of_another_service_asks_again(console: Console) -> None:
    console.allowed = {401}
    key = new_key()
    page = console.context().new_page()
    page.goto(link(console, key))
    expect_the_form(page)
    expect(page.get_by_role("alert")).to_contain_text("key")
    assert kept(page) is None
    assert_nowhere_in_the_history(key, page)


@pytest.mark.parametrize("text", mostly(["", "not%20a%20key!", "%E0%A4%A"], "%E0%A4%A"))
def test_a_damaged_link_asks_for_a_key(console: Console, text: str) -> None:
    page = console.context().new_page()
    page.goto(f"{console.app.http}/console#key={text}")
    expect_the_form(page)
    assert kept(page) is None
    assert page.url == f"{console.app.http}/console"
