"""What `make faults` looks for is found."""

from collections import Counter
from random import Random
from typing import Any, cast

import pytest

from faults.__main__ import PARTS
from faults.kills import differences
from faults.lane import Lane
from faults.operation import Operation, Outcome, Trial, shape
from faults.report import page
from faults.result import Result
from faults.soak import GROWTH, Open, Sample, grown, left_open
from faults.storage_faults import OPERATIONS
from faults.trials import Run, Wrong, checked, own_requests
from rooms.api.acs.versions.table import API_VERSIONS
from testkit.raw import VERSIONS
from testkit.storage_proxy import StorageProxy

IDLE = Open({"serve": 2, "timer": 1}, 5, 20, 3)


def test_what_is_lost_doubled_or_unknown() -> None:
    assert list(differences("event", Counter("aab"), "ab")) == ["1 events are doubled, such as a"]
    assert list(differences("event", Counter("a"), "ab")) == ["1 events are lost, such as b"]
    assert list(differences("event", Counter("abc"), "ab")) == ["1 events are unknown, such as c"]
    assert list(differences("event", Counter("ab"), "ab")) == []


@pytest.mark.parametrize(
    ("left", "problems"),
    [
        (Open({"serve": 2, "timer": 1}, 5, 20, 9), []),
        (Open({"timer": 1}, 4, 19, 0), []),
        (Open({"serve": 3, "timer": 1}, 5, 20, 3), ["tasks are left: {'serve': 1}"]),
        (Open({"other": 1}, 5, 20, 3), ["tasks are left: {'other': 1}"]),
        (Open({}, 6, 20, 3), ["there are 6 threads, and there were 5"]),
        (Open({}, 5, 21, 3), ["21 files and connections are open, and there were 20"]),
    ],
)
def test_what_is_left_open(left: Open, problems: list[str]) -> None:
    assert list(left_open(IDLE, left)) == problems


@pytest.mark.parametrize(("late", "problems"), [(1 + GROWTH, 0), (1 + 2 * GROWTH, 2)])
def test_memory_that_has_grown(late: float, problems: int) -> None:
    samples = [
        Sample(second, 100 * factor, 50 * factor)
        for second in range(100)
        for factor in [late if second > 80 else 1.0]
    ]
    assert len(list(grown(samples))) == problems


def test_each_retired_api_version_is_tried() -> None:
    names = {operation.name for operation in OPERATIONS}
    whats = "create", "change", "get a room", "delete", "delete again"
    retired = API_VERSIONS.keys() - set(VERSIONS)
    assert retired
    assert names >= {f"{what} in {version}" for what in whats for version in retired}


def run_of(*seen: str) -> Run:
    return Run((200, None), None, 1, False, seen, [])


def test_the_requests_that_only_a_fault_causes() -> None:
    read, write, mark = (
        "GET /t(PartitionKey='1',RowKey='99412345678:room')",
        "POST /$batch",
        "GET /t(RowKey='~1234567890')",
    )
    same_of_another_room = read.replace("99412345678", "99487654321")
    assert own_requests(run_of(same_of_another_room, write), run_of(read, write)) == []
    assert own_requests(run_of(read, write, mark, write), run_of(read, write)) == [2, 3]


def test_the_shape_of_a_request_has_no_ids() -> None:
    user = "GET /t(PartitionKey='identity',RowKey='.user:{}')"
    guids = "12345678-1234-4abc-9234-123456789012", "abcdef01-2345-4678-9abc-def012345678"
    assert {shape(user.format(each)) for each in guids} == {user.format("#")}
    assert shape(f"{'a1' * 32}:~1234567890") == "#:~#"


def made(outcome: Outcome, left: str) -> Run:
    """A checked run of what ends so, where without faults the answer is 204 and `as it was` is
    left."""
    lane = Lane(cast(Any, None), StorageProxy(""), cast(Any, None), "table", Random(1))
    operation = Operation("drop", (), lambda _: Trial(lambda: outcome, lambda _: left))
    return checked(operation, lane, {}, Run((204, ""), "as it was", 1, False, [], []))


def test_a_run_under_faults_must_end_as_one_without() -> None:
    assert made(Outcome((204, ""), 2), "as it was").tries == 2
    assert made(Outcome((404, ""), 2, gone=True), "as it was").gone
    with pytest.raises(Wrong, match="answered .*404"):
        made(Outcome((404, ""), 2), "as it was")
    for gone in True, False:
        with pytest.raises(Wrong, match="left .*another"):
            made(Outcome((204, ""), 1, gone=gone), "another")


def test_the_page_has_each_part_and_what_did_not_hold() -> None:
    results = {name: Result(f"{name} holds.", {"runs": f"12 of {name}"}, []) for name in PARTS}
    results["kills"] = Result("", {}, ["it broke"])
    text = page(results, {"memory": "8 GiB"})
    assert text.startswith("# Reliability\n")
    assert [line for line in text.splitlines() if line.startswith("| runs |")] == [
        f"| runs | 12 of {name} |" for name in PARTS if name != "kills"
    ]
    assert "\n* it broke\n" in text
    assert text.count("\nIt held: no problem was found.\n") == len(PARTS) - 1
    assert "| memory | 8 GiB |" in text
    assert "$" not in text
