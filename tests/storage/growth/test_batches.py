"""Portions that fit a transaction."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest

from rooms.storage.growth.batches import FREE_OPERATIONS, MAX_BYTES, in_batches


def as_sent(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as the SDK writes them, but for what is the same in all."""
    return json.dumps(rows, default=lambda data: base64.b64encode(data).decode())


def test_a_portion_has_at_most_99_rows() -> None:
    rows = [{"RowKey": str(number)} for number in range(250)]
    assert [len(batch) for batch in in_batches(rows)] == [FREE_OPERATIONS, FREE_OPERATIONS, 52]


@pytest.mark.parametrize("value", [b"x" * 65_536, "ü" * 32_768, '"' * 32_768])
def test_a_portion_is_not_too_large(value: bytes | str) -> None:
    rows = [{"RowKey": str(number), "data0": value} for number in range(99)]
    batches = list(in_batches(rows))
    assert all(len(as_sent(batch)) <= MAX_BYTES for batch in batches)
    assert [row for batch in batches for row in batch] == rows


def test_a_row_of_any_size_has_a_portion() -> None:
    large: dict[str, object] = {"RowKey": "1", "data0": b"x" * MAX_BYTES}
    small: dict[str, object] = {"RowKey": "2"}
    assert list(in_batches([large, small])) == [[large], [small]]
