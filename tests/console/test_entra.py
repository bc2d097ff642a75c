"""People sign in to the console with Entra ID, of which there is a stand-in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from devhost.azurite import PROJECT
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from tests.console.authority import TENANT, Authority, Somebody, running_authority
from tests.console.pages import (
    HEIGHT,
    KEPT,
    NARROW,
    PATIENCE,
    WIDE,
    Chromium,
    Console,
    heading,
    overflow,
    violations,
)

CLIENT = "3d1c7a52-3b1e-4f0a-9d55-2a8e6b4c7f02"
KHAN = Somebody("Dr. Khan", "0f4a2b6e-6f43-4a3b-8f0f-5f6a3c9d2e01", ("Rooms.Manage",))
LEE = Somebody("Lee <b>the reader</b>", "7c1d9a52-3b1e-4f0a-9d55-2a8e6b4c7f02", ("Rooms.Read",))
NOBODY = Somebody("Nobody", "11111111-2222-3333-4444-555555555555")


@dataclass
class Place:
    """An app where people sign in, and the authority where they do."""

    app: RunningApp
    authority: Authority


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running_authority(CLIENT, KHAN, LEE, NOBODY) as authority:
        settings = {
            "ROOMS_ENTRA_TENANT": TENANT,
            "ROOMS_ENTRA_AUTHORITY": authority.url,
            "ROOMS_ENTRA_MANAGE": "Rooms.Manage",
            "ROOMS_ENTRA_READ": "Rooms.Read",
            "ROOMS_CONSOLE_CLIENT_ID": CLIENT.upper(),
            "ROOMS_ACCESS_LOG": "true",
            "ROOMS_ON_BEHALF_OF": "test",
            "SSL_CERT_FILE": str(PROJECT / ".devhost" / "ca-bundle.pem"),
        }
        with running_app(tmp_path_factory.mktemp("entra"), settings) as app:
            yield Place(app, authority)


@pytest.fixture
def console(browser: Chromium, place: Place) -> Iterator[Console]:
    """Pages of that app, in a context of their own, which trusts the authority."""
    context = browser.browser.new_context(ignore_https_errors=True, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    own = Chromium(browser.browser, {(WIDE, HEIGHT, "light"): context})
    place.authority.seconds, place.authority.revoked = 3600, False
    place.authority.asked.clear()
    console = Console(own, place.app, {401}, others=(place.authority.url,))  # /devhost/meeting
    yield console
    console.close()
    context.close()


def sign_in(page: Page, name: str) -> None:
    page.get_by_role("button", name="Sign in with Entra ID").click()
    page.get_by_role("link", name=name).click()


def test_who_signs_in_is_the_actor_of_what_they_do_and_see(console: Console, place: Place) -> None:
    raw = Raw(place.app.http, place.app.manage_key)
    room_id = raw.new_room()["id"]
    page = console.open(f"room/{room_id}")
    sign_in(page, KHAN.name)
    expect(page.get_by_role("banner")).to_contain_text("Dr. Khan")
    assert page.url == console.url(f"room/{room_id}")
    page.goto(console.url("access"))
    answer = page.evaluate(
        """async (roomId) => {
            const { ask } = await import("/console/api.js");
            await ask("PATCH", `/rooms/${roomId}/details`, { body: { title: "By a person" } });
            return await ask("GET", `/rooms/${roomId}/presence`);
        }""",
        room_id,
    )
    assert answer["roomId"] == room_id
    insight = Insight(place.app, place.app.manage_key)
    newest = insight.json(f"/rooms/{room_id}/log")["value"][0]
    assert (newest["kind"], newest["actor"]) == ("DetailsUpdated", KHAN.oid)
    looked = insight.json(f"/rooms/{room_id}/log?kind=Accessed")["value"]
    assert ("presence", KHAN.oid) in {(each["detail"]["what"], each["actor"]) for each in looked}


def test_the_page_asks_for_a_token_of_its_own_application_with_a_proof_key(
    console: Console, place: Place
) -> None:
    page = console.open()
    sign_in(page, KHAN.name)
    expect(heading(page, "Home")).to_be_visible()
    (asked,) = place.authority.asked
    assert asked["grant_type"] == "authorization_code"
    assert asked["scope"].split()[0] == f"{CLIENT}/.default"
    assert "client_secret" not in asked
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.evaluate("name => sessionStorage.getItem(name)", KEPT) is None
    for url in console.requested:
        assert "code=" not in url.partition("#")[0]


@pytest.mark.thorough
def test_the_pages_of_who_signs_in_keep_the_rules_of_axe(console: Console) -> None:
    page = console.open()
    expect(page.get_by_role("button", name="Sign in with Entra ID")).to_be_visible()
    assert violations(page) == []
    sign_in(page, KHAN.name)
    expect(heading(page, "Home")).to_be_visible()
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    assert violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.thorough
def test_after_a_reload_they_are_still_signed_in(console: Console) -> None:
    page = console.open("rooms")
    sign_in(page, LEE.name)
    expect(page.get_by_role("banner")).to_contain_text(LEE.name)
    page.reload()
    expect(heading(page, "Rooms")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text(LEE.name)


@pytest.mark.thorough
def test_a_token_is_renewed_without_asking(console: Console, place: Place) -> None:
    place.authority.seconds = 1  # which MSAL takes for one that has expired
    page = console.open()
    sign_in(page, KHAN.name)
    expect(heading(page, "Home")).to_be_visible()
    grants = {asked["grant_type"] for asked in place.authority.asked}
    assert grants == {"authorization_code", "refresh_token"}


@pytest.mark.thorough
def test_who_cannot_get_a_token_any_more_signs_in_again(console: Console, place: Place) -> None:
    console.allowed |= {400}
    place.authority.seconds = 1
    page = console.open()
    sign_in(page, KHAN.name)
    expect(heading(page, "Home")).to_be_visible()
    place.authority.revoked = True
    expect(page.get_by_role("alert")).to_contain_text("Sign in again.")
    expect(page.get_by_role("button", name="Sign in with Entra ID")).to_be_visible()


@pytest.mark.thorough
def test_who_has_no_role_is_told_so_and_not_kept(console: Console) -> None:
    page = console.open()
    sign_in(page, NOBODY.name)
    expect(page.get_by_role("alert")).to_contain_text("does not let you in")
    page.reload()
    expect(page.get_by_role("button", name="Sign in with Entra ID")).to_be_visible()


@pytest.mark.thorough
def test_who_does_not_sign_in_is_told_so(console: Console) -> None:
    page = console.open()
    sign_in(page, "Cancel")
    expect(page.get_by_role("alert")).to_contain_text("Entra ID did not sign you in")
    expect(page).to_have_url(re.compile("/console$"))


@pytest.mark.thorough
def test_signing_out_ends_the_session_there_too(console: Console, place: Place) -> None:
    page = console.open()
    sign_in(page, KHAN.name)
    before = place.authority.signed_out
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in with Entra ID")).to_be_visible()
    assert place.authority.signed_out == before + 1
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert KHAN.oid not in kept


@pytest.mark.thorough
def test_the_log_says_for_whom_a_backend_asked(console: Console, place: Place) -> None:
    raw = Raw(place.app.http, place.app.manage_key)
    created = raw.post("/rooms", {}, {"On-Behalf-Of": "Dr. %3Cb%3EM%C3%BCller"})
    page = console.enter(f"room/{created.json()['id']}/log")
    entry = page.get_by_role("listitem").filter(has_text="created the room")
    expect(entry).to_contain_text("test for “Dr. <b>Müller” created the room")


@pytest.mark.thorough
def test_a_key_gets_in_too(console: Console, place: Place) -> None:
    page = console.open()
    page.get_by_label("Key").fill(place.app.manage_key)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(heading(page, "Home")).to_be_visible()
    assert place.authority.asked == []


def test_the_policy_lets_the_page_ask_the_authority_and_nobody_else(place: Place) -> None:
    policy = place.app.devhost.get("/console").headers["content-security-policy"]
    assert f"connect-src 'self' {place.authority.url};" in policy
    assert "frame-src" not in policy


def test_anybody_may_know_where_people_sign_in_and_join_and_make_rooms(place: Place) -> None:
    answer = place.app.devhost.get("/console/settings.json")
    assert answer.json() == {
        "host": "localhost:81",
        "signIn": {"authority": f"{place.authority.url}/{TENANT}", "clientId": CLIENT},
        "joinLinks": False,
        "acsMode": "own",
    }
