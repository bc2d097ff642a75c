"""The short form of `make faults`: a fault at every request of some operations, and some pairs."""

from pathlib import Path

from faults.short import KINDS, OPERATIONS
from faults.storage_faults import storage_faults
from testkit.storage_proxy import Fault
from tests.effort import THOROUGH

TRIED = KINDS if THOROUGH else (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TWICE)
"""A request that is refused is as little carried out as one that is cut before."""

OTHERS = () if THOROUGH else ("change in 2022-02-01", "drop")
"""Operations that write as others do."""


def test_whatever_a_request_to_the_storage_meets_the_client_s_retry_ends_in_success(
    azurite: str, tmp_path: Path
) -> None:
    operations = [each for each in OPERATIONS if each.name not in OTHERS]
    result = storage_faults([azurite], tmp_path, print, operations, TRIED, pairs=3, lanes=1)
    assert result.problems == []
    print(dict(result.figures))
