"""From when on the media server did not answer."""

import pytest

from rooms.domain.time import SECOND, Ticks
from rooms.media.sweep import Silence

NOON: Ticks = 630_000_000 * SECOND
MINUTE: Ticks = 60 * SECOND


def silence(*looks: int) -> Silence:
    """After looks in vain, so many minutes after noon."""
    silence = Silence()
    for look in looks:
        silence.goes_on(NOON + look * MINUTE)
    return silence


@pytest.mark.parametrize(
    ("looks", "asked", "since"),
    [
        ((), 0, None),
        ((0,), 1, 0),
        ((0, 1, 2), 3, 0),
        ((0, 7, 8), 9, 7),
        ((0, 1), 9, None),
    ],
    ids=["never", "once", "several times", "after a pause", "long ago"],
)
def test_it_began_with_the_first_of_the_looks_in_vain_just_before(
    looks: tuple[int, ...], asked: int, since: int | None
) -> None:
    expected = None if since is None else NOON + since * MINUTE
    assert silence(*looks).since(NOON + asked * MINUTE) == expected
