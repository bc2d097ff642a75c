"""In which storage account each room is, and which rows of rooms may be in another one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.accounts import account_of, last_digit
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.spread import Spread, digit_of, spread_of
from rooms_cli.check.places import Row
from rooms_cli.check.properties import Unreadable, optional, time_in
from rooms_cli.failures import Failure
from rooms_cli.storage import Account, check_accounts
from rooms_cli.storage_failures import failures_of


@dataclass(frozen=True, slots=True)
class Layout:
    """The row `.spread`, or its absence.

    `left` has the digits of which a move has left rows behind, by account. `held_until` is the end
    of the lease of who moves digits.
    """

    spread: Spread = field(default_factory=Spread)
    left: Mapping[int, str] = field(default_factory=dict)
    held_until: Ticks = 0

    def partition_of(self, room_id: str) -> str:
        """Where a room is."""
        return self.spread.partition_of(room_id)

    def is_stray(self, row: Row) -> bool:
        """Whether a row of a room is in another account than its room."""
        room_id, partition = room_of_row(row["RowKey"]), row["PartitionKey"]
        if not room_id:
            return False
        own = self.partition_of(room_id)
        return partition != own and last_digit(partition) == last_digit(own)

    def is_moving(self, row: Row) -> bool:
        """Whether a stray row was copied by a move that has not ended, or is still to be removed
        by one."""
        room_id, account = room_of_row(row["RowKey"]), account_of(row["PartitionKey"])
        assert room_id is not None
        digit = digit_of(room_id)
        is_target = digit == self.spread.moving and account == self.spread.to
        return is_target or digit in self.left.get(account, "")


def read_layout(accounts: Sequence[Account]) -> Layout:
    """Reads the row `.spread`, and the markers of further accounts. One request for each.

    Raises:
        Failure: it cannot be read or understood, or these are not the accounts where rooms are.
    """
    try:
        layout = layout_of(_identity_row(accounts[0], keys.SPREAD_ROW))
    except Unreadable:
        raise Failure("Which storage account has which rooms cannot be read: rooms check") from None
    check_markers(accounts, layout.spread)
    return layout


def check_markers(accounts: Sequence[Account], spread: Spread) -> None:
    """Raises Failure if rooms are in more accounts than these, or if one of these has the marker of
    another. One request for each, if there are several."""
    check_accounts(accounts, spread.count)
    if spread.count == 1:
        return
    for number, account in enumerate(accounts[: spread.count]):
        found = _identity_row(account, keys.MARKER_ROW)
        expected = (number, spread.id if number else None)
        if found is not None and (found.get("account", 0), found.get("spread")) != expected:
            raise Failure(
                f"The table {account.client.table_name} at {account.address} is not that of "
                f"account {number} of this deployment. Check {account.setting}."
            )


def _identity_row(account: Account, key: str) -> Row | None:
    where = f"PartitionKey eq '{keys.IDENTITY_PARTITION}' and RowKey eq '{key}'"
    with failures_of(account) as client:
        return next(iter(client.query_entities(where)), None)


def layout_of(row: Row | None) -> Layout:
    """Returns what the row `.spread` says, or its absence.

    Raises:
        Unreadable: that cannot be understood.
    """
    if row is None:
        return Layout()
    try:
        spread = spread_of(row)
        left = json.loads(row.get("left", "{}"))
        by_account = {int(account): str(digits) for account, digits in left.items()}
        of_digits = [int(account) for account in spread.accounts]
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unreadable("It is none that this service writes.") from None
    if len(of_digits) != 10 or max(of_digits) >= spread.count:
        raise Unreadable("It does not have an account for each digit.")
    return Layout(spread, by_account, optional(time_in, row, "heldUntil") or 0)


def unfinished(layout: Layout) -> tuple[str, str] | None:
    """What a move of rooms between accounts has left to do, and how it goes on; None if it has
    ended."""
    spread = layout.spread
    if spread.moving is not None:
        what = f"The move of the digit {spread.moving} to the account {spread.to} has not ended."
        return what, f"Go on with it: rooms spread {spread.moving} {spread.to}"
    for account, digits in layout.left.items():
        what = f"A move has left rows of rooms behind in the account {account}."
        digit = digits[:1] or "0"
        return what, f"Remove them: rooms spread {digit} {spread.accounts[int(digit)]}"
    return None
