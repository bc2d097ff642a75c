"""How many requests to the storage what a console asks costs, as docs/design/storage.md has it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from rooms.api.acs.versions.table import API_VERSIONS
from testkit.events import live_meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.partitions import room_in_each_partition
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from testkit.storage_proxy import StorageProxy
from testkit.waiting import until
from tests.contract.versions import client_of

ALICE, BOB = raw_id(1), raw_id(2)
DAYS = [
    (datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)).isoformat() for days in (1, 2)
]

QUESTIONS = [
    ("/rooms/{}/overview", 1),
    ("/rooms/{}/details", 1),
    ("/rooms/{}/joinPolicy", 1),
    (f"/rooms/{{}}/admission?rawId={ALICE}", 1),
    ("/rooms/{}/log", 2),
    ("/rooms/{}/log?kind=RoomDeleted", 2),
    ("/rooms/{}/log?since=beginning", 2),
    ("/log?since=beginning", 10),
    ("/log?since=2020-01-01T00:00:00Z", 10 * (4 + 1)),
    ("/rooms/{}/presence", 3),
    ("/rooms/{}/attendance", 4),
    ("/rooms/{}/calls", 4),
    ("/noShows?from=2020-01-01T00:00:00Z", 10),
    ("/calls", 10 + 3),
    ("/live", 10 + 3),
    ("/me", 0),
    ("/rooms", 10),
    ("/rooms?title=tea", 70),
    (f"/rooms?participant={ALICE}&include=lastCall", 20 + 1 + 4),
    (f"/rooms?participant={ALICE}&title=tea", 20 + 1),
    ("/rooms?externalId=A-1", 20 + 1),
    ("/attendance?person=A-1", 20 + 1 + 3),
    (f"/attendance?person={ALICE}", 20 + 1 + 3),
]
"""What is asked, and how many requests to the storage that takes."""


@pytest.fixture(scope="module")
def app(
    storage_proxy: StorageProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    storage_proxy.forget()
    settings = {"ROOMS_STORAGE": storage_proxy.connection_string, "ROOMS_TABLE": "requests"}
    with running_app(tmp_path_factory.mktemp("requests"), settings) as app:
        room_in_each_partition(Raw(app.http, app.manage_key))
        yield app


@pytest.fixture(scope="module")
def room_id(app: RunningApp) -> str:
    """A room with details and a call that goes on, the only one."""
    insight, raw = Insight(app, app.manage_key), Raw(app.http, app.manage_key)
    room_id: str = raw.new_room({"participants": {ALICE: {"role": "Presenter"}}})["id"]
    assert (
        insight.patch(
            f"/rooms/{room_id}/details",
            {"title": "Tea", "participants": {ALICE: {"name": "Alice", "externalId": "A-1"}}},
        ).status
        == 200
    )
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, ALICE))
    return room_id


@pytest.mark.parametrize(("path", "requests"), QUESTIONS)
def test_a_question_costs(
    app: RunningApp, proxy: StorageProxy, room_id: str, path: str, requests: int
) -> None:
    assert cost(app, proxy, path.format(room_id), requests) == requests


def test_admission_to_an_open_room_costs_a_look_at_its_calls_too(
    app: RunningApp, proxy: StorageProxy
) -> None:
    room_id = Raw(app.http, app.manage_key).new_room()["id"]
    Insight(app, app.manage_key).set_join_policy(room_id, "CommunicationServiceUsers")
    assert cost(app, proxy, f"/rooms/{room_id}/admission?rawId={ALICE}", 2) == 2


def cost(app: RunningApp, proxy: StorageProxy, path: str, expected: int) -> int:
    """Returns how many requests to the storage the answer took: the fewest of two times, if the
    first took other than expected, as in one of them the timer may have some of its own."""
    counts = list[int]()

    def counted() -> bool:
        proxy.forget()
        answer = Insight(app, app.read_key).get(path)
        assert answer.status == 200
        # A busy machine may have cut a search short. The list of all rooms may have another page.
        if path == "/rooms" or not answer.json().get("nextLink"):
            counts.append(len(proxy.seen))
        return counts == [expected] or len(counts) == 2

    until(counted)
    return min(counts)


def test_an_invitation_with_names_costs_a_read_and_a_transaction(
    app: RunningApp, proxy: StorageProxy
) -> None:
    insight, raw = Insight(app, app.manage_key), Raw(app.http, app.manage_key)
    bob = {"participants": {BOB: {"role": "Presenter", "name": "Bob", "externalId": "B-1"}}}
    counts: list[list[int]] = []
    for _ in range(2):  # in one of them the timer may have some of its own
        path = f"/rooms/{raw.new_room()['id']}/invitees"
        counts.append([])
        for body in (bob, bob, {"participants": {BOB: None}}):
            proxy.forget()
            assert insight.patch(path, body).status == 200
            counts[-1].append(len(proxy.seen))
    assert list(map(min, zip(*counts, strict=True))) == [2, 1, 2]


def test_a_change_of_a_version_costs_no_more_and_a_refused_one_only_the_read(
    app: RunningApp, proxy: StorageProxy
) -> None:
    raw = Raw(app.http, app.manage_key)
    counts: list[list[int]] = []
    for _ in range(2):  # in one of them the timer may have some of its own
        room = f"/rooms/{raw.new_room()['id']}"
        etag = Insight(app, app.read_key).get(f"{room}/overview").headers["etag"]
        counts.append([])
        for status, dial_out in ((200, True), (412, False)):
            proxy.forget()
            body = {"pstnDialOutEnabled": dial_out}
            assert raw.patch(room, body, {"If-Match": etag}).status == status
            counts[-1].append(len(proxy.seen))
    assert list(map(min, zip(*counts, strict=True))) == [2, 1]


@pytest.mark.parametrize("name", API_VERSIONS)
def test_an_operation_costs_the_same_in_every_version(
    app: RunningApp, proxy: StorageProxy, name: str
) -> None:
    client = client_of(name, app.http, app.manage_key)

    def assert_costs(expected: int, ask: Callable[[str], object]) -> None:
        counts = list[int]()
        while counts != [expected] and len(counts) < 2:  # one may have requests of the timer
            room = client.create({ALICE: "Presenter"})
            proxy.forget()
            ask(room)
            counts.append(len(proxy.seen))
        assert min(counts) == expected

    assert_costs(1, lambda _: client.create({ALICE: "Presenter"}))
    assert_costs(1, client.room)
    assert_costs(1, lambda room: client.raw.patch(f"/rooms/{room}", {}))
    assert_costs(2, lambda room: client.extend(room, *DAYS))
    assert_costs(2, client.delete)
    if name < "2023":
        body = {"validFrom": DAYS[0], "validUntil": DAYS[1], **client.roster_of({BOB: "Attendee"})}
        assert_costs(2, lambda room: client.raw.patch(f"/rooms/{room}", body))


def test_an_operation_on_identities_costs_one_request(app: RunningApp, proxy: StorageProxy) -> None:
    identity = Raw(app.http, app.manage_key, "2023-10-01")
    voip = {"createTokenWithScopes": ["voip"]}
    identity.post("/identities", voip)  # once in a process, the deployment is read

    def cost(method: str, path: str, body: object = None) -> int:
        counts = []
        for _ in range(2):  # in one of them the timer may have some of its own
            user = identity.post("/identities").json()["identity"]["id"]
            proxy.forget()
            assert identity.send(method, path.format(user), body).status < 300
            counts.append(len(proxy.seen))
        return min(counts)

    assert cost("POST", "/identities") == 1
    assert cost("POST", "/identities", voip) == 1
    assert cost("POST", "/identities/{}/:issueAccessToken", {"scopes": ["voip"]}) == 1
    assert cost("POST", "/identities/{}/:revokeAccessTokens") == 1
    assert cost("DELETE", "/identities/{}") == 1
    token = identity.post("/identities", voip).json()["accessToken"]["token"]
    assert cost("POST", "/identities/:checkAccessToken", {"token": token}) == 1
