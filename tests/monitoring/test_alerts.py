"""Each alert on the log is raised by what the app logs in the case that it is for. That a quiet day
raises none is in tests/contract/test_played_day.py."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import ModuleType
from typing import cast

import azure.functions as func
import pytest

from rooms.domain.time import DAY, now
from rooms.intake import event_grid
from rooms.intake.outcome import Outcome
from rooms.intake.recording import Intake
from rooms.upkeep import timer
from testkit.events import live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.storage_proxy import Fault, StorageProxy
from tests.monitoring.conftest import Logged
from tests.monitoring.kql import ALERTS, WORKBOOK_QUERIES, Execution, Line, Workspace

ALICE, BOB = raw_id(1), raw_id(2)


def raised(lines: list[Line], executions: list[Execution] | None = None) -> set[str]:
    """The alerts that are raised by what was logged."""
    workspace = Workspace(lines, executions or [])
    return {name for name, query in ALERTS.items() if workspace.rows(query)} - SILENT


SILENT = {"upkeep_silent", "app_silent"}
"""Raised by all that has no run of the upkeep, or no execution."""


async def test_an_event_that_is_not_understood(logged: Logged) -> None:
    await logged.app.intake.accept('{"eventType": 7}')
    lines = logged.lines()
    assert raised(lines) == {"quarantine_grew"}
    (row,) = Workspace(lines).rows(WORKBOOK_QUERIES["quarantine"])
    assert (row["Events"], row["Reason"][:9]) == (1, "eventType")


async def test_a_storage_that_refuses_as_there_are_too_many_requests(
    faulty: Logged, proxy: StorageProxy
) -> None:
    proxy.choose = lambda _number, _what: Fault.THROTTLED
    assert (await faulty.send("GET", "/rooms/99400000000000007")).status == 503
    lines = faulty.lines()
    assert raised(lines) == {"storage_throttled"}
    (row,) = Workspace(lines).rows(WORKBOOK_QUERIES["storage throttled"])
    assert (row["Partition"], row["Refusals"]) == ("7", 1)


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CUT_BEFORE])
async def test_a_storage_that_does_not_answer_and_answers_of_500_and_more(
    faulty: Logged, proxy: StorageProxy, fault: Fault
) -> None:
    proxy.choose = lambda _number, _what: fault
    answers = [await faulty.send("GET", "/rooms/99400000000000007") for _ in range(5)]
    executions = [Execution("get_room", answer.status, True) for answer in answers]
    assert raised(faulty.lines(), executions) == {"storage_unavailable", "server_errors"}
    assert Workspace(faulty.lines()).rows(WORKBOOK_QUERIES["storage unavailable"])


async def test_an_event_that_is_not_kept(faulty: Logged, proxy: StorageProxy) -> None:
    name, take_in = trigger(event_grid, faulty)
    proxy.choose = lambda _number, _what: Fault.THROTTLED
    event = live_meeting(room_of_another_service()).started()
    with pytest.raises(event_grid.EventNotKept):
        await take_in(json.dumps(event))
    assert "events_not_kept" in raised([], [Execution(name, 0, succeeded=False)])


def trigger(
    module: ModuleType, logged: Logged, number: int = 0
) -> tuple[str, Callable[..., Awaitable[None]]]:
    """The name of a function that a module registers, and the function."""
    functions = func.FunctionApp()
    module.register(functions, logged.app)
    function = functions.get_functions()[number]
    name = function.get_function_name()
    assert name is not None
    return name, function.get_user_function()


@pytest.mark.parametrize(("days", "alerts"), [(1, set()), (3, {"upkeep_overdue"})])
async def test_what_should_have_been_removed_long_ago(
    logged: Logged, days: int, alerts: set[str]
) -> None:
    app, later = logged.app, 0
    app.limits = replace(app.limits, upkeep_seconds=0)  # each run makes a step
    app.clock = lambda: now() + later
    await logged.send("POST", "/rooms", {"participants": {ALICE: {}}})
    name, upkeep = trigger(timer, logged, 1)
    assert name == "upkeep"
    await upkeep(cast(func.TimerRequest, None))
    later = days * DAY
    await upkeep(cast(func.TimerRequest, None))
    lines = logged.lines()
    assert raised(lines) == alerts
    workspace = Workspace(lines)
    assert workspace.rows(ALERTS["upkeep_silent"]) == []
    (row,) = workspace.rows(WORKBOOK_QUERIES["upkeep overdue"])
    assert row["Days"] == days


async def test_an_upkeep_that_is_behind_no_longer(logged: Logged) -> None:
    _, upkeep = trigger(timer, logged, 1)
    await upkeep(cast(func.TimerRequest, None))
    before = Line("INFO", "upkeep: looked at 9 rooms; removed nothing; oldest overdue 9.0 days")
    assert raised([before, *logged.lines()]) == set()


@pytest.mark.parametrize("lines", [[], [Line("ERROR", "upkeep: no storage")]], ids=str)
def test_an_upkeep_that_does_not_run(lines: list[Line]) -> None:
    assert Workspace(lines).rows(ALERTS["upkeep_silent"])


def test_an_app_that_does_nothing() -> None:
    assert Workspace([]).rows(ALERTS["app_silent"])
    assert not Workspace([], [Execution("upkeep", 0, succeeded=True)]).rows(ALERTS["app_silent"])


async def test_a_defect(logged: Logged) -> None:
    def fail(*_: object) -> Outcome:
        raise AssertionError

    app = logged.app
    intake = Intake("acs", fail, app.calls, app.call_log, app.quarantine, app.clock)
    await intake.accept("{}")
    assert raised(logged.lines()) == {"quarantine_grew", "app_errors"}
