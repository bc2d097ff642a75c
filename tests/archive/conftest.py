"""A table of three days whose log was exported, and its archive."""

import asyncio
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.data.tables import TableClient

from devhost.azurite import ACCOUNT, KEY, PROJECT
from testkit.ports import free_port
from testkit.waiting import HANG_SECONDS
from tests.archive.exported import Snapshot, Table3Days, fill
from tests.contract.node import find


@pytest.fixture(scope="session")
def three_days(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """What is in the table before any test."""
    name, folder = f"t{uuid.uuid4().hex}", tmp_path_factory.mktemp("three days")
    asyncio.run(fill(azurite, name, folder))
    with TableClient.from_connection_string(azurite, name) as client:
        return Snapshot(azurite, [dict(row) for row in client.list_entities()], folder)


@pytest.fixture(scope="session")
def exported_once(
    three_days: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Table3Days]:
    """The table, for tests that leave it as it is, or bring it back."""
    with three_days.copied(tmp_path_factory.mktemp("archive")) as table:
        yield table


@pytest.fixture
def exported(exported_once: Table3Days, tmp_path: Path) -> Table3Days:
    """The same, with a copy of the archive."""
    folder = tmp_path / "archive"
    shutil.copytree(exported_once.folder, folder)
    return Table3Days(exported_once.connection_string, exported_once.client, folder)


@pytest.fixture(scope="session")
def blobs() -> Iterator[str]:
    """The connection string of Azurite's blob service."""
    port = free_port()
    script = PROJECT / "tools/testkit/azurite_blobs.js"
    options = ["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck"]
    process = subprocess.Popen(
        [find("node"), script, "--blobPort", str(port), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    for line in process.stdout:
        if "successfully listens" in line:
            break
    yield (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
        f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
    )
    process.stdin.close()
    process.wait(HANG_SECONDS)
    process.stdout.close()
