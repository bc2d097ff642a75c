"""Lists in pages of the console."""

from playwright.sync_api import Locator, Page

PARTS = """list => [...list.children]
    .map(item => [...item.children].map(part => part.innerText.trim()))"""


def named(page: Page | Locator, label: str) -> Locator:
    """Returns the list with that label."""
    return page.get_by_role("list", name=label, exact=True)


def items(page: Page | Locator, label: str) -> list[list[str]]:
    """Returns the items of the list with that label: the texts of their parts."""
    parts: list[list[str]] = named(page, label).evaluate(PARTS)
    return parts
