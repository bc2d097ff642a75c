"""Join links: who gets in with one, in which browser, as what, and what attackers get."""

import asyncio
import json
import logging
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import azure.functions as func
import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.api.extension import join, join_links
from rooms.app import App
from rooms.domain.log import LogRecord
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, MAX_TIME, SECOND, Ticks, format_time, parse_time, unix_seconds
from rooms.media.signed_json import claims_of
from rooms.storage.history import History
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.running import new_key
from testkit.storage import ORIGIN, Clock
from testkit.storage_proxy import StorageProxy

ANN, BOB, STRANGER = (raw_id(number) for number in range(3))
NOW = parse_time("2026-05-04T10:00:00.25Z")
HERE, ELSEWHERE = "a" * 22, "b" * 22
"""The secrets of two browsers."""


class Entrance:
    """The functions, carried out in this process, with a room that is open for a day."""

    def __init__(self, app: App, key: str, room_id: str) -> None:
        self.app = app
        self.key = key
        self.room_id = room_id

    def restarted(self, **settings: str) -> "Entrance":
        """Another process with the same table, and other settings."""
        app = App({"ROOMS_MANAGE_KEY__test": self.key, **settings}, self.app.clock)
        app.table = self.app.table
        return Entrance(app, self.key, self.room_id)

    async def make(self, path: str = "joinLinks", **body: object) -> func.HttpResponse:
        """Asks for a link for Ann, or for whom `body` names."""
        (route,) = join_links.routes.all
        headers = {"x-api-key": self.key}
        return await route.handle(
            self.app, self._request("POST", path, headers, {"rawId": ANN} | body)
        )

    async def token(self, **body: object) -> str:
        """The token of a link that is made."""
        answer = await self.make("joinLinks", **body)
        assert answer.status_code == 201, answer.get_body()
        url: str = json.loads(answer.get_body())["url"]
        return url.partition("#")[2]

    async def look(self, authorization: str, browser: str | None = None) -> func.HttpResponse:
        headers = {} if browser is None else {"join-browser": browser}
        return await self._send("GET", {"authorization": authorization, **headers}, None)

    async def join(self, token: str, browser: object = HERE, **body: object) -> func.HttpResponse:
        body = {"device": "tab-1", "browser": browser} | body
        return await self._send("POST", {"authorization": f"JoinLink {token}"}, body)

    async def log(self) -> list[LogRecord]:
        """The log of the room by kind, as the clock stands still, without its creation."""
        page = await History(self.app.table).log(self.room_id, 0, MAX_TIME, None, None, None)
        records = [record for record in page.items if record.kind != "RoomCreated"]
        return sorted(records, key=lambda record: record.kind)

    async def kinds(self) -> list[str]:
        return [record.kind for record in await self.log()]

    async def _send(
        self, method: str, headers: dict[str, str], body: Mapping[str, object] | None
    ) -> func.HttpResponse:
        (route,) = (route for route in join.routes.all if route.method == method)
        return await route.handle(self.app, self._request(method, "join", headers, body))

    def _request(
        self, method: str, path: str, headers: dict[str, str], body: Mapping[str, object] | None
    ) -> func.HttpRequest:
        content = b"" if body is None else json.dumps(body).encode()
        headers |= {"content-type": "application/json", "content-length": str(len(content))}
        return func.HttpRequest(
            method,
            f"https://rooms.example.com/base/Rooms/{self.room_id}/{path}?x=1",
            headers=headers,
            route_params={"roomId": self.room_id},
            body=content,
        )


def content(answer: func.HttpResponse, status: int) -> dict[str, Any]:
    """What an answer says, which must have this status."""
    assert answer.status_code == status, answer.get_body()
    return cast(dict[str, Any], json.loads(answer.get_body()))


def code(answer: func.HttpResponse, status: int) -> str:
    """The code of an error, which must have this status."""
    said: str = content(answer, status)["error"]["code"]
    assert answer.headers["x-ms-error-code"] == said
    return said


def target(answer: func.HttpResponse) -> str:
    """The field at fault."""
    return cast(str, content(answer, 400)["error"]["target"])


@pytest.fixture(scope="module")
def table_name() -> str:
    """The table of all these tests: to make one takes much longer than to make a room."""
    return f"t{uuid.uuid4().hex}"


@pytest_asyncio.fixture
async def entrance(
    azurite: str, table_name: str, livekit_double: LiveKitDouble
) -> AsyncIterator[Entrance]:
    async with (
        TableClient.from_connection_string(azurite, table_name) as client,
        entrance_to(Table(client), livekit_double) as entrance,
    ):
        yield entrance


@asynccontextmanager
async def entrance_to(table: Table, server: LiveKitDouble) -> AsyncIterator[Entrance]:
    """Makes a room that is open, to which two people are invited."""
    key, clock = new_key(), Clock(NOW)
    app = App({"ROOMS_MANAGE_KEY__test": key, **server.settings}, clock)
    app.table = table
    people: Roster = {ANN: "Attendee", BOB: "Presenter"}
    room = (await app.rooms.create(RoomChange(NOW, NOW + DAY), people, None, ORIGIN)).room
    server.clock = lambda: unix_seconds(clock.now)
    yield Entrance(app, key, room.id)
    await app.media.close()


def at(entrance: Entrance, time: Ticks) -> None:
    """Sets the clock."""
    cast(Clock, entrance.app.clock).now = time


async def opened(entrance: Entrance) -> None:
    """Lets everybody in, as guests."""
    policy = RoomChange(join_policy="CommunicationServiceUsers")
    await entrance.app.rooms.update(entrance.room_id, policy, ORIGIN)


async def removed(entrance: Entrance, who: str) -> None:
    await entrance.app.rooms.patch_roster(entrance.room_id, {who: None}, ORIGIN)


# How a link is made.


@pytest.mark.parametrize("path", ["joinLinks", "joinLinks/"])  # the host takes both
async def test_a_link_leads_to_the_page_of_the_service_and_has_its_token_behind_the_hash(
    entrance: Entrance, path: str
) -> None:
    made = content(await entrance.make(path), 201)
    base, _, token = made.pop("url").partition("#")
    assert base == f"https://rooms.example.com/base/join/{entrance.room_id}"
    assert token
    assert made == {
        "roomId": entrance.room_id,
        "rawId": ANN,
        "expiresAt": "2026-05-05T10:00:00+00:00",
    }


async def test_the_log_says_who_made_a_link_for_whom_and_until_when(entrance: Entrance) -> None:
    await entrance.token(expiresAt="2026-05-04T11:00:00Z")
    (record,) = await entrance.log()
    assert (record.kind, record.actor, record.detail.keys()) == (
        "JoinLinkMade",
        "test",
        {"rawId", "expiresAt", "link"},
    )
    assert record.detail["rawId"] == ANN
    assert record.detail["expiresAt"] == "2026-05-04T11:00:00+00:00"


@pytest.mark.parametrize("late", [-DAY, 0, DAY + 1])
async def test_a_link_expires_in_the_future_and_at_the_end_of_the_room_at_the_latest(
    entrance: Entrance, late: Ticks
) -> None:
    assert target(await entrance.make(expiresAt=format_time(NOW + late))) == "$.expiresAt"
    assert await entrance.kinds() == []


async def test_no_link_is_made_for_a_room_that_is_over(entrance: Entrance) -> None:
    at(entrance, NOW + DAY)
    assert target(await entrance.make()) == ""


async def test_a_link_is_for_somebody_on_the_roster(entrance: Entrance) -> None:
    assert target(await entrance.make(rawId=STRANGER)) == "$.rawId"


async def test_a_link_to_an_open_room_may_be_for_any_user(entrance: Entrance) -> None:
    await opened(entrance)
    state = content(await entrance.look(f"JoinLink {await entrance.token(rawId=STRANGER)}"), 200)
    assert state["person"] == {"rawId": STRANGER, "role": "Attendee"}


async def test_a_link_to_an_open_room_is_for_no_telephone(entrance: Entrance) -> None:
    await opened(entrance)
    assert target(await entrance.make(rawId="4:+491234567")) == "$.rawId"


@pytest.mark.parametrize(
    "settings",
    [{}, {"ROOMS_JOIN_PAGE": "false"}],
    ids=["no media server", "turned off"],
)
async def test_where_nobody_can_join_the_routes_are_not_there(
    entrance: Entrance, livekit_double: LiveKitDouble, settings: dict[str, str]
) -> None:
    token = await entrance.token()
    server = livekit_double.settings if settings else {}
    without = entrance.restarted(**server, **settings)
    for answer in (
        await without.make(),
        await without.look(f"JoinLink {token}"),
        await without.join(token),
    ):
        assert code(answer, 404) == "NotFound"
    assert await entrance.kinds() == ["JoinLinkMade"]


# What its holder sees.


async def test_the_page_learns_who_one_is_and_what_one_may(entrance: Entrance) -> None:
    await entrance.app.rooms.patch_details(
        entrance.room_id,
        {
            "title": "Consultation",
            "scheduledStart": "2026-05-04T10:30:00Z",
            "scheduledEnd": "2026-05-04T11:00:00Z",
            "participants": {ANN: {"name": "Dr. Ann"}},
        },
        ORIGIN,
    )
    state = content(await entrance.look(f"JoinLink {await entrance.token()}"), 200)
    names = {each["name"] for each in state.pop("capabilities")}
    assert "muteUnmuteMic" in names
    assert "shareScreen" not in names
    assert state == {
        "roomId": entrance.room_id,
        "title": "Consultation",
        "person": {"rawId": ANN, "displayName": "Dr. Ann", "role": "Attendee"},
        "admitted": True,
        "validFrom": "2026-05-04T10:00:00.25+00:00",
        "validUntil": "2026-05-05T10:00:00.25+00:00",
        "scheduledStart": "2026-05-04T10:30:00Z",
        "scheduledEnd": "2026-05-04T11:00:00Z",
        "now": "2026-05-04T10:00:00.25+00:00",
    }


async def test_the_name_of_the_link_goes_before_that_of_the_details(entrance: Entrance) -> None:
    named = {"participants": {ANN: {"name": "Dr. Ann"}}}
    await entrance.app.rooms.patch_details(entrance.room_id, named, ORIGIN)
    token = await entrance.token(displayName="Mum 👩")
    assert (
        content(await entrance.look(f"JoinLink {token}"), 200)["person"]["displayName"] == "Mum 👩"
    )


async def test_who_is_too_early_learns_when_the_room_opens(entrance: Entrance) -> None:
    later = RoomChange(NOW + 60 * SECOND, NOW + DAY)
    await entrance.app.rooms.update(entrance.room_id, later, ORIGIN)
    state = content(await entrance.look(f"JoinLink {await entrance.token()}"), 200)
    (reason,) = state["reasons"]
    assert (state["admitted"], reason["code"]) == (False, "NotOpenYet")
    assert reason["opensAt"] == state["validFrom"] == "2026-05-04T10:01:00.25+00:00"
    assert state["person"]["role"] == "Attendee"


async def test_a_look_is_not_logged_and_binds_no_browser(entrance: Entrance) -> None:
    token = await entrance.token()
    for _ in range(2):
        content(await entrance.look(f"JoinLink {token}"), 200)
    assert await entrance.kinds() == ["JoinLinkMade"]
    content(await entrance.join(token), 200)


# How its holder gets in.


async def test_the_server_lets_in_who_joins_with_a_link(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    token = await entrance.token(displayName="Ann")
    joined = content(await entrance.join(token), 200)
    assert (joined["role"], joined["guest"]) == ("Attendee", False)
    participant = livekit_double.join(joined["media"]["token"])
    assert (participant.identity, participant.name) == (f"{ANN}#tab-1", "Ann")


async def test_the_log_says_that_the_link_was_used(entrance: Entrance) -> None:
    await entrance.join(await entrance.token(displayName="Ann"))
    admitted, made = await entrance.log()
    assert (admitted.kind, admitted.actor) == ("Admitted", "join-link")
    assert admitted.detail == {
        "rawId": ANN,
        "displayName": "Ann",
        "role": "Attendee",
        "guest": False,
        "link": made.detail["link"],
    }


async def test_the_role_is_that_of_the_roster_when_one_joins(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    token = await entrance.token()
    await entrance.app.rooms.patch_roster(entrance.room_id, {ANN: "Consumer"}, ORIGIN)
    joined = content(await entrance.join(token), 200)
    assert joined["role"] == "Consumer"
    claims = claims_of(joined["media"]["token"], (livekit_double.key,))
    assert claims["attributes"] == {"role": "Consumer"}


async def test_who_was_removed_is_refused_and_is_let_in_again_when_invited_again(
    entrance: Entrance,
) -> None:
    token = await entrance.token()
    await removed(entrance, ANN)
    assert code(await entrance.join(token), 403) == "AdmissionRefused"
    (reason,) = content(await entrance.look(f"JoinLink {token}"), 200)["reasons"]
    assert reason["code"] == "NotInvited"
    await entrance.app.rooms.patch_roster(entrance.room_id, {ANN: "Consumer"}, ORIGIN)
    assert content(await entrance.join(token), 200)["role"] == "Consumer"


async def test_who_was_removed_learns_nothing_of_the_meeting(entrance: Entrance) -> None:
    meeting = {
        "title": "Consultation",
        "scheduledStart": "2026-05-04T10:00:00Z",
        "scheduledEnd": "2026-05-04T10:30:00Z",
    }
    await entrance.app.rooms.patch_details(entrance.room_id, meeting, ORIGIN)
    token = await entrance.token()
    await removed(entrance, ANN)
    state = content(await entrance.look(f"JoinLink {token}"), 200)
    assert [state[name] for name in meeting] == [None, None, None]


async def test_who_was_removed_from_an_open_room_is_a_guest(entrance: Entrance) -> None:
    token = await entrance.token(rawId=BOB)
    await opened(entrance)
    await removed(entrance, BOB)
    joined = content(await entrance.join(token), 200)
    assert (joined["role"], joined["guest"]) == ("Attendee", True)


async def test_a_refusal_binds_no_browser(entrance: Entrance) -> None:
    later = RoomChange(NOW + 60 * SECOND, NOW + DAY)
    await entrance.app.rooms.update(entrance.room_id, later, ORIGIN)
    token = await entrance.token()
    content(await entrance.join(token, HERE), 403)
    at(entrance, NOW + 60 * SECOND)
    content(await entrance.join(token, ELSEWHERE), 200)


async def test_a_media_server_that_is_down_binds_no_browser(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    token = await entrance.token()
    livekit_double.api = lambda _: ApiFault.DOWN
    answer = await entrance.join(token, HERE)
    assert code(answer, 503) == "MediaUnavailable"
    assert answer.headers["Retry-After"] == "1"
    livekit_double.api = lambda _: None
    content(await entrance.join(token, ELSEWHERE), 200)


async def test_a_deleted_room_is_not_found(entrance: Entrance) -> None:
    token = await entrance.token()
    await entrance.app.rooms.delete(entrance.room_id, ORIGIN)
    assert code(await entrance.look(f"JoinLink {token}"), 404) == "NotFound"
    assert code(await entrance.join(token), 404) == "NotFound"


# One browser.


async def test_the_browser_that_has_joined_may_join_again(entrance: Entrance) -> None:
    token = await entrance.token()
    for device in ("tab-1", "tab-2", "tab-1"):
        content(await entrance.join(token, device=device), 200)


async def test_no_other_browser_may_and_the_log_has_no_more_of_it(entrance: Entrance) -> None:
    token = await entrance.token()
    await entrance.join(token, HERE)
    assert code(await entrance.join(token, ELSEWHERE), 403) == "JoinLinkUsed"
    assert await entrance.kinds() == ["Admitted", "JoinLinkMade"]


async def test_only_the_browser_that_has_joined_learns_of_the_meeting(entrance: Entrance) -> None:
    token = await entrance.token(displayName="Ann")
    await entrance.join(token, HERE)
    content(await entrance.look(f"JoinLink {token}", HERE), 200)
    for browser in (None, "", ELSEWHERE, HERE[:-1], "\ud800", "é" * 10_000):
        assert code(await entrance.look(f"JoinLink {token}", browser), 403) == "JoinLinkUsed"


async def test_of_many_browsers_at_once_exactly_one_gets_in(entrance: Entrance) -> None:
    token = await entrance.token()
    browsers = [f"{number:022}" for number in range(20)]
    answers = await asyncio.gather(*(entrance.join(token, browser) for browser in browsers))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 403: 19}
    assert await entrance.kinds() == ["Admitted", "JoinLinkMade"]


async def test_all_tabs_of_one_browser_get_in_at_once(entrance: Entrance) -> None:
    token = await entrance.token()
    answers = await asyncio.gather(
        *(entrance.join(token, device=f"tab-{number}") for number in range(20))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert await entrance.kinds() == ["Admitted"] * 20 + ["JoinLinkMade"]


async def test_each_link_has_a_browser_of_its_own(entrance: Entrance) -> None:
    first, second = await entrance.token(), await entrance.token()
    content(await entrance.join(first, HERE), 200)
    content(await entrance.join(second, ELSEWHERE), 200)


async def test_the_row_of_a_browser_tells_of_no_person_and_of_no_other_link(
    entrance: Entrance,
) -> None:
    for _ in range(2):
        await entrance.join(await entrance.token(displayName="Ann"))
    partition = entrance.room_id[-1]
    all_rows = await entrance.app.table.first(partition, ".join-link:", ".join-link;", 1_000)
    rows = [row for row in all_rows if entrance.room_id in row["RowKey"]]
    assert len(rows) == 2
    assert all(row.keys() == {"PartitionKey", "RowKey", "browser"} for row in rows)
    assert len({row["browser"] for row in rows}) == 2
    assert not any(text in str(rows) for text in (ANN, "Ann", HERE))


# Whoever attacks.


async def test_no_link_no_entrance(entrance: Entrance, livekit_double: LiveKitDouble) -> None:
    token = await entrance.token()
    media = content(await entrance.join(token), 200)["media"]["token"]
    key = livekit_double.key
    head, claims, signature = token.split(".")
    forged = [
        "",
        "JoinLink",
        "JoinLink ",
        token,
        f"Bearer {token}",
        f"Bearer {media}",
        f"JoinLink {media}",
        f"JoinLink {entrance.key}",
        f"JoinLink {head}.{claims[:-4]}AAAA.{signature}",
        f"JoinLink {head}.{claims}.",
        f"JoinLink {token}{'A' * 10_000}",
        f"JoinLink {'[' * 10_000}",
        "JoinLink \u00ff\u0100.\u00e9.x",
        f"JoinLink {key.secret.decode()}",
    ]
    for authorization in forged:
        assert code(await entrance.look(authorization), 401) == "JoinLinkInvalid"
    for stolen in (media, f"{head}.{claims}.", token[:-1]):
        assert code(await entrance.join(stolen), 401) == "JoinLinkInvalid"
    assert await entrance.kinds() == ["Admitted", "JoinLinkMade"]


async def test_a_link_of_another_room_is_not_valid(entrance: Entrance) -> None:
    other = (await entrance.app.rooms.create(RoomChange(), {ANN: "Presenter"}, None, ORIGIN)).room
    token = await Entrance(entrance.app, entrance.key, other.id).token()
    assert code(await entrance.look(f"JoinLink {token}"), 401) == "JoinLinkInvalid"
    assert code(await entrance.join(token), 401) == "JoinLinkInvalid"


async def test_an_expired_link_is_not_valid_although_the_room_was_extended(
    entrance: Entrance,
) -> None:
    token = await entrance.token()
    await entrance.join(token)
    extended = RoomChange(NOW, NOW + 2 * DAY)
    await entrance.app.rooms.update(entrance.room_id, extended, ORIGIN)
    at(entrance, NOW + DAY)
    assert code(await entrance.look(f"JoinLink {token}"), 401) == "JoinLinkInvalid"
    assert code(await entrance.join(token), 401) == "JoinLinkInvalid"


async def test_links_outlive_a_rotation_as_long_as_their_key_is_there(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    token, server = await entrance.token(), livekit_double.settings
    new = {"ROOMS_MEDIA_KEY__a-new-one": "n" * 32}
    both = entrance.restarted(**server, **new)
    content(await both.look(f"JoinLink {token}"), 200)
    only_new = {"ROOMS_MEDIA_URL": server["ROOMS_MEDIA_URL"], **new}
    rotated = entrance.restarted(**only_new)
    assert code(await rotated.look(f"JoinLink {token}"), 401) == "JoinLinkInvalid"
    content(await rotated.look(f"JoinLink {await both.token()}"), 200)


@pytest.mark.parametrize("browser", ["", "a" * 21, "a" * 87, "a" * 22 + "\n", "ä" * 22, None, 7])
async def test_a_browser_has_a_secret_that_nobody_guesses(
    entrance: Entrance, browser: object
) -> None:
    assert target(await entrance.join(await entrance.token(), browser)) == "$.browser"
    assert await entrance.kinds() == ["JoinLinkMade"]


async def test_nobody_speaks_for_others_with_a_link(entrance: Entrance) -> None:
    token = await entrance.token()
    (route,) = (route for route in join.routes.all if route.method == "POST")
    headers = {"authorization": f"JoinLink {token}", "on-behalf-of": "the director"}
    body = {"device": "tab-1", "browser": HERE}
    request = entrance._request("POST", "join", headers, body)
    assert target(await route.handle(entrance.app, request)) == "On-Behalf-Of"


async def test_each_link_has_a_quota_of_its_own(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    one, other = await entrance.token(), await entrance.token(rawId=BOB)
    quota = {"ROOMS_KEY_RATE": "1", "ROOMS_KEY_BURST": "1"}
    bounded = entrance.restarted(**livekit_double.settings, **quota)
    answers = await asyncio.gather(*(bounded.look(f"JoinLink {one}") for _ in range(20)))
    assert 429 in {answer.status_code for answer in answers}
    content(await bounded.look(f"JoinLink {other}"), 200)


async def test_no_token_and_no_secret_is_in_a_log(
    entrance: Entrance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = await entrance.token()
    await entrance.join(token, HERE)
    await entrance.join(token, ELSEWHERE)
    await entrance.look(f"JoinLink {token}x")
    said = caplog.text + repr(await entrance.log())
    assert "403 JoinLinkUsed" in said
    for secret in (*token.split("."), HERE, ELSEWHERE):
        assert secret not in said


# What it costs.


async def test_what_a_join_costs(
    client: TableClient, proxy: StorageProxy, livekit_double: LiveKitDouble
) -> None:
    costs = []
    async with entrance_to(Table(client), livekit_double) as entrance:
        token = await entrance.token()
        for answer in (
            entrance.look(f"JoinLink {token}"),
            entrance.join(token),
            entrance.join(token),
            entrance.join(token, ELSEWHERE),
        ):
            proxy.forget()
            await answer
            costs.append(len(proxy.seen))
    assert costs == [2, 3, 3, 1]
    assert [method for method, _ in livekit_double.asked] == ["CreateRoom"] * 2
