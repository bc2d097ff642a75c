"""The short form of `make faults`: the app is killed once or twice."""

from pathlib import Path

from faults.kills import kills
from tests.effort import THOROUGH

EVENTS, CHANGES, KILLS = (200, 100, 2) if THOROUGH else (60, 30, 1)


def test_an_app_that_is_killed_among_events_and_changes_loses_nothing_and_doubles_nothing(
    azurite: str, tmp_path: Path
) -> None:
    result = kills([azurite], tmp_path, print, EVENTS, CHANGES, KILLS)
    assert result.problems == []
    print(dict(result.figures))
