"""A short form of the fuzz of `make faults`."""

from pathlib import Path

from faults.fuzz import fuzz
from tests.effort import THOROUGH

REQUESTS = 160 if THOROUGH else 30


def test_no_answer_is_one_that_the_document_does_not_allow(azurite: str, tmp_path: Path) -> None:
    told: list[str] = []
    result = fuzz([azurite], tmp_path, told.append, REQUESTS)
    assert result.problems == []
    assert told
    assert int(result.figures["requests"].replace(",", "")) >= 0.9 * REQUESTS
