"""Keyboard only."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.pages import HEIGHT, NARROW, Console, go, heading, violations
from tests.console.scenes import Scenes

MOST_TABS = 60


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by keyboard.")


def test_from_the_key_to_a_moment_of_a_call(console: Console, scenes: Scenes) -> None:
    title = scenes.lesson["title"]
    page = console.open()
    expect(page.get_by_label("Key")).to_be_focused()
    page.keyboard.insert_text(console.app.manage_key)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("navigation").get_by_role("link", name="Rooms"))
    page.keyboard.press("Enter")
    expect(heading(page, "Rooms")).to_be_visible()
    tab_to(page, page.get_by_role("link", name=title))
    page.keyboard.press("Enter")
    expect(heading(page, title)).to_be_visible()
    tab_to(page, page.get_by_role("region", name="Calls").get_by_role("link").first)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("slider"))
    page.keyboard.press("Home")
    moment = page.get_by_role("group").locator("p time").inner_text()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile(moment))


def test_the_focus_goes_to_the_heading_of_a_new_view(console: Console) -> None:
    page = console.enter("home")
    expect(heading(page, "Home")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Rooms").press("Enter")
    expect(heading(page, "Rooms")).to_be_focused()


@pytest.mark.thorough
def test_the_focus_goes_to_the_heading_after_the_way_back(console: Console) -> None:
    page = console.enter("home")
    expect(heading(page, "Home")).to_be_visible()
    go(page, "rooms")
    expect(heading(page, "Rooms")).to_be_focused()
    page.go_back()
    expect(heading(page, "Home")).to_be_focused()


@pytest.mark.thorough
def test_a_filter_does_not_move_the_focus(console: Console) -> None:
    page = console.enter("rooms")
    page.get_by_label("Title").press_sequentially("abc")
    page.wait_for_url("**title=abc")
    expect(page.get_by_label("Title")).to_be_focused()


@pytest.mark.thorough
def test_the_first_link_leads_past_the_menu(console: Console) -> None:
    page = console.enter("home")
    expect(heading(page, "Home")).to_be_visible()
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(heading(page, "Home")).to_be_focused()


def test_on_a_phone_the_menu_opens_from_a_button(console: Console) -> None:
    page = console.show("access")
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    link = page.get_by_role("navigation", name="Views").get_by_role("link", name="Rooms")
    expect(heading(page, "Check access")).to_be_visible()
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(page.get_by_role("button", name="Menu")).to_have_attribute("aria-expanded", "true")
    assert violations(page) == []
    link.press("Enter")
    expect(heading(page, "Rooms")).to_be_focused()
    expect(link).to_be_hidden()


@pytest.mark.thorough
def test_the_title_of_the_tab_names_the_view(console: Console, scenes: Scenes) -> None:
    page = console.enter("rooms")
    expect(page).to_have_title("Rooms · Anteroom")
    go(page, f"room/{scenes.lesson['roomId']}")
    expect(page).to_have_title(f"{scenes.lesson['title']} · Anteroom")
