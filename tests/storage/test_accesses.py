"""Records of who looked, with the storage behind a proxy: what they cost, and what faults do."""

import azure.functions as func
import pytest
from azure.data.tables.aio import TableClient

from rooms.api.extension.presence import routes
from rooms.app import App
from rooms.domain.room import RoomChange
from rooms.domain.time import MAX_TIME, now
from rooms.storage.history import History
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.running import new_key
from testkit.storage import ORIGIN
from testkit.storage_proxy import Fault, StorageProxy


@pytest.fixture
def retries() -> int:
    """None: a fault is an answer."""
    return 0


async def presence(client: TableClient, room_id: str, access_log: str) -> func.HttpResponse:
    key = new_key()
    app = App({"ROOMS_MANAGE_KEY__test": key, "ROOMS_ACCESS_LOG": access_log})
    app.table = Table(client)
    request = func.HttpRequest(
        "GET",
        f"http://localhost/rooms/{room_id}/presence",
        headers={"x-api-key": key},
        route_params={"roomId": room_id},
        body=b"",
    )
    (route,) = routes.all
    return await route.handle(app, request)


async def new_room(client: TableClient) -> str:
    rooms = Rooms(Table(client), now)
    return (await rooms.create(RoomChange(), {raw_id(1): "Presenter"}, None, ORIGIN)).room.id


async def recorded(client: TableClient, room_id: str) -> int:
    page = await History(Table(client)).log(room_id, 0, MAX_TIME, None, "Accessed", None)
    return len(page.items)


async def test_a_record_costs_one_request_and_one_for_the_floor(
    client: TableClient, proxy: StorageProxy
) -> None:
    room_id = await new_room(client)
    counts = []
    for access_log in ("false", "true"):
        proxy.forget()
        assert (await presence(client, room_id, access_log)).status_code == 200
        counts.append(len(proxy.seen))
    without, recorded = counts
    assert recorded == without + 2


async def test_nothing_is_shown_if_it_cannot_be_recorded(
    client: TableClient, proxy: StorageProxy
) -> None:
    room_id = await new_room(client)
    proxy.choose = lambda _, what: Fault.REFUSED if "$batch" in what else None
    answer = await presence(client, room_id, "true")
    assert answer.status_code == 503
    assert b"roomId" not in answer.get_body()
    proxy.forget()
    assert await recorded(client, room_id) == 0


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TWICE])
async def test_who_is_answered_is_recorded_once_whatever_the_network_does(
    client: TableClient, proxy: StorageProxy, fault: Fault
) -> None:
    room_id = await new_room(client)
    proxy.forget()
    assert (await presence(client, room_id, "true")).status_code == 200
    (number,) = [number for number, what in enumerate(proxy.seen) if "$batch" in what]
    proxy.forget()
    proxy.choose = lambda at, _: fault if at == number else None
    answer = await presence(client, room_id, "true")
    assert answer.status_code == 200
    proxy.forget()
    assert await recorded(client, room_id) == 2
