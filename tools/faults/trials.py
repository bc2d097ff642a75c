"""An operation under faults: what a run of it must be like, and at which requests there can be a
fault."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from itertools import islice
from random import Random

from azure.core.exceptions import AzureError

from faults.client import Unanswered
from faults.lane import Lane, Plan
from faults.operation import Operation, shape
from testkit.storage_proxy import Fault

WRITES = "POST", "PUT", "MERGE", "PATCH", "DELETE"

OWN_REQUESTS = 4
"""Requests that a fault causes, at which there is another one, at most: when upkeep runs again,
these are dozens."""

FOLLOWING = 4
"""The second fault of a pair is at most so many requests after the first."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run of an operation."""

    answer: tuple[int, object]
    """The status, and the body."""
    left: object
    """What the storage has of it then."""
    tries: int
    gone: bool
    seen: Sequence[str]
    """Its requests to the storage."""
    met: Sequence[Fault]
    """The faults that there were; one may have been planned for a request that never came."""


class Wrong(Exception):
    """A run was not as it must be."""


def run(operation: Operation, lane: Lane, faults: Mapping[int, Fault]) -> Run:
    """The operation, anew, with these faults, as a client who tries again carries it out."""
    plan = Plan(faults, operation.timer)
    try:
        trial = operation.prepare(lane)
        with lane.planned(plan):
            outcome = trial.carry_out()
        return Run(
            outcome.answer, trial.look(outcome), outcome.tries, outcome.gone, plan.seen, plan.met
        )
    except (
        AssertionError,
        Unanswered,
        AzureError,
        OSError,
        HTTPException,
        KeyError,
        ValueError,
        TypeError,
    ) as error:
        raise Wrong(
            f"{operation.name}, {_told(faults)}: {type(error).__name__}: {error}"
        ) from error


def checked(operation: Operation, lane: Lane, faults: Mapping[int, Fault], without: Run) -> Run:
    """The same, which must end as the run `without` faults did. Raises Wrong."""
    result = run(operation, lane, faults)
    for what, one, other in (
        ("answered", result.answer, without.answer),
        ("left", result.left, without.left),
    ):
        if one != other and not (what == "answered" and result.gone):
            difference = f"{_cut(one, other)} and not {_cut(other, one)}"
            raise Wrong(
                f"{operation.name}, {_told(faults)}: {what} {difference}, after "
                f"{result.tries} tries"
            )
    return result


def kinds_at(request: str) -> list[Fault]:
    """The faults that a request can have: a late read is a delayed one."""
    return [fault for fault in Fault if fault is not Fault.LATE or request.startswith(WRITES)]


def own_requests(result: Run, without: Run) -> list[int]:
    """The numbers of the requests that only came because there was a fault: the first of them."""
    return list(islice(_own_requests(result, without), OWN_REQUESTS))


def _own_requests(result: Run, without: Run) -> Iterator[int]:
    left = Counter(map(shape, without.seen))
    for number, request in enumerate(result.seen):
        of = shape(request)
        left[of] -= 1
        if left[of] < 0:
            yield number


def pair(random: Random, without: Run, kinds: Sequence[Fault]) -> dict[int, Fault]:
    """Two faults of these kinds at random: the second may be at a request that the first one
    causes."""
    first = random.randrange(len(without.seen))
    second = first + random.randint(1, FOLLOWING)
    return {first: random.choice(kinds), second: random.choice(kinds)}


def _told(faults: Mapping[int, Fault]) -> str:
    return (
        ", ".join(f"{fault.name} at request {number}" for number, fault in faults.items())
        or "no fault"
    )


def _cut(one: object, other: object) -> str:
    """The text of `one` around where it begins to differ from the other's."""
    same = next(
        (at for at, (a, b) in enumerate(zip(str(one), str(other), strict=False)) if a != b), 0
    )
    return f"...{str(one)[max(0, same - 100) : same + 200]}..."
