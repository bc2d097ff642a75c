import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from testkit.insight import Insight
from testkit.livekit_double import LiveKitDouble
from testkit.raw import Raw
from testkit.running import UNHANDLED, RunningApp, running_app

LISTED_ROOMS = 92
"""More than three pages of the list."""


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One app for all contract tests: rooms of other tests are in its list. Nothing they send may
    go unhandled."""
    with running_app(tmp_path_factory.mktemp("app")) as app:
        yield app
    assert UNHANDLED.findall(app.log()) == []


@pytest.fixture(scope="session")
def media_server() -> Iterator[LiveKitDouble]:
    """A stand-in of the media server of `media_app`. No events come unless a test lets them."""
    with LiveKitDouble() as double:
        yield double


@pytest.fixture(scope="session")
def media_app(
    media_server: LiveKitDouble, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """Another app, whose calls a media server carries, and with a key that the server does not
    have. No token may get into its log."""
    settings = media_server.settings | {"ROOMS_MEDIA_KEY__old": secrets.token_urlsafe(32)}
    with running_app(tmp_path_factory.mktemp("media"), settings) as app:
        yield app
    assert UNHANDLED.findall(app.log()) == []
    assert re.findall(r"eyJ[\w-]+\.", app.log()) == []


@pytest.fixture(scope="session")
def raw(app: RunningApp) -> Raw:
    """Signed requests with the key that may do everything."""
    return Raw(app.http, app.manage_key)


@pytest.fixture(scope="session")
def insight(app: RunningApp) -> Insight:
    """Requests with the key that may do everything, as it is."""
    return Insight(app, app.manage_key)


@pytest.fixture(scope="session")
def many_rooms(raw: Raw) -> list[str]:
    """Ids of enough rooms for more than three pages of the list."""
    with ThreadPoolExecutor(8) as pool:
        return [room["id"] for room in pool.map(lambda _: raw.new_room(), range(LISTED_ROOMS))]
