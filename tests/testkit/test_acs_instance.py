"""What tests of ACS rely on: that the instance in its place does what its knobs say."""

import math
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from http.client import HTTPException
from time import time
from uuid import uuid4

import pytest
from azure.communication.identity import CommunicationIdentityClient
from azure.communication.rooms import RoomsClient
from azure.core.credentials import AzureKeyCredential

from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, SECOND, now
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.storage import ORIGIN
from testkit.waiting import until

ANN = raw_id(1)
INVITED = {"participants": {ANN: {"role": "Attendee"}}}


@pytest.fixture
def raw(acs: AcsInstance) -> Raw:
    """Requests that come through the proxy."""
    return Raw(acs.endpoint, acs.key)


def repeatable(request_id: str, first_sent: float | None = None) -> dict[str, str]:
    sent = formatdate(time() if first_sent is None else first_sent, usegmt=True)
    return {"Repeatability-Request-ID": request_id, "Repeatability-First-Sent": sent}


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_the_official_clients_use_it_as_they_use_acs(acs: AcsInstance) -> None:
    credential = AzureKeyCredential(acs.key)
    user = CommunicationIdentityClient(acs.endpoint, credential).create_user()
    with RoomsClient(acs.endpoint, credential) as rooms:
        made = rooms.create_room(participants=[])
        assert next(iter(rooms.list_rooms())).id == made.id
        rooms.delete_room(made.id)
    assert user.properties["id"].startswith("8:acs:")
    assert [acs.count(method) for method in ("POST", "GET", "DELETE")] == [2, 1, 1]


def test_what_is_done_past_the_proxy_is_there_and_not_counted(acs: AcsInstance, raw: Raw) -> None:
    acs.choose = lambda _: AcsFault.FAILS
    room_id = acs.raw.new_room(INVITED)["id"]
    assert acs.received == []
    acs.forget()
    assert raw.roster(room_id) == [(ANN, "Attendee")]


@pytest.mark.parametrize("retry_after", [None, 7])
def test_a_throttled_request_is_not_carried_out(
    acs: AcsInstance, raw: Raw, retry_after: int | None
) -> None:
    room = raw.new_room()["id"]
    acs.retry_after = retry_after
    acs.next(AcsFault.THROTTLED, "PATCH", "/participants")
    answer = raw.patch(f"/rooms/{room}/participants", INVITED)
    assert (answer.status, answer.headers.get("retry-after")) == (
        429,
        None if retry_after is None else "7",
    )
    assert raw.roster(room) == []
    assert raw.patch(f"/rooms/{room}/participants", INVITED).status == 200


@pytest.mark.parametrize(
    ("fault", "status", "there"),
    [
        (AcsFault.FAILS, 503, False),
        (AcsFault.FAILS_AFTER, 500, True),
        (AcsFault.CUT_BEFORE, None, False),
        (AcsFault.CUT_AFTER, None, True),
    ],
)
def test_a_fault_comes_once_before_or_after_the_request_is_carried_out(
    acs: AcsInstance, raw: Raw, fault: AcsFault, status: int | None, there: bool
) -> None:
    room = raw.new_room()["id"]
    acs.next(fault, "PATCH")
    if status is None:
        with pytest.raises((OSError, HTTPException)):
            raw.patch(f"/rooms/{room}/participants", INVITED)
    else:
        assert raw.patch(f"/rooms/{room}/participants", INVITED).status == status
    assert bool(raw.roster(room)) == there
    assert acs.met == [fault]
    assert acs.count("PATCH", "/participants") == 1


def test_a_held_request_is_carried_out_when_it_is_released(acs: AcsInstance, raw: Raw) -> None:
    room = acs.raw.new_room()["id"]
    acs.next(AcsFault.HELD, "DELETE")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(raw.delete, f"/rooms/{room}")
        until(lambda: acs.count("DELETE"))
        assert raw.get(f"/rooms/{room}").status == 200
        acs.release()
        assert raw.get(f"/rooms/{room}").status == 404
        with pytest.raises((OSError, HTTPException)):
            asked.result()


def test_creates_come_again_by_the_rules_of_acs(acs: AcsInstance, raw: Raw) -> None:
    headers = repeatable(str(uuid4()))

    def create(headers: dict[str, str]) -> tuple[int, object]:
        answer = raw.post("/rooms", {}, headers)
        return answer.status, answer.json().get("id")

    made = create(headers)
    assert create(headers) == made
    assert create(repeatable("no GUID"))[0] == 400
    assert create(repeatable(str(uuid4()), time() - 301))[0] == 412
    acs.repeated.seconds, acs.repeated.only_guids = math.inf, False
    assert create(repeatable("no GUID", time() - 301))[0] == 201
    acs.repeated.recognized = False
    assert create(headers) != made


def test_a_roster_is_read_late_after_a_change_of_it(acs: AcsInstance, raw: Raw) -> None:
    acs.late_rosters.seconds = math.inf
    room = acs.raw.new_room(INVITED)["id"]
    acs.raw.patch(f"/rooms/{room}/participants", {"participants": {ANN: None}})
    raw.patch(f"/rooms/{room}/participants", {"participants": {raw_id(2): {"role": "Consumer"}}})
    assert raw.roster(room) == [(ANN, "Attendee")]
    acs.late_rosters.catch_up()
    assert raw.roster(room) == [(raw_id(2), "Consumer")]


def test_pages_of_the_list_are_as_short_as_a_test_wants(acs: AcsInstance, raw: Raw) -> None:
    made = [raw.new_room()["id"] for _ in range(3)]
    acs.pages_of(2)
    pages = raw.pages()
    assert max(map(len, pages)) == 2
    assert set(made) <= {room["id"] for page in pages for room in page}


def test_expired_rooms_are_gone_if_a_test_wants_so(acs: AcsInstance, raw: Raw) -> None:
    over, other = acs.raw.new_room(), acs.raw.new_room()["id"]
    ended = RoomChange(valid_from=now() - DAY, valid_until=now() - SECOND)
    acs.run(acs.app.rooms.update(over["id"], ended, ORIGIN))
    assert {over["id"], other} <= set(raw.room_ids())
    acs.expired_are_gone = True
    listed = raw.room_ids()
    assert over["id"] not in listed
    assert other in listed
    assert raw.get(f"/rooms/{over['id']}").status == 404
