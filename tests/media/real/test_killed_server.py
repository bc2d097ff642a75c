"""A livekit-server that is killed: nobody says that the calls are over, and people come back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from testkit.identifiers import raw_id
from testkit.livekit_server import AppWithCalls, kill, running_app_with_calls
from tests.media.real.service import ONE_LOOP, Service, eventually

pytestmark = ONE_LOOP

ANN, BEN = raw_id(1), raw_id(2)
BOTH = {ANN: "Presenter", BEN: "Attendee"}


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The calls of the room after all was repaired: the one that was lost, and the one after."""

    lost: Any
    after: Any


@pytest.fixture(scope="module")
def running(
    livekit_program: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppWithCalls]:
    """An app and a server for this module: others would lose their calls."""
    with running_app_with_calls(livekit_program, tmp_path_factory.mktemp("killed")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def aftermath(running: AppWithCalls) -> AsyncIterator[Aftermath]:
    """Kills the server under two people. One asks for admission again; their clients may come back
    by themselves."""
    service = Service(running)
    room_id = await service.new_room(BOTH)
    await asyncio.gather(service.join(room_id, ANN), service.join(room_id, BEN))

    async def both_are_in() -> bool:
        return [len(call["legs"]) for call in await calls_of(service, room_id)] == [2]

    async def lost_call_is_over() -> bool:
        await service.run_timer()
        await asyncio.sleep(1)
        calls = await calls_of(service, room_id)
        return len(calls) == 2 and calls[1]["endedAt"] is not None

    await eventually(both_are_in)
    kill(running.livekit)
    assert (await service.admission(room_id, ANN)).status == 503
    await asyncio.to_thread(running.livekit.start)
    ann = await service.join(room_id, ANN, "another")
    await eventually(lost_call_is_over)
    after, lost = await calls_of(service, room_id)
    yield Aftermath(lost, after)
    await ann.client.leave()


async def calls_of(service: Service, room_id: str) -> list[Any]:
    """The calls of a room with their legs, the newest first."""
    path = f"/rooms/{room_id}/calls"
    calls = (await service.json(path))["value"]
    return [await service.json(f"{path}/{call['id']}") for call in calls]


async def test_the_lost_call_is_ended_and_says_that_its_end_is_estimated(
    aftermath: Aftermath,
) -> None:
    lost = aftermath.lost
    assert (lost["startEstimated"], lost["endEstimated"]) == (False, True)
    assert [leg["leaveEstimated"] for leg in lost["legs"]] == [True, True]


async def test_nobody_is_in_both_calls_at_once(aftermath: Aftermath) -> None:
    assert aftermath.lost["endedAt"] <= aftermath.after["startedAt"]


async def test_the_call_after_it_is_as_if_nothing_had_been(aftermath: Aftermath) -> None:
    after = aftermath.after
    assert (after["startEstimated"], after["endedAt"]) == (False, None)
    assert ANN in {leg["rawId"] for leg in after["legs"]}
    assert not any(leg["joinEstimated"] for leg in after["legs"])
