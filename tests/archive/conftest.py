"""A table of three days whose log was exported, and its archive."""

import asyncio
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.data.tables import TableClient

from tests.archive.exported import Table3Days, fill


@pytest.fixture(scope="session")
def exported_once(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table3Days]:
    """The table, for tests that leave it as it is, or bring it back."""
    name, folder = f"t{uuid.uuid4().hex}", tmp_path_factory.mktemp("archive")
    asyncio.run(fill(azurite, name, folder))
    with TableClient.from_connection_string(azurite, name) as client:
        yield Table3Days(azurite, client, folder)


@pytest.fixture
def exported(exported_once: Table3Days, tmp_path: Path) -> Table3Days:
    """The same, with a copy of the archive."""
    folder = tmp_path / "archive"
    shutil.copytree(exported_once.folder, folder)
    return Table3Days(exported_once.connection_string, exported_once.client, folder)
