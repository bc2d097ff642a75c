"""The files of the console."""

from pathlib import Path

from rooms.pages.files import RENDERING, Page, origin_of, read_page
from rooms.settings.entra import SignIn

LIBRARIES = RENDERING
"""The files of `node_modules` that the console loads, by name."""

SIGN_IN_LIBRARIES = {"msal.js": "@azure/msal-browser/lib/msal-browser.min.js"}
"""The same where people sign in."""


def read_console(sign_in: SignIn | None = None) -> Page | None:
    """Reads all files. Returns None if the libraries are not installed.

    Args:
        sign_in: where people sign in: the page may ask for tokens there.
    """
    return read_page(
        Path(__file__).parent / "static",
        LIBRARIES if sign_in is None else LIBRARIES | SIGN_IN_LIBRARIES,
        asks=() if sign_in is None else (origin_of(sign_in.authority),),
    )
