"""Plays a day of a clinic at the real app. What the app says of it is what has happened."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from devhost.settings import KEY_PREFIX
from simulator import clinic
from simulator.app import Address, connected
from simulator.clinic_day import Day, play
from simulator.comparison import Difference
from simulator.subjects import SCHEDULE, About, Subject
from testkit.insight import Insight
from testkit.ports import free_port
from testkit.running import RunningApp, new_key

# The SDK's own use of datetime.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture(scope="module")
def played(app: RunningApp) -> Day:
    async def at_app() -> Day:
        async with connected(Address.of(app.http, app.manage_key)) as connection:
            return await play(connection, 1)

    return asyncio.run(at_app())


@pytest.fixture
def insight(app: RunningApp) -> Insight:
    return Insight(app, app.manage_key)


def test_every_answer_about_its_rooms_is_correct(played: Day) -> None:
    assert [difference for room in played.rooms for difference in room.differences] == []
    assert len(played.rooms) == 12


def test_live_has_its_three_calls_with_who_is_there_and_who_is_missing(
    played: Day, insight: Insight
) -> None:
    rooms = {room.room_id: room.meeting for room in played.rooms}
    live = [room for room in insight.json("/live")["value"] if room["roomId"] in rooms]
    assert sorted(room["title"].partition(",")[0] for room in live) == [
        "Case conference",
        "Consultation",
        "Medication review",
    ]
    for room in live:
        (call,) = rooms[room["roomId"]].calls
        came = {leg.person.name for leg in call.legs if leg.joined <= played.at}
        assert {person["name"] for person in room["participants"]} == came
        invited = {person.name for person in rooms[room["roomId"]].people}
        assert {person["name"] for person in room["missing"]} == invited - came
    assert sum(len(room["missing"]) for room in live) == 1


def test_attendance_has_one_absent_person_in_the_rooms_that_are_over(
    played: Day, insight: Insight
) -> None:
    absent = [
        (room.meeting.title.partition(",")[0], person["externalId"])
        for room in played.rooms
        if room.meeting.scheduled_end <= played.at
        for person in insight.json(f"/rooms/{room.room_id}/attendance")["value"]
        if person["status"] == "absent"
    ]
    (no_show,) = [room for room in played.rooms if "Physiotherapy" in room.meeting.title]
    assert absent == [("Physiotherapy", no_show.meeting.people[-1].external_id)]


def test_the_log_has_who_was_refused_and_why(played: Day, insight: Insight) -> None:
    log: Any = insight.json(f"/rooms/{played.refusal.room_id}/log?kind=Refused")
    (record,) = log["value"]
    assert record["detail"]["rawId"] == played.refusal.person.raw_id
    assert [reason["code"] for reason in record["detail"]["reasons"]] == ["NotOpenYet"]
    assert played.refusal.reasons == ("NotOpenYet",)


def test_the_summary_names_who_is_absent_missing_and_refused(played: Day) -> None:
    def last(title: str) -> str:
        return next(
            room.meeting.people[-1].name for room in played.rooms if title in room.meeting.title
        )

    lines = clinic.summary(played, "http://some.host/console#/").plain.splitlines()
    assert lines[:4] == [
        "A day of a clinic: 12 rooms",
        f"  5 are over. Absent: {last('Physiotherapy')}",
        f"  3 are live. Missing: {last('Medication review')}",
        f"  4 come later. Refused: {last('Therapy')} (NotOpenYet)",
    ]
    assert lines[5].endswith(" answers compared, all correct.")
    assert lines[6] == "In the console: http://some.host/console#/"


def test_a_wrong_answer_is_counted(played: Day) -> None:
    first, *others = played.rooms
    difference = Difference(Subject(About.SUMMARY, SCHEDULE), "invited", 2, 3, None)
    wrong = Day(played.at, (replace(first, differences=[difference]), *others), played.refusal)
    assert " answers compared, 1 wrong." in clinic.summary(wrong, "").plain


def test_without_the_app_the_command_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{KEY_PREFIX}test", new_key())
    monkeypatch.setattr("sys.argv", ["clinic", "--endpoint", f"http://localhost:{free_port()}"])
    with pytest.raises(SystemExit, match=r"^make clinic: .* Is `make start` running there\?"):
        clinic.main()
