"""`rooms moving`: the sentences, and the command."""

from typing import Any

import pytest

from rooms_cli.moving.sentences import sentences

AT = "2026-11-21T10:00:00.0000000+00:00"
NEVER: dict[str, Any] = {"beganAt": None, "endedAt": None, "rooms": 0, "changed": 0}
NEW: dict[str, Any] = {
    "mode": "observe",
    "endpoint": "contoso.communication.azure.com",
    "rooms": None,
    "pending": 0,
    "asked": [],
    "head": {"at": None, "pages": 0},
    "full": {**NEVER, "pages": 0, "new": 0, "gone": 0},
    "rosters": NEVER,
    "throttledUntil": None,
    "notUnderstood": [],
    "deletedHereOnly": [],
    "unclaimed": [],
}


def test_before_anything_was_compared() -> None:
    assert [*sentences(NEW)] == [
        "Rooms of ACS are observed: they are changed at ACS, and pulled from there. ACS is "
        "contoso.communication.azure.com.",
        "The rooms are not counted yet: the first comparison of all rooms has not ended.",
        "No change is under way at ACS, and none is in doubt.",
        "No look for rooms that were made at ACS has ended yet.",
        "No comparison of all rooms has begun yet.",
        "No comparison of all rosters has begun yet.",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"mode": "through"},
            "Changes of rooms at ACS go through this service, at ACS first. ACS is "
            "contoso.communication.azure.com.",
        ),
        ({"rooms": {"acs": 1, "own": 2}}, "1 room has its calls at ACS, 2 here."),
        (
            {"pending": 2},
            "2 changes are under way at ACS, or in doubt. What is in doubt is settled by itself.",
        ),
        (
            {"head": {"at": AT, "pages": 1}},
            "The last look for rooms that were made at ACS was at 2026-11-21T10:00:00Z.",
        ),
        (
            {
                "full": {
                    "beganAt": AT,
                    "endedAt": None,
                    "rooms": 60,
                    "pages": 2,
                    "new": 1,
                    "changed": 2,
                    "gone": 3,
                }
            },
            "A comparison of all rooms began at 2026-11-21T10:00:00Z: 60 rooms so far, 1 new, "
            "2 changed, 3 gone.",
        ),
        (
            {"rosters": {"beganAt": AT, "endedAt": AT, "rooms": 1, "changed": 0}},
            "The last comparison of all rosters ended at 2026-11-21T10:00:00Z: 1 room, 0 changed.",
        ),
        (
            {"asked": ["rosters"]},
            "A comparison of all rosters is asked for, and begins within two minutes.",
        ),
        ({"throttledUntil": AT}, "ACS asked for a pause until 2026-11-21T10:00:00Z."),
        ({"notUnderstood": ["1"]}, "1 room of ACS is not understood: 1."),
        (
            {"deletedHereOnly": [*"123456789ab"]},
            "11 rooms are deleted here, and still at ACS: 1, 2, 3, 4, 5, 6, 7, 8, 9, a and others.",
        ),
        ({"unclaimed": ["1"]}, "1 room at ACS may be of a create whose answer was lost: 1."),
    ],
)
def test_each_thing_is_told(change: dict[str, Any], sentence: str) -> None:
    assert sentence in sentences(NEW | change)
