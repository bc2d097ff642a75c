"""Connections to other services over HTTP."""

from typing import TYPE_CHECKING
from urllib.request import getproxies

if TYPE_CHECKING:
    from aiohttp import ClientSession


def new_session() -> "ClientSession":
    """Returns a session that keeps connections, and no cookies.

    If the environment names no proxy, aiohttp must not look for one: it does so in other threads
    before each request.
    """
    from aiohttp import ClientSession, DummyCookieJar  # by the first request: it slows a cold start

    return ClientSession(cookie_jar=DummyCookieJar(), trust_env=bool(getproxies()))
