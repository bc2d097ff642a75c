"""A meeting whose room is made and changed at ACS: an app that observes it knows the truth."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.app import Address, connected
from simulator.delivery import Manner
from simulator.faults import Faults
from simulator.play import SETTLED, Performance, play
from simulator.script import LONGEST, write
from testkit.acs_instance import AcsInstance
from testkit.running import running_app

# The SDK's own use of datetime.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


async def test_an_app_that_observes_acs_knows_who_was_invited_and_who_came(
    azurite: str, tmp_path: Path
) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - LONGEST - SETTLED
    meeting = write(11, 12, start)
    assert meeting.role_changes
    with AcsInstance(azurite) as acs:
        settings = {**acs.settings, "ROOMS_ACS_MODE": "observe", "ROOMS_MANAGE_KEY__both": acs.key}
        with running_app(tmp_path, settings) as app:
            address = Address.of(app.http, acs.key, acs=acs.direct)
            async with connected(address) as connection:
                played = await play(connection, meeting, Performance(11, Faults(), Manner()))
    assert played.differences == []
    assert acs.count("POST") == 0
