"""Requests with a key are signed in the page, as the SDKs sign them."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, Route, expect

from tests.console.pages import Console, go, heading, mostly
from tests.console.scenes import Scenes

UNUSUAL = "A&B = 100 % + ü ~*'()!"


def test_the_key_is_in_no_request(console: Console, scenes: Scenes) -> None:
    key, sent = console.app.manage_key, []
    page = console.enter("rooms")

    def note(request: Request) -> None:
        # Only devhost takes the key as it is: it is on this machine.
        if "/devhost/" not in request.url:
            sent.append(request.url + str(request.all_headers()))

    page.on("request", note)
    for view in (f"room/{scenes.live.room_id}", f"room/{scenes.live.room_id}/call", "quarantine"):
        go(page, view)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert sent
    assert [request for request in sent if key in request] == []


@pytest.mark.parametrize("unusual", mostly([UNUSUAL, "日本 👩‍⚕️"], UNUSUAL))
def test_what_is_asked_for_may_have_any_characters(
    console: Console, scenes: Scenes, unusual: str
) -> None:
    room_id = scenes.room(title=f"Room {unusual}")
    page = console.enter("rooms")
    page.get_by_label("Title").fill(unusual)
    page.wait_for_url("**title=**")
    expect(page.get_by_role("link", name=f"Room {unusual}")).to_have_attribute(
        "href", f"#/room/{room_id}"
    )


@pytest.mark.thorough
@pytest.mark.parametrize("hours", mostly([1, -1], 1))
def test_a_clock_of_the_browser_that_is_wrong_does_no_harm(console: Console, hours: int) -> None:
    page = console.context().new_page()
    page.clock.install(time=off_by(hours))
    page.goto(console.url("quarantine"))
    page.get_by_label("Key").fill(console.app.manage_key)
    page.get_by_role("button", name="Sign in").click()
    expect(heading(page, "Quarantine")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


@pytest.mark.thorough
def test_a_clock_that_is_set_while_the_page_is_open_does_no_harm(console: Console) -> None:
    console.allowed = {401}  # then the page asks again
    page = console.enter("access")
    expect(heading(page, "Check access")).to_be_visible()
    page.clock.set_system_time(off_by(1))
    page.get_by_label("Room").fill("no room has this title")
    page.get_by_role("button", name="Check access").click()
    expect(page.get_by_role("alert")).to_contain_text("No room")


def off_by(hours: int) -> datetime:
    return datetime.now(UTC) + timedelta(hours=hours)


@pytest.mark.thorough
def test_the_signature_names_the_host_that_the_service_sees(console: Console) -> None:
    """A proxy such as that of a codespace asks the service under another name than the page has."""
    seen = f"127.0.0.1:{console.app.port}"
    page = console.context().new_page()
    page.route("**/*", lambda route: pass_on(route, seen))
    page.goto(console.url("quarantine"))
    page.get_by_label("Key").fill(console.app.manage_key)
    page.get_by_role("button", name="Sign in").click()
    expect(heading(page, "Quarantine")).to_be_visible()


def pass_on(route: Route, host: str) -> None:
    """Sends a request to another name of the service, and answers with the answer."""
    url = route.request.url.replace(urlsplit(route.request.url).netloc, host)
    headers = {name: value for name, value in route.request.headers.items() if name != "host"}
    route.fulfill(response=route.fetch(url=url, headers=headers))


@pytest.mark.thorough
def test_a_page_that_cannot_sign_says_where_it_could(console: Console) -> None:
    page = console.context().new_page()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(console.url())
    page.get_by_label("Key").fill(console.app.manage_key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("https://")
