"""Whether upkeep has yet to look at rows that an earlier version wrote: it would not find those
that move to a partition where it has looked already."""

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableEntity
from azure.data.tables.aio import TableClient

from rooms.storage import keys
from rooms.storage.accounts import partitions_in
from rooms.storage.first_pass import goes_on
from rooms.storage.parallel import in_parallel


async def first_pass_goes_on(client: TableClient, account: int) -> bool:
    """Returns whether a pass over all rows of an account has begun, and is not over. One request
    for each partition. Raises AzureError."""

    async def place(partition: str) -> TableEntity | None:
        try:
            return await client.get_entity(partition, keys.UPKEEP_ROW)
        except ResourceNotFoundError:
            return None

    places = await in_parallel(map(place, partitions_in(account)))
    return any(each is not None and goes_on(each) for each in places)
