"""Events of the LiveKit server, from the request to the room: what is answered, recorded, and kept.

The route is carried out in this process, before the storage of Azurite.
"""

import base64
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import azure.functions as func
import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.api.extension import livekit_events, quarantine
from rooms.app import App
from rooms.domain.call import Call
from rooms.domain.connection import Connection
from rooms.domain.log import LIVEKIT_ACTOR, LogRecord
from rooms.domain.time import MAX_TIME, from_unix_seconds, unix_seconds
from rooms.media.livekit.carrier import mark_of
from rooms.media.signed_json import signed
from rooms.settings.media import ApiKey
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.history import History
from rooms.storage.table import Table
from rooms_cli.check.table import disagreements
from testkit.identifiers import raw_id
from testkit.running import new_key
from testkit.storage import ORIGIN, Clock
from testkit.storage_proxy import Fault, StorageProxy
from testkit.traces import rows_with, traces_of
from testkit.waiting import HANG_SECONDS
from tests.intake.test_livekit import FINISHED, JOINED, LEFT, body_of, changed

ANN = raw_id(1)
KEY, ROTATED = ApiKey("2026", b"n" * 32), ApiKey("2025", b"o" * 32)
STRANGE = ApiKey("2026", b"s" * 32)
NOW = from_unix_seconds(1_795_940_000)
"""A few hours after what was recorded."""
MANAGE_KEY = new_key()
ROOM = "99400000000000007"


@dataclass
class Server:
    """A media server that sends events to the app."""

    app: App
    clock: Clock

    def of_ours(self, body: dict[str, Any]) -> dict[str, Any]:
        """A recorded event as one of the room."""
        mark = mark_of(self.app.settings.deployment)
        return changed(body, "room", name=ROOM, metadata=mark)

    async def send(self, body: Any, key: ApiKey = KEY, **headers: str) -> func.HttpResponse:
        return await self.send_text(json.dumps(body).encode(), key, **headers)

    async def send_text(self, text: bytes, key: ApiKey = KEY, **headers: str) -> func.HttpResponse:
        seconds = unix_seconds(self.clock.now)
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        claims = {"nbf": seconds, "exp": seconds + 300, "sha256": digest}
        sent = {
            "authorization": signed(key, claims),
            "content-type": "application/webhook+json",
            "content-length": str(len(text)),
        }
        (route,) = livekit_events.routes.all
        request = func.HttpRequest(
            "POST", "http://localhost/media/livekit", headers=sent | headers, body=text
        )
        return await route.handle(self.app, request)

    async def taken(self, body: Any) -> str:
        answer = await self.send(body)
        assert answer.status_code == 200, answer.get_body()
        outcome: str = json.loads(answer.get_body())["outcome"]
        return outcome

    async def call(self) -> Call:
        now = self.clock.now
        call = await self.app.calls.call(ROOM, JOINED["room"]["sid"], now)
        assert call is not None
        return call

    async def log(self) -> list[LogRecord]:
        page = await History(self.app.table).log(ROOM, 0, MAX_TIME, None, None, None)
        return list(page.items)


@pytest_asyncio.fixture
async def server(client: TableClient) -> AsyncIterator[Server]:
    clock = Clock(NOW)
    secrets = {f"ROOMS_MEDIA_KEY__{key.name}": key.secret.decode() for key in (KEY, ROTATED)}
    settings = {"ROOMS_MEDIA_URL": "ws://127.0.0.1:1", "ROOMS_MANAGE_KEY__test": MANAGE_KEY}
    app = App(settings | secrets, clock)
    app.table = Table(client)
    await Arrivals(app.table, clock).made_floor(keys.home_partition(ROOM))
    yield Server(app, clock)
    await app.media.close()


@pytest.fixture
def guarded(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Connection]]:
    """The devices that the guard was asked about."""
    asked: list[tuple[str, Connection]] = []

    async def guard(room_id: str, connection: Connection) -> None:
        asked.append((room_id, connection))

    monkeypatch.setattr(server.app.reconciler, "guard", guard)
    return asked


async def meeting(server: Server) -> None:
    for body in (JOINED, LEFT, FINISHED):
        assert await server.taken(server.of_ours(body)) == "recorded"


# What becomes of events.


async def test_a_visit_is_a_call_in_which_nothing_is_estimated(
    server: Server, guarded: list[Any]
) -> None:
    await meeting(server)
    call = await server.call()
    (leg,) = call.legs
    assert (call.source, call.has_gaps) == ("livekit", False)
    assert call.ended_at == leg.left_at
    assert (leg.raw_id, leg.display_name, leg.role) == (ANN, "Ann", "Presenter")


async def test_all_events_twice_are_the_same_call_and_log(
    server: Server, guarded: list[Any]
) -> None:
    await meeting(server)
    once = await server.call(), await server.log()
    await meeting(server)
    assert (await server.call(), await server.log()) == once


async def test_the_log_says_that_livekit_told_it_and_why_somebody_left(
    server: Server, guarded: list[Any]
) -> None:
    await meeting(server)
    records = await server.log()
    assert {record.actor for record in records} == {LIVEKIT_ACTOR}
    (left,) = (record for record in records if record.kind == "ParticipantRemoved")
    assert left.detail["leaveReason"] == "CLIENT_INITIATED"


async def test_a_failed_connection_is_in_the_log_once_and_in_no_call(server: Server) -> None:
    aborted = server.of_ours(body_of("participant_connection_aborted", "raw"))
    assert [await server.taken(aborted) for _ in range(2)] == ["recorded", "recorded"]
    (record,) = await server.log()
    assert (record.kind, record.actor) == ("ConnectionFailed", LIVEKIT_ACTOR)
    assert record.detail == {"rawId": ANN, "displayName": "Raw", "reason": "SIGNAL_CLOSE"}
    assert await server.app.calls.call(ROOM, aborted["room"]["sid"], server.clock.now) is None


async def test_the_guard_is_asked_about_each_join_and_about_nothing_else(
    server: Server, guarded: list[tuple[str, Connection]]
) -> None:
    await meeting(server)
    ((room_id, connection),) = guarded
    assert (room_id, connection.identity) == (ROOM, f"{ANN}#tab-1")


async def test_events_of_rooms_of_others_are_left_without_a_request(
    server: Server, proxy: StorageProxy
) -> None:
    proxy.forget()
    assert await server.taken(changed(JOINED, "room", name=ROOM)) == "left"
    assert proxy.seen == []


async def test_an_event_takes_one_request(
    server: Server, proxy: StorageProxy, guarded: list[Any]
) -> None:
    proxy.forget()
    await server.taken(server.of_ours(JOINED))
    assert len(proxy.seen) == 1


async def test_all_rows_of_what_was_told_agree_and_an_erased_person_is_in_none_of_them(
    server: Server, client: TableClient, guarded: list[Any]
) -> None:
    aborted, broken = body_of("participant_connection_aborted", "raw"), LEFT | {"createdAt": "?"}
    for body in (JOINED, LEFT, aborted, broken):
        assert await server.taken(server.of_ours(changed(body, "participant", name="Annabel")))
    assert await server.taken(server.of_ours(FINISHED))
    assert list(disagreements(await rows_in(client))) == []
    assert len(rows_with(await rows_in(client), *traces_of(ANN, "Annabel"))) > 5

    erasure = await server.app.erasures.start(ANN, None, ORIGIN)
    done = await server.app.erasures.run(erasure.id, HANG_SECONDS)
    rows = await rows_in(client)
    assert done.is_done
    assert rows_with(rows, *traces_of(ANN, "Annabel")) == []
    assert list(disagreements(rows)) == []


async def rows_in(client: TableClient) -> list[dict[str, Any]]:
    return [dict(row) async for row in client.list_entities()]


# What is not taken in.


async def test_any_key_of_a_rotation_signs(server: Server) -> None:
    answer = await server.send(server.of_ours(FINISHED), ROTATED)
    assert answer.status_code == 200


async def test_what_is_not_signed_is_refused_with_one_line_that_has_no_token(
    server: Server, proxy: StorageProxy, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.forget()
    with caplog.at_level(logging.INFO):
        answer = await server.send(server.of_ours(JOINED), STRANGE)
    assert (answer.status_code, proxy.seen) == (401, [])
    (line,) = (record.getMessage() for record in caplog.records)
    assert "none of the API keys signed it" in line
    assert "eyJ" not in line + answer.get_body().decode()


async def test_without_a_media_server_there_is_no_such_route(client: TableClient) -> None:
    app = App({})
    app.table = Table(client)
    answer = await Server(app, Clock(NOW)).send(JOINED)
    assert answer.status_code == 404


async def test_an_event_that_the_storage_does_not_take_is_to_come_again(
    server: Server, proxy: StorageProxy, guarded: list[Any]
) -> None:
    proxy.choose = lambda _number, _what: Fault.THROTTLED
    answer = await server.send(server.of_ours(JOINED))
    assert answer.status_code == 503
    assert guarded == []


# What is not understood.


async def test_what_is_not_understood_is_kept_without_the_password_of_turn(server: Server) -> None:
    broken = server.of_ours(JOINED) | {"createdAt": "yesterday"}
    assert await server.taken(broken) == "quarantined"
    page = await server.app.quarantine.page(None)
    (event,) = page.items
    assert event.reason == "createdAt: must be a whole number as text"
    _, text = await server.app.quarantine.get(event.id)
    assert JOINED["room"]["turnPassword"] not in text
    assert json.loads(text) == changed(broken, "room", turnPassword="")


async def redriven(server: Server, event_id: str) -> func.HttpResponse:
    (route,) = (one for one in quarantine.routes.all if one.path.endswith("/redrive"))
    request = func.HttpRequest(
        "POST",
        f"http://localhost/quarantine/{event_id}/redrive",
        headers={"x-api-key": MANAGE_KEY, "content-length": "0"},
        route_params={"eventId": event_id},
        body=b"",
    )
    return await route.handle(server.app, request)


async def test_an_event_in_quarantine_is_taken_in_when_it_is_understood(server: Server) -> None:
    text = json.dumps(server.of_ours(LEFT))
    event_id = await server.app.quarantine.put(text, "not understood then", "livekit")
    answer = await redriven(server, event_id)
    assert json.loads(answer.get_body()) == {
        "id": event_id,
        "outcome": "recorded",
        "roomId": ROOM,
        "callId": LEFT["room"]["sid"],
    }
    assert not (await server.app.quarantine.page(None)).items
    assert [leg.raw_id for leg in (await server.call()).legs] == [ANN]


async def test_an_event_that_event_grid_delivers_is_never_one_of_livekit(server: Server) -> None:
    text = json.dumps(server.of_ours(LEFT))
    event_id = await server.app.quarantine.put(text, "why")
    answer = await redriven(server, event_id)
    assert answer.status_code == 409
