"""Makes the table of the service, which makes none itself if a setting names it."""

from azure.data.tables import TableClient


def prepare_table(storage: str, table: str) -> None:
    """Makes the table, with its marker, in the storage of this connection string. Adopts one that
    is there. Raises AzureError, or ValueError if that is no connection string.

    Comes after the app is loaded, which brings `rooms` along.
    """
    from rooms.storage.marker import prepare

    with TableClient.from_connection_string(storage, table) as client:
        prepare(client, adopt=True)
