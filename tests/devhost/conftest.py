from collections.abc import Iterator

import pytest

from testkit.devhost import APP, Devhost, running


@pytest.fixture(scope="session")
def devhost(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devhost]:
    """The app of this folder, running."""
    with running(APP, tmp_path_factory.mktemp("devhost"), {"OVERRIDDEN": "environment"}) as devhost:
        yield devhost
