"""A view with a fault: the rest of the page works on."""

from playwright.sync_api import expect

from tests.console.pages import Console, go, heading

FAULTY = 'export const Quarantine = () => { throw new Error("a planted fault"); };'


def test_a_view_with_a_fault_says_so_and_others_can_be_shown(console: Console) -> None:
    page = console.enter("rooms")
    page.route(
        "**/console/quarantine.js",
        lambda route: route.fulfill(body=FAULTY, content_type="text/javascript"),
    )
    go(page, "quarantine")
    expect(page.get_by_role("alert")).to_contain_text("report this")
    (problem,) = console.problems
    assert "a planted fault" in problem
    console.problems.clear()
    page.get_by_role("link", name="Rooms", exact=True).first.click()
    expect(heading(page, "Rooms")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
