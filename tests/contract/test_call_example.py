"""examples/call.py: a page of a team's own, on a real livekit-server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from devhost.azurite import PROJECT
from testkit.identifiers import raw_id
from testkit.livekit_server import AppWithCalls
from testkit.ports import free_port
from testkit.raw import Raw
from testkit.raw_http import exchange
from testkit.waiting import HANG_SECONDS, until
from tests.console import chromium

PRESENTER, CONSUMER, STRANGER = (raw_id(number) for number in (1, 2, 3))
PATIENCE = 1000 * HANG_SECONDS


@pytest.fixture(scope="module")
def browser(livekit_program: Path) -> Iterator[Browser]:
    """A Chromium with a camera that shows a test picture."""
    if not (path := chromium.executable()):
        pytest.skip(chromium.MISSING)
    devices = ["--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*chromium.ARGUMENTS, *devices]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def example(app_with_calls: AppWithCalls) -> Iterator[str]:
    """The address of the example."""
    port, app = free_port(), app_with_calls.app
    environment = {
        **os.environ,
        "PORT": str(port),
        "COMMUNICATION_CONNECTION_STRING": f"endpoint={app.http}/;accesskey={app.manage_key}",
    }
    command = [sys.executable, str(PROJECT / "examples/call.py")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        until(lambda: _answers(port) or process.poll() is not None)
        yield f"http://localhost:{port}"
        process.terminate()


def _answers(port: int) -> bool:
    try:
        return (
            exchange("localhost", port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200
        )
    except OSError:
        return False


@pytest.fixture
def room_id(app_with_calls: AppWithCalls) -> str:
    app = app_with_calls.app
    roles = {PRESENTER: "Presenter", CONSUMER: "Consumer"}
    participants = {raw: {"role": role} for raw, role in roles.items()}
    return str(Raw(app.http, app.manage_key).new_room({"participants": participants})["id"])


def join(browser: Browser, example: str, room_id: str, who: str) -> Page:
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{example}/?{urlencode({'roomId': room_id, 'rawId': who})}")
    page.get_by_role("button", name="Join").click()
    return page


@pytest.mark.thorough
def test_a_consumer_sees_the_presenter_and_may_publish_nothing(
    browser: Browser, example: str, room_id: str
) -> None:
    presenter = join(browser, example, room_id, PRESENTER)
    presenter.get_by_role("button", name="Camera").click()
    consumer = join(browser, example, room_id, CONSUMER)
    consumer.wait_for_function("document.querySelector('video')?.videoWidth > 0")
    buttons = consumer.locator("#controls").get_by_role("button")
    assert buttons.all_inner_texts() == ["Leave"]
    consumer.get_by_role("button", name="Leave").click()
    expect(consumer.get_by_role("status")).to_have_text("You have left.", timeout=PATIENCE)
    presenter.context.close()
    consumer.context.close()


def test_who_lost_a_call_that_was_ended_is_told_so(
    browser: Browser, example: str, room_id: str, app_with_calls: AppWithCalls
) -> None:
    app = app_with_calls.app
    raw = Raw(app.http, app.manage_key)
    page = join(browser, example, room_id, PRESENTER)
    until(lambda: raw.get(f"/rooms/{room_id}/presence").json()["call"] is not None)
    call = raw.get(f"/rooms/{room_id}/presence").json()["call"]
    assert raw.delete(f"/rooms/{room_id}/call").status == 204
    expect(page.get_by_role("status")).to_have_text("The call has ended.", timeout=PATIENCE)
    again = {"roomId": room_id, "rawId": PRESENTER, "device": "tab", "callId": call["id"]}
    answer = page.request.post(f"{example}/join", form=again | {"participantId": "PA_lost"})
    assert (answer.status, answer.json()) == (
        409,
        {"messages": ["This call was ended for everybody."]},
    )
    page.context.close()


def test_a_stranger_hears_why_they_are_refused(
    browser: Browser, example: str, room_id: str
) -> None:
    stranger = join(browser, example, room_id, STRANGER)
    expect(stranger.get_by_role("status")).to_have_text(re.compile("not invited"), timeout=PATIENCE)
    stranger.context.close()
