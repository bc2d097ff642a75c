"""The marker of the table: a row that says that the table is one of this service.

Without it, a table that is missing would look like a service that has no rooms, and the next create
would make another one.
"""

import re
from contextlib import suppress
from itertools import islice
from typing import Literal

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableClient

from rooms.domain.time import now
from rooms.storage import keys
from rooms.storage.entities import Entity, identity_row, stored_time

type Prepared = Literal["made", "marked", "adopted", "there", "foreign"]
"""What `prepare` did. made: there was no table. marked: it was empty. adopted: it had rows of this
service, or was to be adopted. there: it had a marker. foreign: it has other rows, and was left."""

ROWS = 1_000
"""Rows that tell whose table it is: what one request reads."""

_OURS = re.compile(
    r"\.(index|invitees?|calls|arrived|floor|join-link|until|due|stale|pending|quarantine(-part)?"
    r"|pull(-asked|-unknown)?|upkeep|deployment|user|archive|probe|restore|erasure(-part)?|spread"
    r"|moved|growing)(:.*)?"
    r"|[A-Za-z0-9_-]{1,64}:(room|details|roster:.*|~.*|arrived:.*|calls?:.*)"
)
"""The keys of rows of this service."""


def prepare(client: TableClient, adopt: bool = False) -> Prepared:
    """Makes the table and its marker if they are missing. Three requests, or four.

    Leaves a table with rows that are not of this service as it is, unless it is to `adopt` them.
    Raises AzureError.
    """
    made = make(client)
    try:
        client.get_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
    except ResourceNotFoundError:
        pass
    else:
        return "there"
    found = client.list_entities(results_per_page=ROWS, select=["PartitionKey", "RowKey"])
    rows = [(row["PartitionKey"], row["RowKey"]) for row in islice(found, ROWS)]
    if not (adopt or all(map(is_ours, rows))):
        return "foreign"
    with suppress(ResourceExistsError):  # of another one that prepares it
        client.create_entity(marker())
    return "made" if made else "adopted" if rows else "marked"


def marker() -> Entity:
    """Returns the row that says that a table is one of this service."""
    return identity_row(keys.MARKER_ROW) | {"madeAt": stored_time(now())}


def make(client: TableClient) -> bool:
    """Makes the table, without a marker. Returns False if it is there. Raises AzureError."""
    try:
        client.create_table()
    except ResourceExistsError:
        return False
    return True


def is_ours(row: tuple[str, str]) -> bool:
    """Returns whether a row, by its partition and its key, is of this service."""
    partition, key = row
    return partition in keys.partitions() and _OURS.fullmatch(key) is not None
