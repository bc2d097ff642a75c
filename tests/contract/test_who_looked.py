"""Who looked: the record of each read that shows people."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rooms.domain.events import SERVICE_LOG
from testkit.events import Meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import READS, ROOM_READS, Insight, assert_refused
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from testkit.waiting import until

ALICE = raw_id(1)
AT = "2026-05-04T10:00:00+00:00"
KIND = "kind=Accessed"

OF_A_ROOM: Mapping[str, str | None] = {
    "presence": "presence",
    "calls": None,
    "calls/x": "calls",
    "attendance": "attendance",
    "log": "log",
    "details": None,
    "overview": None,
    "joinPolicy": None,
}
"""What the record of a read says; None of a read that shows nobody's presence."""

OF_ALL: Mapping[str, str | None] = {
    "/rooms?state=open": None,
    "/rooms?title=a": None,
    "/rooms?externalId=a": None,
    "/people?name=a": None,
    "/attendance?person=a": "attendance",
    "/noShows?from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z": "attendance",
    "/calls": None,
    "/live": "live",
    "/log?since=now": "log",
    "/roles": None,
    "/me": None,
    "/quarantine": None,
    f"/quarantine/{'0' * 64}": None,
}
"""The same of all rooms."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An app that records who looks."""
    folder = tmp_path_factory.mktemp("watched")
    with running_app(folder, {"ROOMS_ACCESS_LOG": "true"}) as app:
        yield app


@pytest.fixture(scope="module")
def reader(watched: RunningApp) -> Insight:
    return Insight(watched, watched.read_key)


@pytest.fixture
def call(watched: RunningApp) -> Meeting:
    """A call of Alice in a new room."""
    call = Meeting(Raw(watched.http, watched.manage_key).new_room()["id"])
    Insight(watched, watched.manage_key).deliver(*call.whole(60, call.stay(1, 2, ALICE)))
    return call


def looks(insight: Insight, room_id: str) -> list[dict[str, Any]]:
    """The accesses in the log of a room, newest first, but for those of reading them."""
    records = insight.all(f"/rooms/{room_id}/log?{KIND}")
    return [each for each in records if each["detail"]["query"].get("kind") != "Accessed"]


def test_each_read_is_known_here() -> None:
    assert (set(OF_A_ROOM), set(OF_ALL)) == (set(ROOM_READS), set(READS))


@pytest.mark.parametrize("read", OF_A_ROOM)
def test_a_look_at_people_of_a_room_is_in_the_log_of_the_room(
    reader: Insight, call: Meeting, read: str
) -> None:
    path = f"/rooms/{call.room_id}/{read}".replace("calls/x", f"calls/{call.id}")
    assert reader.get(path).status == 200
    what = OF_A_ROOM[read]
    records = looks(reader, call.room_id)
    assert [each["detail"]["what"] for each in records] == ([] if what is None else [what])
    assert {(each["kind"], each["actor"]) for each in records} <= {("Accessed", "reader")}


@pytest.mark.parametrize("path", OF_ALL)
def test_a_look_at_people_of_all_rooms_is_in_the_log_of_the_service(
    reader: Insight, path: str
) -> None:
    known = [each["id"] for each in looks(reader, SERVICE_LOG)]
    reader.get(path)
    new = [each for each in looks(reader, SERVICE_LOG) if each["id"] not in known]
    what = OF_ALL[path]
    assert [each["detail"]["what"] for each in new] == ([] if what is None else [what])


def test_a_record_has_the_times_the_kind_the_call_and_the_person_that_were_asked_for(
    reader: Insight, call: Meeting
) -> None:
    room = f"/rooms/{call.room_id}"
    for path in (
        f"{room}/presence?at={AT.replace('+', '%2B')}&from=nonsense",
        f"{room}/calls/{call.id}",
        f"{room}/attendance?call={call.id}",
        f"{room}/log?from=2026-05-04T10:00:00Z&until=2026-05-04T12:00:00%2B01:00&kind=Admitted",
    ):
        assert reader.get(path).status == 200
    log, attendance, one_call, presence = (each["detail"] for each in looks(reader, call.room_id))
    later = "2026-05-04T11:00:00+00:00"
    assert log == {"what": "log", "query": {"from": AT, "until": later, "kind": "Admitted"}}
    assert attendance == {"what": "attendance", "query": {"call": call.id}}
    assert one_call == {"what": "calls", "query": {"call": call.id}}
    assert presence == {"what": "presence", "query": {"at": AT}}
    assert reader.get(f"/attendance?person={ALICE}").status == 200
    newest = looks(reader, SERVICE_LOG)[0]
    assert newest["detail"] == {"what": "attendance", "query": {}, "person": ALICE}
    assert newest["text"].startswith("looked at the attendance of 8:acs:")


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_files_are_recorded_too(reader: Insight, call: Meeting, form: str) -> None:
    assert reader.get(f"/rooms/{call.room_id}/log?format={form}").status == 200
    assert len(looks(reader, call.room_id)) == 1


def test_the_log_has_who_looked_only_if_it_is_asked_for(reader: Insight, call: Meeting) -> None:
    path = f"/rooms/{call.room_id}"
    before = reader.json(f"{path}/log")["value"]
    assert reader.get(f"{path}/presence").status == 200
    assert reader.json(f"{path}/log")["value"] == before

    def has_arrived() -> bool:  # which is told once nothing else can arrive before it
        arrived = reader.json(f"{path}/log?since=beginning")["value"]
        return "Accessed" in {each["kind"] for each in arrived}

    until(has_arrived)


@pytest.mark.parametrize("read", ["presence", "attendance", "log", "log?since=now", "calls/x"])
def test_a_look_at_no_room_is_not_recorded(watched: RunningApp, reader: Insight, read: str) -> None:
    nowhere = f"/rooms/{room_of_another_service()}"
    for _ in range(2):
        assert_refused(reader.get(f"{nowhere}/{read}"), 404, "NotFound")
    assert_refused(reader.get(f"{nowhere}/log?{KIND}"), 404, "NotFound")


def test_nothing_is_recorded_without_the_setting(insight: Insight, raw: Raw) -> None:
    room_id = raw.new_room()["id"]
    for read in ("presence", "attendance", "log"):
        assert insight.get(f"/rooms/{room_id}/{read}").status == 200
    assert insight.json(f"/rooms/{room_id}/log?{KIND}")["value"] == []


def test_the_log_of_the_service_is_there_before_it_has_a_record(tmp_path: Path) -> None:
    with running_app(tmp_path) as new:  # other tests write into that of the app that all share
        insight = Insight(new, new.read_key)
        assert insight.json(f"/rooms/{SERVICE_LOG}/log")["value"] == []
        assert insight.json(f"/rooms/{SERVICE_LOG}/log?since=beginning")["more"] is False
