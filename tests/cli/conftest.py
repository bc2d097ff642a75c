from collections.abc import Iterator

import pytest

from testkit.documented_meeting import play_documented_meeting
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from tests.cli.line import VARIABLE, Line, environment


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One app for all commands."""
    with running_app(tmp_path_factory.mktemp("app")) as app:
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
