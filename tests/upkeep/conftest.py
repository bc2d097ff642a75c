"""The tables of the tests of the storage."""

from tests.storage.conftest import client, direct, one_partition

__all__ = ["client", "direct", "one_partition"]
