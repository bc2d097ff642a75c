"""Where livekit-server is found, and what is said if it is nowhere and cannot be built."""

import fcntl
from pathlib import Path

import pytest

from devhost.errors import CannotStart
from devhost.livekit_program import (
    VARIABLE,
    VERSION,
    built,
    find,
    find_or_build,
    log_of_build,
    progress,
    wait_for_build,
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of PATH, with nothing in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv(VARIABLE, raising=False)
    return folder


def program(file: Path, script: str = "") -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    file.chmod(0o755)
    return file


def go(folder: Path, version: str, install: str, toolchain: str = "local") -> None:
    """Writes a `go` that runs `install` for `go install`."""
    program(
        folder / "go",
        f'case "$1" in version) echo "go version go{version} linux/amd64";; '
        f"env) echo {toolchain};; install) {install};; esac",
    )


def test_the_variable_comes_first_then_path_then_what_was_built(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = tmp_path / "media"
    assert find(media) is None
    program(built(media))
    assert find(media) == built(media)
    on_path = program(path / "livekit-server")
    assert find(media) == on_path
    named = program(tmp_path / "named")
    monkeypatch.setenv(VARIABLE, str(named))
    assert find(media) == named


def test_a_variable_that_names_no_program_is_refused(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(CannotStart, match=f"{VARIABLE}: .* is no program. Correct it, or unset"):
        find(tmp_path)


@pytest.mark.parametrize("without", ["Go", "a Go that is new enough"])
def test_the_ways_to_get_it_are_said(tmp_path: Path, path: Path, without: str) -> None:
    if without != "Go":
        go(path, "1.22.2", "exit 1")
    with pytest.raises(CannotStart) as refused:
        find_or_build(tmp_path)
    said = str(refused.value)
    assert ("not on PATH" if without == "Go" else "Go 1.22 is too old") in said
    for way in ("brew install livekit", "Linux:", "docker create", f"{VARIABLE}=<path>"):
        assert way in said


def test_it_is_built_once(tmp_path: Path, path: Path) -> None:
    media = tmp_path / "media"
    go(path, "1.26.1", 'echo "$@" >"$GOBIN/asked"; touch "$GOBIN/server"; chmod +x "$GOBIN/server"')
    assert find_or_build(media) == built(media)
    assert f"@v{VERSION}" in (media / "asked").read_text()
    assert not log_of_build(media).exists()
    go(path, "1.26.1", "exit 1")
    assert find_or_build(media) == built(media)


def test_a_go_that_renews_itself_may_be_older(tmp_path: Path, path: Path) -> None:
    go(path, "1.22.2", 'touch "$GOBIN/server"; chmod +x "$GOBIN/server"', toolchain="auto")
    assert find_or_build(tmp_path) == built(tmp_path)


def test_a_build_that_fails_is_said_with_its_last_lines(tmp_path: Path, path: Path) -> None:
    go(path, "1.26.1", "seq 100; echo no space left on device >&2; exit 1")
    with pytest.raises(CannotStart) as refused:
        find_or_build(tmp_path)
    said = str(refused.value)
    assert f"livekit-server could not be built. {log_of_build(tmp_path)} ends with:" in said
    assert "  no space left on device\n" in said
    assert "  100\n" in said
    assert "  50\n" not in said


def test_a_build_is_waited_for_no_longer_than_said(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not wait_for_build(0, tmp_path)
    assert wait_for_build(0, tmp_path)
    assert wait_for_build(0, tmp_path / "nothing was ever built")


def test_progress_counts_modules_and_packages() -> None:
    log = "go: downloading a v1\ngo: downloading b v2\na/x\na/y\nb\n"
    assert progress(log, 61.4) == "  61 s: 2 modules downloaded, 3 packages compiled"
