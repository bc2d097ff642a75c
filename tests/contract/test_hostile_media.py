"""What nobody should send to the routes of calls: answered with a 4xx that says what is wrong, or
kept if the media server has signed it; never with a 5xx. And what these routes cost."""

import copy
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from testkit.identifiers import raw_id
from testkit.insight import ROOM_READS, Insight
from testkit.livekit_double import LiveKitDouble
from testkit.livekit_webhooks import CONTENT_TYPE, Webhook, signed_webhook
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import UNHANDLED, RunningApp, running_app
from testkit.storage_proxy import StorageProxy
from tests.contract.test_hostile import ABSURD_IDS, nested
from tests.contract.test_hostile_identities import assert_says_what_is_wrong
from tests.effort import THOROUGH

ANN, BOB = raw_id(1), raw_id(2)

WEBHOOK = "/media/livekit"


@pytest.fixture(scope="module")
def server() -> Iterator[LiveKitDouble]:
    with LiveKitDouble(tells_all_rooms=False) as double:
        yield double


@pytest.fixture(scope="module")
def app(
    server: LiveKitDouble, storage_proxy: StorageProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """An app whose calls the stand-in carries. Nothing that is sent may go unhandled, and no token
    may get into its log."""
    storage_proxy.forget()
    settings = {"ROOMS_STORAGE": storage_proxy.connection_string, "ROOMS_TABLE": "hostilemedia"}
    folder = tmp_path_factory.mktemp("hostile-media")
    with running_app(folder, settings | server.settings) as app:
        yield app
    assert UNHANDLED.findall(app.log()) == []
    assert re.findall(r"eyJ[\w-]+\.", app.log()) == []


@dataclass(frozen=True, slots=True)
class Call:
    """The call of a room, in which Ann and Bob are."""

    app: RunningApp
    server: LiveKitDouble
    room_id: str
    token: str
    """Ann's."""
    link: str
    """That of a join link of hers."""

    @property
    def insight(self) -> Insight:
        return Insight(self.app, self.app.manage_key)

    @property
    def joined(self) -> dict[str, Any]:
        """The webhook of a join to it."""
        made = [each.event for each in self.server.webhooks.made if each.room == self.room_id]
        joins = [event for event in made if event["event"] == "participant_joined"]
        return copy.deepcopy(joins[0])

    def deliver(self, webhook: Webhook) -> Answer:
        return self.app.devhost.request(
            "POST",
            WEBHOOK,
            f"Authorization: {webhook.authorization}",
            f"Content-Type: {CONTENT_TYPE}",
            body=webhook.body,
        )

    def tell(self, event: Any) -> Answer:
        """Delivers any JSON as the server signs it."""
        key, at = self.server.key, int(time.time())
        return self.deliver(signed_webhook(key, self.room_id, event, at))

    def say(self, authorization: str, method: str, path: str, body: bytes = b"") -> Answer:
        header = f"Authorization: {authorization}"
        media_type = "Content-Type: application/json"
        return self.app.devhost.request(method, path, header, media_type, body=body)

    def inside(self) -> set[str]:
        return set(self.server.rooms[self.room_id].people)


@pytest.fixture(scope="module")
def call(app: RunningApp, server: LiveKitDouble) -> Call:
    people = {who: {"role": "Presenter"} for who in (ANN, BOB)}
    room_id = Raw(app.http, app.manage_key).new_room({"participants": people})["id"]
    insight, tokens = Insight(app, app.manage_key), {}
    for who in people:
        path, asked = f"/rooms/{room_id}/admission", {"rawId": who, "device": "tablet"}
        tokens[who] = insight.send("POST", path, asked).json()["media"]["token"]
        server.join(tokens[who])
    made = insight.send("POST", f"/rooms/{room_id}/joinLinks", {"rawId": ANN}).json()
    return Call(app, server, room_id, tokens[ANN], made["url"].partition("#")[2])


# Webhooks that the server has signed.

VALUES: tuple[Any, ...] = (None, -1, 2**70, "", "\0", "x" * 40_000, "9" * 400, [], {"a": [1]}, True)

PATHS = (
    ("event",),
    ("id",),
    ("createdAt",),
    ("room",),
    ("room", "sid"),
    ("room", "name"),
    ("room", "metadata"),
    ("participant",),
    ("participant", "sid"),
    ("participant", "identity"),
    ("participant", "joinedAtMs"),
    ("participant", "name"),
    ("participant", "attributes"),
    ("participant", "attributes", "role"),
    ("participant", "disconnectReason"),
    ("participant", "kind"),
)


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_a_signed_webhook_with_a_value_that_nobody_expects_is_taken_or_kept(
    call: Call, path: tuple[str, ...]
) -> None:
    values = VALUES if THOROUGH else (None, *VALUES[1 + PATHS.index(path) % 3 :: 3])
    for value in values:
        event = call.joined
        part = event
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = value
        answer = call.tell(event)
        assert answer.status == 200, (value, answer)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"\\ud800"', b"\xff\xfe", nested(50_000).encode(), b'{"event":1e999}'],
    ids=range(7),
)
def test_a_signed_webhook_that_is_no_event_is_kept(call: Call, body: bytes) -> None:
    webhook = signed_webhook(call.server.key, call.room_id, {}, int(time.time()), body)
    answer = call.deliver(webhook)
    assert (answer.status, answer.json()) == (200, {"outcome": "quarantined"})


def test_a_webhook_that_is_too_large_is_refused(call: Call) -> None:
    assert_says_what_is_wrong(call.tell(call.joined | {"more": "x" * 3_000_000}))


def test_all_answers_about_the_room_go_on(call: Call) -> None:
    for read in ROOM_READS:
        if read != "calls/x":
            assert call.insight.get(f"/rooms/{call.room_id}/{read}").status == 200, read
    for path in ("/live", "/calls", "/quarantine"):
        assert call.insight.get(path).status == 200, path


# Who nobody has signed for.

AUTHORIZATIONS = (
    "",
    ".",
    "..",
    "a.b.c",
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJkZXZrZXkifQ.",
    f"{'A' * 9_000}.A.A",
    "\u00e9.\u00e9.\u00e9",
    "W10.W10.W10",
)


@pytest.mark.parametrize("authorization", AUTHORIZATIONS, ids=range(len(AUTHORIZATIONS)))
def test_what_nobody_signed_is_refused_everywhere(call: Call, authorization: str) -> None:
    before, log = call.inside(), len(call.insight.all(f"/rooms/{call.room_id}/log"))
    room = f"/rooms/{call.room_id}"
    join = json.dumps({"device": "a", "browser": "b" * 32}).encode()
    event = json.dumps(call.joined).encode()
    answers = [
        call.say(authorization, "POST", WEBHOOK, event),
        call.say(f"Bearer {authorization}", "POST", f"{room}/call/participants/{quote(BOB)}/mute"),
        call.say(f"Bearer {authorization}", "DELETE", f"{room}/call/participants/{quote(BOB)}"),
        call.say(f"Bearer {authorization}", "DELETE", f"{room}/call"),
        call.say(f"JoinLink {authorization}", "GET", f"{room}/join"),
        call.say(f"JoinLink {authorization}", "POST", f"{room}/join", join),
    ]
    assert [answer.status for answer in answers] == [401] * 6
    for answer in answers:
        assert_says_what_is_wrong(answer)
    assert call.inside() == before
    assert len(call.insight.all(f"/rooms/{call.room_id}/log")) == log


def test_no_token_stands_for_another(call: Call) -> None:
    room = f"/rooms/{call.room_id}"
    webhook = call.server.webhooks.made[-1].authorization
    for scheme, token, method, path in (
        ("JoinLink", call.token, "GET", f"{room}/join"),
        ("JoinLink", webhook, "GET", f"{room}/join"),
        ("Bearer", call.link, "DELETE", f"{room}/call"),
        ("Bearer", webhook, "DELETE", f"{room}/call"),
    ):
        assert call.say(f"{scheme} {token}", method, path).status in (401, 403), path
    for token in (call.token, call.link):
        assert call.say(token, "POST", WEBHOOK, b"{}").status == 401


# Bodies and paths of those who may.


@pytest.mark.parametrize("value", [None, 1, "", "a b", "x" * 33, "\u00e9", [], {}])
def test_a_device_that_is_none_is_refused(call: Call, value: Any) -> None:
    asked = {"rawId": ANN, "device": value}
    answer = call.insight.send("POST", f"/rooms/{call.room_id}/admission", asked)
    if value is None:
        assert answer.status == 200
        return
    assert_says_what_is_wrong(answer)
    body = json.dumps({"device": value, "browser": "b" * 32}).encode()
    path = f"/rooms/{call.room_id}/join"
    assert_says_what_is_wrong(call.say(f"JoinLink {call.link}", "POST", path, body))


@pytest.mark.parametrize("value", [None, 1, "", "\0", "x" * 300, [], {}, "nobody"])
def test_a_join_link_is_for_nobody_who_is_no_user(call: Call, value: Any) -> None:
    path = f"/rooms/{call.room_id}/joinLinks"
    assert_says_what_is_wrong(call.insight.send("POST", path, {"rawId": value}))


# "%2e%2e" is gone before the app is asked: what is left is the call itself.
@pytest.mark.parametrize("absurd", [each for each in ABSURD_IDS.values() if each != "%2e%2e"])
def test_whoever_is_not_in_the_call_is_not_found(call: Call, absurd: str) -> None:
    before = call.inside()
    for room, who in ((call.room_id, absurd), (absurd, ANN)):
        path = f"/rooms/{room}/call/participants/{who}"
        for method, rest in (("POST", "/mute"), ("DELETE", "")):
            answer = call.insight.send(method, f"{path}{rest}")
            assert 400 <= answer.status < 500, (path, answer)
    assert call.inside() == before


# Requests to the storage.


@pytest.fixture
def room_id(app: RunningApp) -> str:
    """A room to which Ann and Bob are invited, and whose partition the app knows."""
    people = {who: {"role": "Presenter"} for who in (ANN, BOB)}
    raw = Raw(app.http, app.manage_key)
    room_id: str = raw.new_room({"participants": people})["id"]
    return room_id


def test_what_a_call_costs(call: Call, proxy: StorageProxy, room_id: str) -> None:
    insight, server, costs = call.insight, call.server, dict[str, list[int]]()

    def counted(what: str, answer: Answer) -> Answer:
        assert answer.status in (200, 201, 204), (what, answer)
        costs.setdefault(what, []).append(len(proxy.seen))
        proxy.forget()
        return answer

    for device in ("one", "two"):  # in one of them the timer may have some of its own
        proxy.forget()
        asked = {"rawId": ANN, "device": device}
        admitted = counted("admission", insight.send("POST", f"/rooms/{room_id}/admission", asked))
        server.join(admitted.json()["media"]["token"])
        lost = asked | {"lost": {"callId": "RM_one", "participantId": "PA_one"}}
        counted("after a loss", insight.send("POST", f"/rooms/{room_id}/admission", lost))
        counted("join", call.deliver(server.webhooks.made[-1]))
        ann = f"/rooms/{room_id}/call/participants/{quote(ANN)}"
        counted("mute", insight.send("POST", f"{ann}/mute"))
        roster = {"participants": {BOB: {"role": "Attendee" if device == "one" else "Consumer"}}}
        changed = Raw(call.app.http, call.app.manage_key).patch(
            f"/rooms/{room_id}/participants", roster
        )
        counted("change", changed)
        counted("remove", insight.send("DELETE", ann))
        counted("leave", call.deliver(server.webhooks.made[-1]))
        counted("end", insight.send("DELETE", f"/rooms/{room_id}/call"))
    assert {what: min(each) for what, each in costs.items()} == {
        "admission": 2,
        "after a loss": 3,
        "join": 2,
        "mute": 2,
        "change": 2,
        "remove": 2,
        "leave": 1,
        "end": 2,
    }
