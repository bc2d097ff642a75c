from collections.abc import Iterator

import pytest

from testkit.running import RunningApp, running_app


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Runs one app for all meetings."""
    with running_app(tmp_path_factory.mktemp("meetings")) as app:
        yield app
