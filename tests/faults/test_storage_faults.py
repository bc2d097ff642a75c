"""The short form of `make faults`: a fault at every request of some operations, and some pairs."""

from pathlib import Path

from faults.short import KINDS, OPERATIONS
from faults.storage_faults import storage_faults


def test_whatever_a_request_to_the_storage_meets_the_client_s_retry_ends_in_success(
    azurite: str, tmp_path: Path
) -> None:
    result = storage_faults([azurite], tmp_path, print, OPERATIONS, KINDS, pairs=5, lanes=1)
    assert result.problems == []
    print(dict(result.figures))
