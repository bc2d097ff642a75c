"""Finds livekit-server on this machine, or builds it with Go.

`python -m devhost.livekit_program` does that for the Makefile, before anything is installed, so it
needs the standard library only.
"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from devhost.errors import CannotStart

VERSION = "1.13.5"
"""The newest release without replaced modules, which `go install` refuses."""

PACKAGE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"

VARIABLE = "LIVEKIT_SERVER"
"""The variable of the environment that names the program."""

FOLDER = Path(__file__).resolve().parents[2] / ".media"
"""Where it is built. `make clean` leaves it there."""

OLDEST_GO = (1, 26)
"""What its go.mod asks for. Go from 1.21 on gets itself a newer one, if it may."""

_QUICKLY = ("-gcflags=all=-N -l -dwarf=false", "-ldflags=-s -w")
_QUICK_BUILD = {"GOFLAGS": "", "CGO_ENABLED": "0", "GOGC": "400"}
"""Without optimization and debug information the build takes 112 s of processor time, not 182 s.
The program is slower, but quick enough for a few people."""

_PROGRESS_SECONDS = 15
_SHOWN_LINES = 12

WAYS = f"""Get it in one of these ways, and try again:
  macOS:  brew install livekit
  Linux:  curl -sSL https://get.livekit.io | bash
  Docker: mkdir -p .media && id=$(docker create livekit/livekit-server:v{VERSION}) && \
docker cp $id:/livekit-server .media/livekit-server-{VERSION} && docker rm $id
  Go:     install Go {OLDEST_GO[0]}.{OLDEST_GO[1]} or newer, which builds it
Or name the program: {VARIABLE}=<path>"""


def built(folder: Path = FOLDER) -> Path:
    """Returns where the program is after it was built."""
    return folder / f"livekit-server-{VERSION}"


def find(folder: Path = FOLDER) -> Path | None:
    """Returns the program that the environment names, or that is on PATH, or that was built.

    Raises:
        CannotStart: the environment names something else.
    """
    if named := os.environ.get(VARIABLE):
        program = Path(named).expanduser().resolve()
        if not _runs(program):
            raise CannotStart(f"{VARIABLE}: {program} is no program. Correct it, or unset it.")
        return program
    if on_path := shutil.which("livekit-server"):
        return Path(on_path).resolve()
    return built(folder) if _runs(built(folder)) else None


def find_or_build(folder: Path = FOLDER) -> Path:
    """Returns the program. Builds it if it is nowhere, which takes minutes, and says how it goes.

    Raises:
        CannotStart: it cannot be built.
    """
    if program := find(folder):
        return program
    go = _go()
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        if not _runs(built(folder)):  # else another process has built it meanwhile
            _build(go, folder)
    return built(folder)


def wait_for_build(seconds: float, folder: Path = FOLDER) -> bool:
    """Waits until no other process builds the program, so many seconds at most. Returns whether
    none does."""
    if not folder.is_dir():
        return True
    until = time.monotonic() + seconds
    with (folder / "lock").open("w") as lock:
        while not _taken(lock):
            if time.monotonic() > until:
                return False
            time.sleep(1)
    return True


def log_of_build(folder: Path = FOLDER) -> Path:
    """Returns the file with the output of the last build that failed or is under way."""
    return folder / "build.log"


def _runs(program: Path) -> bool:
    return program.is_file() and os.access(program, os.X_OK)


def _go() -> str:
    """Returns the path of Go. Raises CannotStart if it is missing or too old."""
    go = shutil.which("go")
    if go is None:
        raise CannotStart(
            f"livekit-server is missing, and Go, which would build it, is not on PATH.\n{WAYS}"
        )
    said = _answer_of(go, "version")
    version = re.search(r"\bgo(\d+)\.(\d+)", said)
    if version is None:
        raise CannotStart(f"{go} is no Go: `go version` says {said[:100]!r}.\n{WAYS}")
    have = (int(version[1]), int(version[2]))
    renews_itself = have >= (1, 21) and not _answer_of(go, "env", "GOTOOLCHAIN").startswith("local")
    if have < OLDEST_GO and not renews_itself:
        raise CannotStart(
            f"livekit-server is missing, and Go {have[0]}.{have[1]} is too old to build it.\n{WAYS}"
        )
    return go


def _answer_of(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip()


def _build(go: str, folder: Path) -> None:
    print(
        f"Building livekit-server {VERSION} with Go, once: about 3 minutes on two cores, "
        "and 1 GB on the disk ...",
        flush=True,
    )
    log = log_of_build(folder)
    began = time.monotonic()
    with log.open("wb") as output:
        building = subprocess.Popen(
            [go, "install", "-v", *_QUICKLY, PACKAGE],
            env={**os.environ, **_QUICK_BUILD, "GOBIN": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    ended = threading.Event()
    threading.Thread(target=_say_progress, args=(log, began, ended), daemon=True).start()
    try:
        code = building.wait()
    finally:
        ended.set()
        building.kill()
    if code:
        lines = log.read_text(errors="replace").splitlines()[-_SHOWN_LINES:]
        raise CannotStart(
            f"livekit-server could not be built. {log} ends with:\n"
            + "".join(f"  {line}\n" for line in lines)
            + WAYS
        )
    (folder / "server").replace(built(folder))
    log.unlink()
    print(f"Built {built(folder)} in {time.monotonic() - began:.0f} s.", flush=True)


def _say_progress(log: Path, began: float, ended: threading.Event) -> None:
    while not ended.wait(_PROGRESS_SECONDS):
        print(progress(log.read_text(errors="replace"), time.monotonic() - began), flush=True)


def progress(log: str, seconds: float) -> str:
    """Returns a line about a build after so many seconds, by what Go has said so far."""
    lines = log.splitlines()
    loaded = sum(line.startswith("go: downloading") for line in lines)
    compiled = len(lines) - loaded
    return f"  {seconds:.0f} s: {loaded} modules downloaded, {compiled} packages compiled"


def _taken(lock: IO[str]) -> bool:
    """Takes the lock, if nobody has it. Returns whether it did."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Holds the lock of the build. Waits for it, and says so."""
    with (folder / "lock").open("w") as lock:
        if not _taken(lock):
            print("Another process builds livekit-server. Waiting for it ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        print(f"livekit-server is {find_or_build()}")
    except CannotStart as problem:
        sys.exit(f"devhost: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
