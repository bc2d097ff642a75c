from collections.abc import Iterator

import pytest

from testkit.devhost import Devhost, running_devhost
from tests.devhost.apps import APP


@pytest.fixture(scope="session")
def devhost(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devhost]:
    """The app of this folder, running."""
    with running_devhost(
        APP, tmp_path_factory.mktemp("devhost"), {"OVERRIDDEN": "environment"}
    ) as devhost:
        yield devhost
