"""The short form of `make faults`: some seconds of load, and what is left open after them."""

from pathlib import Path

import pytest

from faults.picture import draw_memory
from faults.soak import soak

SECONDS = 5.0


@pytest.mark.thorough
def test_under_load_memory_does_not_grow_and_nothing_is_left_open(
    azurite: str, tmp_path: Path
) -> None:
    result, samples = soak([azurite], tmp_path, print, SECONDS, pool_seconds=0, first_rooms=1)
    assert result.problems == []
    draw_memory(samples, SECONDS, tmp_path / "memory.svg")
    assert (tmp_path / "memory.svg").read_text().startswith("<?xml")
