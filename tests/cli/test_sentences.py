"""The sentence for each reason not to be let in."""

from typing import Any

import pytest

from rooms_cli.sentences import explained


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (
            [{"code": "NotCommunicationUser"}, {"code": "NotInvited"}],
            "the raw id is not that of an ACS user, and they are not invited",
        ),
        (
            [{"code": "NotOpenYet", "opensAt": "2026-05-04T10:00:00+00:00"}],
            "the room opens at 2026-05-04T10:00:00Z",
        ),
        ([{"code": "Closed"}], "the room is closed"),
        ([{"code": "RoomFull"}], "the room is full"),
        ([{"code": "Raining", "message": "It rains."}], "It rains"),
    ],
)
def test_why_somebody_is_not_let_in(reasons: Any, said: str) -> None:
    answer = {"roomId": "1", "rawId": "8:a", "admitted": False, "reasons": reasons}
    assert explained(answer, "Alice", None) == f"Alice cannot join room 1 now: {said}."
