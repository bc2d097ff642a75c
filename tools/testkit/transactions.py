"""Many rows written, or removed, by few requests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rooms.storage.operations import MAX_OPERATIONS, Operation
from testkit.partitions import all_at_home


def transactions(operations: Iterable[Operation]) -> Iterator[Sequence[Operation]]:
    """Yields the operations in as few transactions as possible.

    Each has one partition and at most MAX_OPERATIONS operations. Rows without a partition are those
    of a table of one account.
    """
    by_partition = defaultdict[str, list[Operation]](list)
    for operation in all_at_home(operations):
        by_partition[operation[1]["PartitionKey"]].append(operation)
    for some in by_partition.values():
        for first in range(0, len(some), MAX_OPERATIONS):
            yield some[first : first + MAX_OPERATIONS]
