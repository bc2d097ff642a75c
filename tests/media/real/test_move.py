"""A room that moves from ACS to a real livekit-server and back, with a call at each place."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from azure.data.tables.aio import TableClient

from devhost.livekit import WEBHOOK
from rooms.app import App
from rooms.domain.room import RoomChange
from rooms.domain.time import HOUR, SECOND, Ticks, now
from rooms.storage.table import Table
from testkit.acs_instance import AcsInstance
from testkit.call_client import joined
from testkit.events import Element, Meeting, live_meeting
from testkit.functions import answer_of
from testkit.livekit_server import running_livekit
from testkit.running import new_key
from testkit.serving import serve
from testkit.storage import ORIGIN
from tests.media.real.service import ONE_LOOP, eventually
from tests.moving.move.both import ROLES, Both, content

pytestmark = ONE_LOOP


class Webhooks:
    """Where the media server sends its events, which `app` takes in."""

    def __init__(self) -> None:
        self.app: App | None = None

    @asynccontextmanager
    async def received(self) -> AsyncIterator[str]:
        """Listens. Yields the address."""
        application = web.Application()
        application.router.add_post(WEBHOOK, self._receive)
        runner, port = await serve(application)
        try:
            yield f"http://127.0.0.1:{port}{WEBHOOK}"
        finally:
            await runner.cleanup()

    async def _receive(self, http: web.Request) -> web.Response:
        assert self.app is not None
        headers = {name.lower(): value for name, value in http.headers.items()}
        answer = await answer_of(self.app, "POST", str(http.url), headers, await http.read())
        return web.Response(status=answer.status)


@dataclass
class Story:
    """A room that has had a call at ACS, one on the media server, and another one at ACS."""

    both: Both
    server: str
    """The address of the media server, for its API."""
    present: set[str] = field(default_factory=set)
    """Who was in the call on the media server, as presence had it."""
    late: int = 0
    """What the media server answers to an earlier token after the move back."""

    async def play(self) -> None:
        """Plays it all. Presenter and Attendee are in each of the calls."""
        half_an_hour_ago = now() - HOUR // 2
        await self._meets_at_acs(Meeting(self.both.id, half_an_hour_ago))
        content(await self.both.move("own"))
        await eventually(_another_second_than(now()))  # the server tells times in whole seconds
        token = await self._meets_here()
        content(await self.both.move("acs"))
        self.late = await self._status_of_joining(token)
        await self._meets_at_acs(live_meeting(self.both.id, 0.1))

    async def get(self, path: str) -> Any:
        """What the service says of the room."""
        return content(await self.both.send("GET", path))

    async def _meets_at_acs(self, call: Meeting) -> None:
        """ACS tells of a call of both."""
        events: list[Element] = [call.started()]
        for who in self.both.people:
            events += [call.added(0.01, who), call.removed(0.08, who)]
        for event in (*events, call.ended(0.09)):
            await self.both.app.intake.accept(json.dumps(event))

    async def _meets_here(self) -> str:
        """Both join with real clients, until the call is ended for all. Returns a token."""
        tokens = [await self._token(who) for who in self.both.people]
        server = self.both.app.settings.media
        assert server is not None
        clients = await asyncio.gather(*(joined(server.url, token) for token in tokens))
        await eventually(self._both_are_in)
        self.present = await self._in_call()
        assert (await self.both.send("DELETE", "/call")).status == 204
        await asyncio.gather(*(client.disconnected for client in clients))
        await asyncio.gather(*(client.leave() for client in clients))
        await eventually(self._is_over)
        return tokens[0]

    async def _token(self, who: str) -> str:
        token: str = content(await self.both.admit(who))["media"]["token"]
        return token

    async def _in_call(self) -> set[str]:
        call = (await self.get("/presence"))["call"]
        return set() if call is None else {each["rawId"] for each in call["participants"]}

    async def _both_are_in(self) -> bool:
        return await self._in_call() == set(self.both.people)

    async def _is_over(self) -> bool:
        """The server tells of the end of a call after nobody is in it any more."""
        return (await self.both.kinds()).count("CallEnded") == 2

    async def _status_of_joining(self, token: str) -> int:
        query = {"access_token": token}
        async with (
            ClientSession() as session,
            session.get(f"{self.server}/rtc/validate", params=query) as answer,
        ):
            return answer.status


def _another_second_than(moment: Ticks) -> Callable[[], Awaitable[bool]]:
    async def has_begun() -> bool:
        return now() // SECOND > moment // SECOND

    return has_begun


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(
    livekit_program: Path,
    azurite: str,
    acs_instance: AcsInstance,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Story]:
    """The story, which is over."""
    acs_instance.forget()
    webhooks = Webhooks()
    async with AsyncExitStack() as running:
        address = await running.enter_async_context(webhooks.received())
        folder = tmp_path_factory.mktemp("move")
        livekit = running.enter_context(running_livekit(livekit_program, folder, address))
        client = await running.enter_async_context(
            TableClient.from_connection_string(
                azurite, f"t{uuid.uuid4().hex}", use_env_settings=False
            )
        )
        both = _room_at_acs(acs_instance, livekit.settings, Table(client))
        webhooks.app = both.app
        server, resource = both.app.settings.media, both.app.acs
        assert server is not None
        assert resource is not None
        running.push_async_callback(both.app.media.close)
        running.push_async_callback(resource.close)
        story = Story(both, server.api)
        await story.play()
        yield story


def _room_at_acs(acs: AcsInstance, media: Mapping[str, str], table: Table) -> Both:
    """Makes a room at ACS for two, and a service that does not know it yet."""
    key = new_key()
    settings = {"ROOMS_MANAGE_KEY__test": key, "ROOMS_ACS_MODE": "through"}
    app = App({**settings, **acs.settings, **media})
    app.table = table
    people = tuple(acs.run(acs.app.identities.create()) for _ in ROLES)
    roster = dict(zip(people, ROLES, strict=True))
    validity = RoomChange(now() - HOUR, now() + HOUR)
    made = acs.run(acs.app.rooms.create(validity, roster, None, ORIGIN))
    return Both(app, acs, key, made.room, people)


async def test_all_who_came_are_in_one_attendance_with_the_same_raw_ids(story: Story) -> None:
    attendance = await story.get("/attendance")
    assert {each["rawId"] for each in attendance["value"]} == set(story.both.people)
    assert [each["status"] for each in attendance["value"]] == ["attended"] * 2
    assert [len(each["intervals"]) for each in attendance["value"]] == [3, 3]
    assert not attendance["incomplete"]


async def test_each_call_is_over_and_none_is_estimated(story: Story) -> None:
    calls = (await story.get("/calls"))["value"]
    assert [call["people"] for call in calls] == [2, 2, 2]
    assert not any(call["startEstimated"] or call["endEstimated"] for call in calls)


async def test_presence_had_those_who_were_on_the_media_server(story: Story) -> None:
    assert story.present == set(story.both.people)


async def test_an_earlier_token_opens_no_call_here_after_the_move_back(story: Story) -> None:
    assert story.late == 404


async def test_the_log_has_both_moves_between_the_calls(story: Story) -> None:
    told = [kind for kind in await story.both.kinds() if kind in ("CallEnded", "RoomMoved")]
    assert told == ["CallEnded", "RoomMoved", "CallEnded", "RoomMoved", "CallEnded"]


async def test_the_room_is_at_acs_as_it_is_here(story: Story) -> None:
    room, roster = await story.both.here()
    assert room.carrier == "acs"
    assert story.both.at_acs()[1] == roster
