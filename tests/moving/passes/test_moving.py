"""GET and POST /moving, of an app whose ACS is in memory."""

from typing import Any

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.app import App
from rooms.storage.pull_state import PullState
from rooms.storage.table import Table
from testkit.acs_in_memory import people
from testkit.functions import ask
from testkit.running import new_key
from testkit.storage import delete_here
from tests.moving.passes.rig import APP, START, Rig

KEY = new_key()
OBSERVES = {
    "ROOMS_ACS_MODE": "observe",
    "ROOMS_ACS__endpoint": "https://contoso.communication.azure.com",
}


@pytest_asyncio.fixture
async def app(direct: TableClient, rig: Rig) -> App:
    """An app of the same table as the passes."""
    return app_of(direct, rig, OBSERVES)


def app_of(client: TableClient, rig: Rig, settings: dict[str, str]) -> App:
    app = App({"ROOMS_MANAGE_KEY__app": KEY, **settings}, rig.clock)
    app.table = Table(client)
    return app


async def answered(app: App, method: str = "GET", body: object = None) -> tuple[int, Any]:
    answer = await ask(app, KEY, method, "/moving", body)
    return answer.status, answer.json()


async def test_before_the_first_run_nothing_is_known(app: App) -> None:
    assert await answered(app) == (
        200,
        {
            "mode": "observe",
            "endpoint": "contoso.communication.azure.com",
            "rooms": None,
            "pending": 0,
            "asked": [],
            "head": {"at": None, "pages": 0},
            "full": {
                "beganAt": None,
                "endedAt": None,
                "rooms": 0,
                "pages": 0,
                "new": 0,
                "changed": 0,
                "gone": 0,
            },
            "rosters": {"beganAt": None, "endedAt": None, "rooms": 0, "changed": 0},
            "throttledUntil": None,
            "notUnderstood": [],
            "deletedHereOnly": [],
            "unclaimed": [],
        },
    )


async def test_it_tells_what_the_passes_found(app: App, rig: Rig) -> None:
    rig.acs.add(people(1))
    odd, deleted = rig.acs.add(), rig.acs.add()
    await rig.adopt(deleted)
    await delete_here(rig.rooms, deleted)
    rig.acs.strange[odd] = {"createdAt": None}
    await rig.settled()
    await rig.marks.write(rig.marks.of_change(deleted, APP, deletes=True))
    _, told = await answered(app)
    assert (told["rooms"], told["pending"]) == ({"acs": 1, "own": 0}, 1)
    assert (told["notUnderstood"], told["deletedHereOnly"]) == ([odd], [deleted])
    assert told["full"]["endedAt"] is not None


async def test_a_pass_is_asked_for_and_begins_with_the_next_run(app: App, rig: Rig) -> None:
    await rig.settled()
    _, before = await answered(app)
    for each in ("rosters", "full", "full"):
        status, told = await answered(app, "POST", {"pass": each})
    assert (status, told["asked"]) == (202, ["full", "rosters"])
    await rig.minute()
    _, after = await answered(app)
    assert after["asked"] == []
    for each in ("full", "rosters"):
        assert after[each]["beganAt"] > before[each]["beganAt"]


@pytest.mark.parametrize("which", ["full", "rosters"])
async def test_a_pass_that_goes_on_is_not_begun_again(app: App, rig: Rig, which: str) -> None:
    state = PullState()
    state.full.began_at = state.rosters.began_at = START
    held = await rig.states.hold(1)
    assert held is not None
    await rig.states.release(state)
    status, told = await answered(app, "POST", {"pass": which})
    assert (status, told["error"]["code"]) == (409, "PassGoesOn")
    assert (await answered(app))[1]["asked"] == []


@pytest.mark.parametrize("body", [{}, {"pass": "all"}, {"pass": None}, {"pass": "full", "x": 1}])
async def test_a_body_that_is_wrong_asks_for_nothing(app: App, body: object) -> None:
    status, told = await answered(app, "POST", body)
    assert (status, told["error"]["target"][:2]) == (400, "$.")
    assert (await answered(app))[1]["asked"] == []


async def test_a_service_that_has_nothing_to_do_with_acs_says_so(
    direct: TableClient, rig: Rig
) -> None:
    app = app_of(direct, rig, {})
    for answer in (await answered(app), await answered(app, "POST", {"pass": "full"})):
        assert answer[0] == 404
        assert "ROOMS_ACS_MODE" in answer[1]["error"]["message"]


async def test_a_read_key_reads_and_asks_for_nothing(direct: TableClient, rig: Rig) -> None:
    key = new_key()
    app = app_of(direct, rig, {**OBSERVES, "ROOMS_READ_KEY__reader": key})
    assert (await ask(app, key, "GET", "/moving")).status == 200
    assert (await ask(app, key, "POST", "/moving", {"pass": "full"})).status == 401
