"""Which partitions of rooms are in which storage account: their names say it. Account 0 has `0` to
`9`, account 1 has `10` to `19`. The last digit is that of the ids of the rooms."""

from rooms.storage import keys


def account_of(partition: str) -> int:
    """Returns the number of the account of a partition. What is of no room is in account 0."""
    return int(partition[:-1] or 0) if partition.isdigit() else 0


def partition_in(account: int, digit: str) -> str:
    """Returns the partition of an account with that last digit."""
    return f"{account or ''}{digit}"


def partitions_in(account: int) -> list[str]:
    """Returns the partitions of rooms of an account, in order."""
    return [partition_in(account, digit) for digit in keys.PARTITIONS]


def last_digit(partition: str) -> str:
    """Returns the last digit of the ids of the rooms of a partition."""
    return partition[-1:]
