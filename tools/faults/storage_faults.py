"""Every operation with a fault at every request to the storage, one at a time; and then with two at
random."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from azure.core.exceptions import AzureError

from devhost.azurite import PROJECT
from faults.changes import CHANGES
from faults.erasures import ERASURES
from faults.identities import IDENTITIES
from faults.imports import IMPORTS
from faults.kept import KEPT
from faults.lane import Lane, lane
from faults.media import MEDIA
from faults.operation import Operation
from faults.reads import READS
from faults.result import Result, Tell, lasted
from faults.retired import RETIRED
from faults.trials import Run, Wrong, checked, kinds_at, own_requests, pair, run
from testkit.storage_proxy import Fault

OPERATIONS = [*CHANGES, *RETIRED, *IDENTITIES, *IMPORTS, *KEPT, *ERASURES, *MEDIA, *READS]

CHUNK = 6
"""Requests of an operation that one job goes through."""

SLOW = Fault.DELAYED, Fault.LATE
"""Faults that take the app until its time-out: these are begun with."""

EXPORT = "export_log"
"""The export needs Blob Storage, too. tests/reliability/test_export.py tries it, and tests/archive
kills it at each file."""

_INDEX = (
    "import function_app, json; print(json.dumps([each.get_function_name() for each in "
    "function_app.app.get_functions()]))"
)


@dataclass(frozen=True, slots=True)
class Job:
    """Runs of an operation, one after the other in one lane: `pairs` of random faults, or each of
    `numbers` with each kind."""

    operation: Operation
    kinds: Sequence[Fault]
    numbers: range
    pairs: int = 0


@dataclass
class Tally:
    """What came of all jobs. Shared by threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    requests: Counter[str] = field(default_factory=Counter)
    """Of each operation without faults."""
    runs: Counter[str] = field(default_factory=Counter)
    """Those that met their faults: with a `single` one, with a `second` one at a request that the
    first one caused, `pairs`."""
    of_kind: Counter[Fault] = field(default_factory=Counter)
    tried_again: int = 0
    """Runs in which the client had to."""
    most_tries: int = 1
    met: set[str] = field(default_factory=set)
    """Operations that met a fault."""
    problems: list[str] = field(default_factory=list)
    over: bool = False

    def add(self, operation: Operation, result: Run, what: str) -> None:
        if not result.met:  # the operation had one request less this time
            return
        with self.lock:
            self.met.add(operation.name)
            self.runs[what] += 1
            self.of_kind.update(result.met)
            self.tried_again += result.tries > 1
            self.most_tries = max(self.most_tries, result.tries)

    def wrong(self, problem: str) -> None:
        with self.lock:
            self.problems.append(problem)


def storage_faults(
    storages: Sequence[str],
    folder: Path,
    tell: Tell,
    operations: Sequence[Operation] = OPERATIONS,
    kinds: Sequence[Fault] = tuple(Fault),
    pairs: int = 1000,
    lanes: int = 12,
    seed: int = 1,
) -> Result:
    """Tries `operations` with `kinds` of faults, and then `pairs` of any of these kinds, in so many
    `lanes` side by side.

    Args:
        storages: the connection strings of the storage accounts.
        folder: for the logs of the apps.
    """
    tally, began = Tally(), time.monotonic()
    every, tried = functions(), {name for operation in operations for name in operation.functions}
    known = {name for operation in OPERATIONS for name in operation.functions}
    if forgotten := every - known - {EXPORT}:
        tally.problems.append(f"no operation tries {', '.join(sorted(forgotten))}")
    with ExitStack() as stack, ThreadPoolExecutor(lanes) as pool:
        tell(f"starting {lanes} apps, each behind a proxy")
        opened = list(
            pool.map(
                lambda number: stack.enter_context(lane(storages, folder, number, seed)),
                range(lanes),
            )
        )
        counted = _counted(opened[0], operations, tally)
        jobs = sorted(
            _single(counted, kinds), key=lambda job: (job.kinds[0] not in SLOW, -len(job.numbers))
        )
        _work(jobs, opened, tally, tell, pool)
        if not tally.problems:
            tally.problems += _untried(counted, tally)
        _work(list(_pairs(counted, kinds, pairs, Random(seed))), opened, tally, tell, pool)
        for each in opened:
            try:
                each.check_whole()
            except (AssertionError, AzureError) as error:
                tally.wrong(f"the table {each.table} in the end: {error}")
    kinds_told = ", ".join(f"{fault.name} {tally.of_kind[fault]:,}" for fault in kinds)
    return Result(
        "Whatever one request to the storage meets, or two, the client's retry ends in "
        "success, with the answer and the rows of "
        "a run without faults: nothing is lost, nothing is doubled.",
        {
            "operations": (
                f"{len(operations)}, of {len(tried)} of the {len(every)} functions of the app"
            ),
            "requests to the storage that they make": f"{tally.requests.total():,}",
            "runs with one fault": f"{tally.runs['single']:,}",
            "runs with a second one at a request that only the first one "
            "caused": f"{tally.runs['second']:,}",
            "runs with two at random": f"{tally.runs['pairs']:,}",
            "faults": kinds_told,
            "runs in which the client had to try again": (
                f"{tally.tried_again:,}, at most {tally.most_tries - 1} times"
            ),
            "time": lasted(time.monotonic() - began),
        },
        tally.problems,
    )


def functions() -> set[str]:
    """The names of all functions of the app. They are asked for in another process, as an app can
    be indexed once."""
    done = subprocess.run(
        [sys.executable, "-c", _INDEX], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def _counted(
    first: Lane, operations: Sequence[Operation], tally: Tally
) -> dict[str, tuple[Operation, Run]]:
    """Each operation once without faults; those that fail even so are left out."""
    counted = {}
    for operation in operations:
        try:
            result = run(operation, first, {})
            if (result.answer[0] < 400) == operation.refused:
                raise Wrong(f"{operation.name}, no fault: answered {result.answer}")
            counted[operation.name] = operation, result
            tally.requests[operation.name] = len(result.seen)
        except Wrong as wrong:
            tally.wrong(str(wrong))
    return counted


def _single(counted: dict[str, tuple[Operation, Run]], kinds: Sequence[Fault]) -> Iterator[Job]:
    for operation, without in counted.values():
        for begin in range(0, len(without.seen), CHUNK):
            for kind in kinds:
                yield Job(operation, [kind], range(begin, min(begin + CHUNK, len(without.seen))))


def _untried(counted: dict[str, tuple[Operation, Run]], tally: Tally) -> Iterator[str]:
    """What would look as if it held, because there were no faults."""
    if not tally.met:
        yield "no request to the storage ever met a fault"
    for name, (_, without) in counted.items():
        if without.seen and name not in tally.met:
            yield f"{name}: none of its requests to the storage met a fault"


def _pairs(
    counted: dict[str, tuple[Operation, Run]], kinds: Sequence[Fault], pairs: int, random: Random
) -> Iterator[Job]:
    with_requests = [operation for operation, without in counted.values() if without.seen]
    if not with_requests:
        return
    chosen = Counter(random.choices(range(len(with_requests)), k=pairs))
    for number, count in chosen.items():
        yield Job(with_requests[number], kinds, range(0), count)


def _work(
    jobs: Sequence[Job], lanes: Iterable[Lane], tally: Tally, tell: Tell, pool: ThreadPoolExecutor
) -> None:
    tally.over = False
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def work(own: Lane) -> None:
        while not tally.over:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                (_random_pairs if job.pairs else _each)(job, own, tally)
            except Wrong as wrong:  # of a run without faults
                tally.wrong(str(wrong))
            done = f"{tally.runs.total():,} runs, {len(tally.problems)} problems"
            tell(f"{done}; {waiting.qsize()} of {len(jobs)} jobs wait; {job.operation.name}")

    try:
        list(pool.map(work, lanes))
    finally:
        tally.over = True  # on Ctrl-C the lanes must not go on


def _each(job: Job, own: Lane, tally: Tally) -> None:
    without = run(job.operation, own, {})
    for number in job.numbers:
        for kind in job.kinds:
            if (
                tally.over
                or number >= len(without.seen)
                or kind not in kinds_at(without.seen[number])
            ):
                continue
            try:
                tally.add(
                    job.operation,
                    result := checked(job.operation, own, {number: kind}, without),
                    "single",
                )
                for other in own_requests(result, without):
                    tally.add(
                        job.operation,
                        checked(job.operation, own, {number: kind, other: kind}, without),
                        "second",
                    )
            except Wrong as wrong:
                tally.wrong(str(wrong))


def _random_pairs(job: Job, own: Lane, tally: Tally) -> None:
    """Until so many pairs have been met: the second request need not come."""
    without = run(job.operation, own, {})
    met = 0
    while met < job.pairs and not tally.over:
        try:
            result = checked(job.operation, own, pair(own.random, without, job.kinds), without)
        except Wrong as wrong:
            tally.wrong(str(wrong))
            met += 1
            continue
        if len(result.met) == 2:
            tally.add(job.operation, result, "pairs")
            met += 1
