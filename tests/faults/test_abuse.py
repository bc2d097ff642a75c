"""The short form of `make faults`: a small storm, and a storage, a clock and a table that are not
as they should be."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from faults.abuse import abuse, storage, storms


@pytest.mark.parametrize(
    "abused",
    [partial(storms.rejoins, count=600), storage.wrong_clock],
    ids=["more rejoins than a page of rows", "a wrong clock"],
)
def test_whatever_one_does_the_others_are_answered(
    azurite: str, tmp_path: Path, abused: Callable[[Sequence[str], Path], Iterator[str]]
) -> None:
    """A storage that refuses is that of tests/reliability/test_storage_down.py."""
    assert list(abused([azurite], tmp_path)) == []


@pytest.mark.thorough
def test_the_service_answers_the_others_and_never_what_it_does_not_know(
    azurite: str, tmp_path: Path
) -> None:
    result = abuse([azurite], tmp_path, print, rejoins=1_000, calls=200)
    assert result.problems == []
    print(dict(result.figures))
