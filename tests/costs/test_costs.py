"""What a month costs: the arithmetic, and the page that tells it."""

import re
from datetime import UTC, datetime

import pytest

from costs.entities import size
from costs.measure import measure
from costs.month import BUSY_SECONDS, FREQUENT_ALERTS, RARE_ALERTS, Peak, month, peak
from costs.page import PAGE, page
from costs.prices import EVENTS
from costs.room import Kind, RoomUse, load
from devhost.azurite import PROJECT

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

USE = RoomUse(
    people=2,
    meetings=1,
    kinds=(Kind("admission", 10, 20), Kind("event", 30, 30)),
    rows=100,
    stored_bytes=150_000,
    processor_seconds=0.4,
    log_lines=20,
)


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(load()), "Run make costs."


def test_only_what_is_not_free_is_billed() -> None:
    assert EVENTS.of(99_999) == 0
    assert EVENTS.of(1_100_000) == pytest.approx(0.60)


def test_a_month_has_the_use_of_all_rooms() -> None:
    amounts = {line.what: line.amount for line in month(USE, 1000).lines}
    assert amounts == pytest.approx(
        {
            "Functions, executions": 40_000 + 12_960,
            "Functions, time of instances": 2 * (40_000 + 12_960),
            "Event Grid": 60_000,
            "Table Storage, requests": 50_000,
            "Table Storage, stored": 2,
            "Log Analytics": 0.06,
            "Alerts": 9,
        }
    )


def test_executions_share_the_instances_that_their_work_needs() -> None:
    # 158 admissions and 473 events a second, of 10 ms each, keep 1.6 and 4.7 cores busy.
    found = {line.what: line.amount for line in month(USE, 10**7).lines}
    assert found["Functions, time of instances"] == 2 * ((4 + 10) * BUSY_SECONDS + 12_960)


def test_executions_that_are_alone_cost_a_second_each() -> None:
    found = month(USE, 10**7)
    time = next(line.usd for line in found.lines if line.what == "Functions, time of instances")
    assert time + found.alone_usd == pytest.approx((2 * (4e8 + 12_960) - 100_000) * 0.000026)


def test_most_comes_when_most_rooms_begin() -> None:
    assert peak(USE, 36_000) == Peak(admissions=10, events=15, rows=50)


def test_the_size_of_an_entity_is_that_of_table_storage() -> None:
    entity = {"PartitionKey": "7", "RowKey": "room", "at": datetime.now(UTC), "n": 1, "text": "tea"}
    keys_and_timestamp = 4 + 2 * 5 + (8 + 18 + 8)
    assert size(entity) == keys_and_timestamp + (8 + 4 + 8) + (8 + 2 + 4) + (8 + 8 + 4 + 6)


def test_the_alerts_are_those_of_the_infrastructure() -> None:
    alerts = (PROJECT / "infra" / "monitoring" / "monitoring.bicep").read_text()
    every = re.findall(r"^ +every: '(\w+)'$", alerts, re.MULTILINE)
    frequent = every.count("PT5M")
    assert (frequent, len(every) - frequent) == (FREQUENT_ALERTS, RARE_ALERTS)


@pytest.mark.thorough
def test_requests_cost_the_storage_what_they_cost_when_they_were_measured() -> None:
    now, then = measure(4, 2, lambda _: None), load()[0]
    for kind in ("admission", "event", "change of a role", "presence"):
        costs = [use.kind(kind).storage_requests / use.kind(kind).executions for use in (now, then)]
        assert costs[0] == pytest.approx(costs[1], rel=0.1), kind
