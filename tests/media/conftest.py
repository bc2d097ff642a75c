from collections.abc import Iterator

import pytest

from testkit.livekit_double import LiveKitDouble


@pytest.fixture
def livekit_double() -> Iterator[LiveKitDouble]:
    """A stand-in of a LiveKit server, without rooms and without a place for its webhooks."""
    with LiveKitDouble() as double:
        yield double
