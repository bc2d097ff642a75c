"""Admission where a LiveKit server carries the calls: the way in, what it costs, and a server that
does not answer."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import azure.functions as func
import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.api.extension import admission, roles
from rooms.app import App
from rooms.domain.limits import Limits
from rooms.domain.room import RoomChange
from rooms.domain.roster import ROLES, Role
from rooms.domain.time import MAX_TIME, SECOND, format_time, parse_time, unix_seconds
from rooms.media.livekit.grants import LACKS, in_token
from rooms.media.signed_json import claims_of
from rooms.storage.call_log import CallAction
from rooms.storage.history import History
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.running import new_key
from testkit.storage import ORIGIN, Clock, know_floors
from testkit.storage_proxy import Fault, StorageProxy
from tests.docs.shown import shown_json
from tests.effort import thorough

PEOPLE: dict[str, Role] = {raw_id(number): role for number, role in enumerate(ROLES)}
ANN, STRANGER = raw_id(0), raw_id(9)
NOW = parse_time("2026-05-04T10:00:00.25Z")


class Door:
    """The functions, carried out in this process, with a room that is open."""

    def __init__(self, app: App, key: str, room_id: str) -> None:
        self.app = app
        self.room_id = room_id
        self.key = key

    async def post(self, **body: object) -> func.HttpResponse:
        return await self._send("POST", {}, json.dumps({"rawId": ANN} | body).encode())

    async def get(self, who: str) -> func.HttpResponse:
        return await self._send("GET", {"rawId": who}, b"")

    async def way_in(self, **body: object) -> dict[str, Any]:
        answer = await self.post(**body)
        assert answer.status_code == 200
        media: dict[str, Any] = json.loads(answer.get_body())["media"]
        return media

    async def kinds(self) -> list[str]:
        """What the log of the room has, the newest first."""
        page = await History(self.app.table).log(self.room_id, 0, MAX_TIME, None, None, None)
        return [record.kind for record in page.items]

    async def _send(self, method: str, params: dict[str, str], body: bytes) -> func.HttpResponse:
        (route,) = (route for route in admission.routes.all if route.method == method)
        headers = {
            "x-api-key": self.key,
            "content-type": "application/json",
            "content-length": str(len(body)),
        }
        request = func.HttpRequest(
            method,
            f"http://localhost/rooms/{self.room_id}/admission",
            headers=headers,
            params=params,
            route_params={"roomId": self.room_id},
            body=body,
        )
        return await route.handle(self.app, request)


@pytest_asyncio.fixture
async def door(client: TableClient, livekit_double: LiveKitDouble) -> AsyncIterator[Door]:
    key, clock = new_key(), Clock(NOW)
    app = App({"ROOMS_MANAGE_KEY__test": key, **livekit_double.settings}, clock)
    app.table = Table(client)
    await know_floors(app.table)
    room = (
        await app.rooms.create(RoomChange(pstn_dial_out_enabled=True), PEOPLE, None, ORIGIN)
    ).room
    livekit_double.clock = lambda: unix_seconds(clock.now)
    yield Door(app, key, room.id)
    await app.media.close()


def claims(way_in: dict[str, Any], server: LiveKitDouble) -> dict[str, Any]:
    return claims_of(way_in["token"], (server.key,))


# The way in.


@pytest.mark.parametrize("who", PEOPLE, ids=PEOPLE.values())
async def test_the_way_in_is_for_this_room_person_and_role_and_for_a_minute(
    door: Door, livekit_double: LiveKitDouble, who: str
) -> None:
    way_in = await door.way_in(rawId=who, displayName="Ann", device="tab-1")
    assert way_in["kind"] == "livekit"
    assert way_in["url"] == livekit_double.settings["ROOMS_MEDIA_URL"]
    assert way_in["tokenExpiresAt"] == format_time(NOW + 60 * SECOND)
    assert claims(way_in, livekit_double) == {
        "iss": livekit_double.key.name,
        "sub": f"{who}#tab-1",
        "name": "Ann",
        "attributes": {"role": PEOPLE[who]},
        "exp": unix_seconds(NOW) + 60,
        "video": {"roomJoin": True, "room": door.room_id, **in_token(PEOPLE[who])},
    }


async def test_the_server_lets_in_who_was_admitted(
    door: Door, livekit_double: LiveKitDouble
) -> None:
    participant = livekit_double.join((await door.way_in(device="tab-1"))["token"])
    assert participant.identity == f"{ANN}#tab-1"
    (connection,) = await door.app.media.connections(door.room_id)
    assert (connection.raw_id, connection.role) == (ANN, "Presenter")


async def test_without_a_device_each_admission_is_for_another_one(
    door: Door, livekit_double: LiveKitDouble
) -> None:
    for _ in range(2):
        livekit_double.join((await door.way_in())["token"])
    connections = await door.app.media.connections(door.room_id)
    assert [connection.raw_id for connection in connections] == [ANN, ANN]


@pytest.mark.parametrize(
    ("asked", "shown"), [({}, "Dr. Ann"), ({"displayName": "Mum"}, "Mum")], ids=["none", "one"]
)
async def test_the_others_see_the_name_asked_for_or_else_that_of_the_details(
    door: Door, livekit_double: LiveKitDouble, asked: dict[str, str], shown: str
) -> None:
    named = {"participants": {ANN: {"name": "Dr. Ann"}}}
    await door.app.rooms.patch_details(door.room_id, named, ORIGIN)
    assert claims(await door.way_in(**asked), livekit_double)["name"] == shown


@pytest.mark.parametrize("device", ["", "d" * 33, "a#b", 7, *thorough("a b", "é", "a\n")])
async def test_a_device_has_up_to_32_letters_and_digits(door: Door, device: object) -> None:
    answer = await door.post(device=device)
    error = json.loads(answer.get_body())["error"]
    assert (answer.status_code, error["target"]) == (400, "$.device")
    assert await door.kinds() == ["RoomCreated"]


async def test_a_guest_of_an_open_room_gets_in_as_attendee(
    door: Door, livekit_double: LiveKitDouble
) -> None:
    opened = RoomChange(join_policy="CommunicationServiceUsers")
    await door.app.rooms.update(door.room_id, opened, ORIGIN)
    way_in = await door.way_in(rawId=STRANGER)
    assert claims(way_in, livekit_double)["attributes"] == {"role": "Attendee"}


async def test_who_is_refused_has_no_way_in_and_the_server_is_not_asked(
    door: Door, livekit_double: LiveKitDouble
) -> None:
    answer = await door.post(rawId=STRANGER)
    assert answer.status_code == 403
    assert "media" not in json.loads(answer.get_body())
    assert livekit_double.asked == []


async def test_a_dry_run_shows_no_way_in_and_the_server_is_not_asked(
    door: Door, livekit_double: LiveKitDouble
) -> None:
    answer = await door.get(ANN)
    assert answer.status_code == 200
    assert "media" not in json.loads(answer.get_body())
    assert livekit_double.asked == []


async def test_no_token_is_in_a_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = (await door.way_in())["token"]
    page = await History(door.app.table).log(door.room_id, 0, MAX_TIME, None, None, None)
    assert token not in caplog.text + repr(page.items)


# What it costs.


@pytest.mark.parametrize("asked", [{}, {"displayName": "Ann"}], ids=["no name", "a name"])
async def test_an_admission_costs_two_requests_to_the_storage_and_one_to_the_server(
    door: Door, proxy: StorageProxy, livekit_double: LiveKitDouble, asked: dict[str, str]
) -> None:
    proxy.forget()
    await door.way_in(**asked)
    assert len(proxy.seen) == 2
    assert [method for method, _ in livekit_double.asked] == ["CreateRoom"]


# A server that does not answer.


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (ApiFault.DOWN, 503),
        (ApiFault.FAILS, 503),
        (ApiFault.SLOW, 503),
        (ApiFault.REFUSES, 502),
    ],
)
async def test_where_the_server_does_not_answer_nothing_is_decided(
    client: TableClient, door: Door, livekit_double: LiveKitDouble, fault: ApiFault, status: int
) -> None:
    app = App(
        {"ROOMS_MANAGE_KEY__test": door.key, **livekit_double.settings},
        door.app.clock,
        Limits(media_seconds=0.2),
    )
    app.table = Table(client)
    livekit_double.api = lambda _: fault
    answer = await Door(app, door.key, door.room_id).post()
    await app.media.close()
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("1" if status == 503 else None)
    assert await door.kinds() == ["RoomCreated"]


async def test_who_is_refused_is_told_so_although_the_server_is_down(
    door: Door, livekit_double: LiveKitDouble
) -> None:
    livekit_double.api = lambda _: ApiFault.DOWN
    assert (await door.post(rawId=STRANGER)).status_code == 403
    assert await door.kinds() == ["Refused", "RoomCreated"]


async def test_an_admission_that_cannot_be_written_gives_no_way_in(
    door: Door, proxy: StorageProxy
) -> None:
    proxy.forget()
    proxy.choose = lambda number, _: Fault.REFUSED if number else None
    answer = await door.post()
    assert answer.status_code == 503
    assert b"token" not in answer.get_body()


# What the server cannot do.


@pytest.mark.parametrize("who", PEOPLE, ids=PEOPLE.values())
async def test_capabilities_are_without_what_the_server_lacks(door: Door, who: str) -> None:
    for answer in (await door.get(who), await door.post(rawId=who)):
        capabilities = json.loads(answer.get_body())["capabilities"]
        assert LACKS.isdisjoint(each["name"] for each in capabilities)


async def test_the_table_of_roles_is_without_what_the_server_lacks(door: Door) -> None:
    (route,) = roles.routes.all
    request = func.HttpRequest(
        "GET", "http://localhost/roles", headers={"x-api-key": door.key}, body=b""
    )
    answer = await route.handle(door.app, request)
    names = {row["name"] for row in json.loads(answer.get_body())["value"]}
    assert (len(names), names & LACKS) == (33 - len(LACKS), set())


LOST = {"callId": "RM_one", "participantId": "PA_ann"}
DONE = {
    "RemovedFromCall": CallAction("RemovedFromCall", {"rawId": ANN, "participantId": "PA_ann"}),
    "CallEnded": CallAction("CallEndedForAll", {"callId": "RM_one"}),
}


@pytest.mark.parametrize("code", DONE)
async def test_who_was_put_out_does_not_come_back_by_mistake(door: Door, code: str) -> None:
    await door.app.call_log.record(door.room_id, [DONE[code]], ORIGIN)
    answer = await door.post(lost=LOST)
    told = json.loads(answer.get_body())["error"]["code"]
    assert (answer.status_code, told) == (409, code)
    assert "Admitted" not in await door.kinds()
    await door.way_in()  # on purpose


@pytest.mark.parametrize("code", DONE)
async def test_who_may_not_join_any_more_is_refused_whatever_was_done(
    door: Door, code: str
) -> None:
    await door.app.call_log.record(door.room_id, [DONE[code]], ORIGIN)
    await door.app.rooms.patch_roster(door.room_id, {ANN: None}, ORIGIN)
    answer = await door.post(lost=LOST)
    assert (answer.status_code, (await door.kinds())[0]) == (403, "Refused")
    await door.app.rooms.delete(door.room_id, ORIGIN)
    assert (await door.post(lost=LOST)).status_code == 404


async def test_what_was_done_to_another_person_puts_nobody_out(door: Door) -> None:
    await door.app.call_log.record(door.room_id, list(DONE.values())[:1], ORIGIN)
    await door.way_in(rawId=raw_id(1), lost=LOST)


async def test_however_much_has_happened_since_it_is_found_in_one_request(
    door: Door, proxy: StorageProxy
) -> None:
    await door.app.call_log.record(door.room_id, [DONE["CallEnded"]], ORIGIN)
    others = [CallAction("MutedInCall", {"rawId": ANN, "participantId": "PA_x"})] * 600
    await door.app.call_log.record(door.room_id, others, ORIGIN)
    proxy.forget()
    assert (await door.post(lost=LOST)).status_code == 409
    assert len(proxy.seen) == 2  # the room, and what was done
    proxy.forget()
    await door.way_in(lost=LOST | {"callId": "RM_two"})
    assert len(proxy.seen) == 3


async def test_the_way_in_has_the_fields_that_the_page_shows(door: Door) -> None:
    shown = shown_json("admission.md")[0]
    assert all(f'"{name}":' in shown for name in await door.way_in())
