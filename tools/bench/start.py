"""How soon the service answers after the start of its process, and what it imports until then."""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from devhost.azurite import PROJECT
from devhost.table import prepare_table
from faults.result import Tell
from testkit.devhost import start_devhost
from testkit.raw_http import exchange
from testkit.running import new_key
from testkit.waiting import HANG_SECONDS

LIMIT = 1.25
"""What our app may take, of what an app of one trivial function and a tables client takes on the
same host."""

TRIVIAL = Path(__file__).parent / "trivial"

_KEEPING = {"PYTHONDONTWRITEBYTECODE": ""}
"""Python keeps the modules that it has compiled, as it does unless it is told not to."""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process until its first answer, which takes a request to the
    storage; medians."""

    service: float
    trivial: float

    @property
    def ratio(self) -> float:
        """Ours, of the trivial one's."""
        return self.service / self.trivial


def starts(folder: Path, storage: str, rounds: int, tell: Tell) -> Start:
    """Starts both apps in turn, so many times each, and once before, for their modules to be
    compiled."""
    found: dict[Path, list[float]] = {PROJECT: [], TRIVIAL: []}
    for each in range(rounds + 1):
        for app, seconds in found.items():
            tell(f"start {each} of {rounds}")
            taken = _seconds_to_answer(app, folder / f"{each}-{app.name}", storage)
            if each > 0:
                seconds.append(taken)
    return Start(median(found[PROJECT]), median(found[TRIVIAL]))


def _seconds_to_answer(app: Path, folder: Path, storage: str) -> float:
    key = new_key()
    settings = {
        "ROOMS_STORAGE": storage,
        "ROOMS_TABLE": "start",
        "ROOMS_MANAGE_KEY__bench": key,
        **_KEEPING,
    }
    prepare_table(storage, "start")
    began = time.perf_counter()
    devhost = start_devhost(app, folder, settings)
    request = (
        f"GET /rooms/99400000000000000/overview HTTP/1.1\r\nHost: "
        f"localhost\r\nx-api-key: {key}\r\n\r\n"
    ).encode()
    try:
        while True:
            try:
                answer = exchange("127.0.0.1", devhost.port, request)
            except OSError:
                if devhost.process.poll() is not None or time.perf_counter() - began > HANG_SECONDS:
                    raise RuntimeError(f"The app did not answer:\n{devhost.printed()}") from None
                time.sleep(0.005)
                continue
            taken = time.perf_counter() - began
            if answer.status != 404:
                raise RuntimeError(f"The app answered {answer.status}:\n{devhost.printed()}")
            return taken
    finally:
        devhost.kill()


_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
_SHOWN = (
    "azure.functions",
    "azure_functions_runtime",
    "azure.data",
    "azure.core",
    "pydantic",
    "jwt",
    "aiohttp",
    "rooms",
)
_TOGETHER = {
    "pydantic_core": "pydantic",
    "annotated_types": "pydantic",
    "typing_inspection": "pydantic",
}


def import_times(rounds: int) -> Mapping[str, float]:
    """Milliseconds that importing the app takes, by package, without those that a package imports
    in turn; medians."""
    samples = [_import_times() for _ in range(rounds)]
    names = {name for sample in samples for name in sample}
    found = {name: median(sample[name] for sample in samples) / 1000 for name in names}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _import_times() -> Counter[str]:
    """Microseconds."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("ROOMS_")}
    command = [sys.executable, "-X", "importtime", "-c", "import function_app"]
    printed = subprocess.run(
        command, cwd=PROJECT, env=settings | _KEEPING, capture_output=True, text=True, check=True
    ).stderr
    times = Counter[str]()
    for line in printed.splitlines():
        if found := _IMPORT.match(line):
            times[_package(found[2])] += int(found[1])
    return times


def _package(module: str) -> str:
    first = module.partition(".")[0]
    first = _TOGETHER.get(first, first)
    known = [name for name in _SHOWN if f"{module}.".startswith(f"{name}.") or name == first]
    return known[0] if known else "Python's own and others"
