"""The short form of `make faults`: the app is killed twice."""

from pathlib import Path

from faults.kills import kills
from tests.effort import THOROUGH

EVENTS, CHANGES = (200, 100) if THOROUGH else (100, 50)


def test_an_app_that_is_killed_among_events_and_changes_loses_nothing_and_doubles_nothing(
    azurite: str, tmp_path: Path
) -> None:
    result = kills([azurite], tmp_path, print, EVENTS, CHANGES, kills=2)
    assert result.problems == []
    print(dict(result.figures))
