"""Which storage account has which rooms: by the second-to-last digit of their ids.

The row `.spread` of account 0 says it. Without it, all rooms are in account 0.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import digits
from typing import Any, Literal, Self

from rooms.storage import keys
from rooms.storage.accounts import account_of, partition_in, partitions_in
from rooms.storage.entities import Entity, identity_row
from rooms.storage.rows_of_rooms import room_of_row

type Phase = Literal["copying", "closing", "frozen"]
"""How far the move of a digit has come. In the last two, a switch may come at any moment."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The accounts of the rooms, as of a version.

    `accounts` has ten characters: the account of each digit. `moving` is the digit that moves to
    the account `to`. `count` is the number of accounts that rooms have been in. `id` tells the
    accounts of this deployment from those of others.
    """

    version: int = 0
    accounts: str = "0" * 10
    moving: str | None = None
    to: int = 0
    phase: Phase | None = None
    count: int = 1
    id: str = ""

    def partition_of(self, room_id: str) -> str:
        """Returns the partition of all rows of a room."""
        account = int(self.accounts[int(digit_of(room_id))])
        return partition_in(account, keys.home_partition(room_id))

    @property
    def partitions(self) -> list[str]:
        """Returns the partitions of all rooms."""
        return [each for account in range(self.count) for each in partitions_in(account)]

    @property
    def may_switch(self) -> bool:
        """Returns whether a digit may be in another account at any moment."""
        return self.phase in ("closing", "frozen")

    def is_moving(self, room_id: str) -> bool:
        """Returns whether a room is one of the digit that moves."""
        return self.moving is not None and self.moving == digit_of(room_id)

    def keeps_floor(self, partition: str) -> bool:
        """Returns whether the floor of a partition must not rise: rooms are about to leave it, and
        floors must not be lower where they go."""
        if self.phase != "frozen" or self.moving is None:
            return False
        return account_of(partition) == int(self.accounts[int(self.moving)])

    def has(self, partition: str, row: str) -> bool:
        """Returns whether a row is where it belongs, by its key: not one that was copied and not
        yet switched to, or left behind and not yet removed."""
        if self.version == 0:
            return True
        room_id = room_of_row(row)
        return room_id is None or self.partition_of(room_id) == partition

    def with_account(self, account: int) -> Self:
        """Returns the same, for one that has rooms in this account, too."""
        count = max(self.count, account + 1)
        return replace(self, count=count, id=self.id or uuid.uuid4().hex)


def digit_of(room_id: str) -> str:
    """Returns the digit that says in which account a room is: the second-to-last of its id. Another
    character stands for the last digit of its code."""
    character = room_id[-2:][0]
    return character if character in digits else str(ord(character) % 10)


def spread_entity(spread: Spread) -> Entity:
    """Returns the row `.spread`."""
    moving = {} if spread.moving is None else {"moving": spread.moving, "to": spread.to}
    phase = {} if spread.phase is None else {"phase": spread.phase}
    return (
        identity_row(keys.SPREAD_ROW)
        | {"version": spread.version, "accounts": spread.accounts}
        | {"count": spread.count, "id": spread.id}
        | moving
        | phase
    )


def spread_of(row: Mapping[str, Any] | None) -> Spread:
    """Returns the spread of that row, or of its absence."""
    if row is None:
        return Spread()
    return Spread(
        row["version"],
        row["accounts"],
        row.get("moving"),
        row.get("to", 0),
        row.get("phase"),
        row["count"],
        row["id"],
    )
