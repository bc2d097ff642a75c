"""What a running app has: a table in each storage account that its settings name."""

from pathlib import Path

from azure.data.tables import TableClient

from rooms.storage.keys import MARKER_ROW
from testkit.running import running_app
from testkit.storage_proxy import StorageProxy


def test_each_account_of_an_app_has_its_table(tmp_path: Path, proxies: list[StorageProxy]) -> None:
    with running_app(tmp_path, accounts=3) as app:
        for proxy in proxies:
            with TableClient.from_connection_string(proxy.connection_string, app.table) as client:
                assert MARKER_ROW in [row["RowKey"] for row in client.list_entities()]
    assert all(len(proxy.seen) == 1 for proxy in proxies)
