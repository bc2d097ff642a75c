"""The table in each account: whether it is of this deployment, and how it becomes that."""

from collections.abc import Sequence

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableClient

from rooms.storage import keys
from rooms.storage.further_accounts import join_account, note_accounts
from rooms.storage.growth.errors import AccountRefused
from rooms.storage.spread import Spread


async def check_accounts(clients: Sequence[TableClient], spread: Spread) -> None:
    """Checks that the accounts that rooms have been in are those of this deployment. One request
    for each.

    Raises:
        AccountRefused: one is not.
        AzureError: one does not answer.
    """
    for account, client in enumerate(clients[: spread.count]):
        try:
            found = await client.get_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
        except ResourceNotFoundError as error:
            raise AccountRefused(account) from error
        own = spread.id if account else None
        if (found.get("account", 0), found.get("spread")) != (account, own):
            raise AccountRefused(account)


async def prepare_accounts(clients: Sequence[TableClient], spread: Spread) -> None:
    """Makes the tables of all accounts that rooms will have been in, where they are missing, and
    notes in that of the first how many there are. Four requests for each, at most.

    Raises:
        AccountRefused: one is not of this deployment, and not empty.
        AzureError: an account does not answer.
    """
    for account in range(1, spread.count):
        if not await join_account(clients[account], account, spread.id):
            raise AccountRefused(account)
    await note_accounts(clients[0], spread.count)
