"""How soon the service answers after the start of its process, and what it imports until then."""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
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
"""What our app may take, of the processor time that an app of one trivial function and a tables
client takes on the same host."""

MEDIA_LIMIT_MS = 20
"""Processor time that our app may take more if it has a media server, in milliseconds."""

TRIVIAL = Path(__file__).parent / "trivial"

_KEEPING = {"PYTHONDONTWRITEBYTECODE": ""}
"""Python keeps the modules that it has compiled, as it does unless it is told not to."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds from the start of a process until its first answer, which takes a request to the
    storage: by the clock, and of processor time."""

    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class Start:
    """What starts take; medians."""

    service: Taken
    with_media: Taken
    """Ours, with a media server in its settings."""
    trivial: Taken

    @property
    def ratio(self) -> float:
        """Ours, of the trivial one's, in processor time."""
        return self.service.processor / self.trivial.processor

    @property
    def media_ms(self) -> float:
        """How many milliseconds of processor time more ours takes with a media server."""
        return 1000 * (self.with_media.processor - self.service.processor)


_SETTINGS_WITH_MEDIA = {
    "ROOMS_MEDIA_URL": "wss://media.invalid",
    "ROOMS_MEDIA_KEY__bench": "a secret that no media server knows",
}

_APPS: Sequence[tuple[str, Path, Mapping[str, str]]] = (
    ("service", PROJECT, {}),
    ("with media", PROJECT, _SETTINGS_WITH_MEDIA),
    ("trivial", TRIVIAL, {}),
)


def starts(folder: Path, storage: str, rounds: int, tell: Tell) -> Start:
    """Starts the apps in turn, so many times each, and once before, for their modules to be
    compiled."""
    found: dict[str, list[Taken]] = {name: [] for name, *_ in _APPS}
    for each in range(rounds + 1):
        for name, app, settings in _APPS:
            tell(f"start {each} of {rounds}")
            taken = _until_answer(app, folder / f"{each}-{name}", storage, settings)
            if each > 0:
                found[name].append(taken)
    return Start(*(_median(found[name]) for name, *_ in _APPS))


def _median(taken: Sequence[Taken]) -> Taken:
    return Taken(median(each.clock for each in taken), median(each.processor for each in taken))


def _until_answer(app: Path, folder: Path, storage: str, more: Mapping[str, str]) -> Taken:
    key = new_key()
    settings = {
        **more,
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
            return Taken(taken, _processor_seconds(devhost.process.pid))
    finally:
        devhost.kill()


def _processor_seconds(pid: int) -> float:
    """Returns the processor time of a process so far, of all of its threads."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


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
