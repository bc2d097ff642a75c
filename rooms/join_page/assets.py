"""The files of the join page."""

from pathlib import Path

from rooms.pages.files import RENDERING, Page, read_page
from rooms.settings.media import MediaServer

LIBRARIES = RENDERING | {"livekit.js": "livekit-client/dist/livekit-client.umd.js"}
"""The files of `node_modules` that the page loads, by name."""


def read_join_page(server: MediaServer) -> Page | None:
    """Reads all files. Returns None if the libraries are not installed.

    Args:
        server: the media server: the page may connect to it, and ask it over HTTP.
    """
    asks = (server.url, server.url.replace("ws", "http", 1))
    return read_page(Path(__file__).parent / "static", LIBRARIES, asks=asks)
