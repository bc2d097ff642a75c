"""What `make faults` looks for is found."""

from collections import Counter
from typing import Any

import pytest

from faults.kills import differences
from faults.report import HOW, page
from faults.result import Result
from faults.soak import GROWTH, Open, Sample, grown, left_open
from faults.trials import Run, own_requests

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
    samples = [Sample(second, 100 * factor, 50 * factor) for second in range(100) for factor in [late if second > 80 else 1.0]]
    assert len(list(grown(samples, 100))) == problems


def run_of(*seen: str) -> Run:
    return Run((200, None), None, 1, False, seen, [])


def test_the_requests_that_only_a_fault_causes() -> None:
    read, write, mark = "GET /t(PartitionKey='1',RowKey='99412345678:room')", "POST /$batch", "GET /t(RowKey='~1234567890')"
    same_of_another_room = read.replace("99412345678", "99487654321")
    assert own_requests(run_of(same_of_another_room, write), run_of(read, write)) == []
    assert own_requests(run_of(read, write, mark, write), run_of(read, write)) == [2, 3]


def test_the_page_has_each_part_and_what_did_not_hold() -> None:
    parts: list[dict[str, Any]] = [{"figures": {"runs": "12"}, "problems": []}, {"figures": {}, "problems": ["it broke"]}]
    results = [Result(name, "It holds.", **part) for name, part in zip(HOW, parts, strict=False)]
    text = page(results, {"memory": "8 GiB"})
    assert text.startswith("# Reliability\n")
    assert "| runs | 12 |" in text
    assert "\n* it broke\n" in text
    assert "| memory | 8 GiB |" in text
