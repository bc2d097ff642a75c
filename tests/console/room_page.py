"""What tests of a room's page do in its dialogs and rows."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.console.pages import KEPT, Console
from tests.console.scenes import Scenes


def room(scenes: Scenes, room_id: str) -> dict[str, Any]:
    """Returns the room as the API has it."""
    overview: dict[str, Any] = scenes.insight.json(f"/rooms/{room_id}/overview")
    return overview


def dialog(page: Page, button: str, name: str) -> Locator:
    """Opens the dialog of that name with a button, and returns it."""
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    opened = page.get_by_role("dialog", name=name)
    expect(opened).to_be_visible()
    return opened


def choose(page: Page, person: str, action: str) -> None:
    """Chooses an action for a person of the room."""
    page.get_by_role("button", name=f"Actions for {person}").click()
    page.get_by_role("button", name=action, exact=True).click()


def of_person(page: Page, person: str, action: str, name: str) -> Locator:
    """Opens the dialog of that name for a person of the room, and returns it."""
    choose(page, person, action)
    opened = page.get_by_role("dialog", name=name)
    expect(opened).to_be_visible()
    return opened


def fill(form: Locator, fields: Mapping[str, str]) -> None:
    """Fills fields, by their labels."""
    for label, text in fields.items():
        form.get_by_label(label, exact=True).fill(text)


def press(form: Locator, button: str) -> None:
    form.get_by_role("button", name=button, exact=True).click()


def sent(page: Page, form: Locator, button: str = "Save") -> None:
    """Sends a form, and waits until it is done."""
    press(form, button)
    expect(page.get_by_role("dialog")).to_have_count(0)


def problem(form: Locator, label: str) -> str:
    """Waits until something is wrong with a field, which has the focus, and returns what."""
    field = form.get_by_label(label, exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    described: str = field.evaluate(
        "field => document.getElementById(field.getAttribute('aria-describedby').split(' ')[0])"
        ".innerText"
    )
    return described


def shown_where(console: Console, view: str, **settings: Any) -> Page:
    """Shows a view of a service that tells pages these settings."""

    def answer(route: Route) -> None:
        told = route.fetch()
        route.fulfill(response=told, json=told.json() | settings)

    page = console.open()
    page.route("**/console/settings.json", answer)
    kept = [KEPT, console.app.manage_key]
    page.evaluate("([name, key]) => sessionStorage.setItem(name, key)", kept)
    page.goto(console.url(view))
    page.reload()
    return page


def second_tab(console: Console, room_id: str) -> Page:
    """Opens the room in another tab."""
    return console.enter(f"room/{room_id}")
