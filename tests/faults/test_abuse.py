"""The short form of `make faults`: a small storm, and a storage, a clock and a table that are not
as they should be."""

from pathlib import Path

from faults.abuse import abuse


def test_the_service_answers_the_others_and_never_what_it_does_not_know(
    azurite: str, tmp_path: Path
) -> None:
    result = abuse([azurite], tmp_path, print, rejoins=1_000, calls=200)
    assert result.problems == []
    print(dict(result.figures))
