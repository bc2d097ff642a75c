"""A day of meetings, one person of which is erased while the process is killed again and again."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields, is_dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from azure.communication.identity import CommunicationIdentityClient
from azure.core.credentials import AzureKeyCredential
from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.domain.time import now
from rooms.storage.changes import Origin
from rooms.storage.erasures import Erasures
from rooms.storage.table import Table
from rooms_cli.check.table import disagreements
from simulator.app import Address, connected
from simulator.delivery import Manner
from simulator.faults import Faults
from simulator.meeting import Meeting, Person
from simulator.play import Performance, planned, play
from testkit.eraser import erase
from testkit.insight import Insight
from testkit.running import RunningApp, running_app
from testkit.traces import rows_with, traces_of
from tests.effort import THOROUGH

MEETINGS = 12 if THOROUGH else 2
PEOPLE = 6
KILLS = 10 if THOROUGH else 2
WRITES = 10
"""Of the first life; each other has one more."""

MANY = 100_000

TABLE = "erasure"


@pytest.fixture
def running(azurite: str, tmp_path: Path) -> Callable[[], AbstractContextManager[RunningApp]]:
    """Starts an app whose table other processes use, too."""
    return partial(running_app, tmp_path, {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": TABLE})


def with_person(value: Any, old: Person, new: Person) -> Any:
    """A meeting in which somebody comes instead of somebody else."""
    if isinstance(value, Person):
        return replace(value, raw_id=new.raw_id, name=new.name) if value == old else value
    if isinstance(value, tuple):
        return tuple(with_person(each, old, new) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{
                each.name: with_person(getattr(value, each.name), old, new)
                for each in fields(value)
            },
        )
    return value


async def played(app: RunningApp, person: Person) -> list[str]:
    """The rooms of a day, with the person in each, once invited, once not."""
    rooms = []
    async with connected(Address.of(app.http, app.manage_key)) as address:
        for seed in range(MEETINGS):
            performance = Performance(seed, Faults(), Manner())
            meeting: Meeting = planned(performance, PEOPLE, 1)
            came = {leg.person for call in meeting.calls for leg in call.legs}
            wanted = [
                who for who in meeting.people if who in came and who.invited == (seed % 3 > 0)
            ]
            old = (wanted or sorted(came, key=lambda who: who.raw_id))[0]
            meeting = with_person(meeting, old, replace(person, invited=old.invited))
            rooms.append((await play(address, meeting, performance)).room_id)
    return rooms


def reports(insight: Insight, rooms: list[str]) -> list[Any]:
    """What the app says of the rooms."""
    answers = []
    for room in rooms:
        answers += [
            insight.json(f"/rooms/{room}/{what}") for what in ("attendance", "calls", "overview")
        ]
    return answers


def renamed(value: Any, person: str, pseudonym: str) -> Any:
    """What a report says once the person has the pseudonym, and no name. In lists, people are in
    the order of their names."""
    match value:
        case dict():
            own = person in value.values() or person in value.get("rawIds", ())
            return {
                name: "erased"
                if own and name in ("name", "displayName") and each is not None
                else renamed(each, person, pseudonym)
                for name, each in value.items()
            }
        case list():
            return sorted((renamed(each, person, pseudonym) for each in value), key=json.dumps)
    return pseudonym if value == person else value


def traces(rows: Sequence[Mapping[str, Any]], person: Person) -> list[str]:
    """The rows with an id, a part or a hash of one, or a name of the person."""
    user = person.raw_id.rpartition("_")[2]
    return rows_with(rows, *traces_of(person.raw_id, user, person.name))


async def begun(azurite: str, person: Person) -> str:
    async with AsyncTableClient.from_connection_string(azurite, TABLE) as client:
        erasures = Erasures(Table(client), now)
        return (await erasures.start(person.raw_id, None, Origin("clinic", "1"))).id


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_nothing_is_left_of_a_person_and_the_attendance_stays(
    running: Callable[[], AbstractContextManager[RunningApp]], azurite: str
) -> None:
    with running() as app:
        users = CommunicationIdentityClient(app.http, AzureKeyCredential(app.manage_key))
        raw_id = users.create_user().properties["id"]
        person = Person(raw_id, "Zebulon Quartermaine", None, "Attendee", True)
        rooms = asyncio.run(played(app, person))
        before = reports(Insight(app, app.manage_key), rooms)
    with TableClient.from_connection_string(azurite, TABLE) as client:
        assert len(traces([dict(row) for row in client.list_entities()], person)) > 100
        erasure = asyncio.run(begun(azurite, person))
        for life in range(KILLS):
            assert not erase(azurite, TABLE, erasure, WRITES + life)
        assert erase(azurite, TABLE, erasure, MANY)
        stored = [dict(row) for row in client.list_entities()]
    assert traces(stored, person) == []
    assert list(disagreements(stored)) == []
    with running() as app:
        insight = Insight(app, app.manage_key)
        done = insight.json(f"/persons/erasures/{erasure}")
        for was, becomes in zip(before, reports(insight, rooms), strict=True):
            assert renamed(becomes, "", "") == renamed(was, person.raw_id, done["pseudonym"])
        assert (done["status"], done["found"]["rooms"], done["found"]["users"]) == (
            "done",
            MEETINGS,
            1,
        )
        again = insight.send("POST", "/persons/erase", {"rawId": person.raw_id}).json()
        assert not any(again["found"].values())
        assert person.raw_id not in app.log()
        assert person.name not in app.log()
