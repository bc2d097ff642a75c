from collections.abc import Iterator

import pytest

from testkit.documented_meeting import play_documented_meeting
from testkit.insight import Insight
from testkit.livekit_double import LiveKitDouble
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from tests.cli.line import VARIABLE, Line, environment


@pytest.fixture(scope="session")
def media_server() -> Iterator[LiveKitDouble]:
    """A stand-in of the media server of that app."""
    with LiveKitDouble() as double:
        yield double


@pytest.fixture(scope="session")
def app(
    media_server: LiveKitDouble, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """One app for all commands, as on a laptop."""
    folder = tmp_path_factory.mktemp("app")
    with running_app(folder, media_server.settings, own_storage=True) as app:
        yield app


@pytest.fixture(scope="session")
def line(app: RunningApp, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """A shell with the key that may do everything."""
    connection = {VARIABLE: f"endpoint={app.http}/;accesskey={app.manage_key}"}
    return Line(tmp_path_factory.mktemp("elsewhere"), environment() | connection)


@pytest.fixture(scope="session")
def insight(app: RunningApp) -> Insight:
    """Requests with a key as it is, and events, beside the command line."""
    return Insight(app, app.manage_key)


@pytest.fixture(scope="session")
def raw(app: RunningApp) -> Raw:
    """Signed requests beside the command line."""
    return Raw(app.http, app.manage_key)


@pytest.fixture(scope="session")
def meeting(app: RunningApp) -> str:
    """The room of the meeting that docs/cli.md plays."""
    return play_documented_meeting(app)
