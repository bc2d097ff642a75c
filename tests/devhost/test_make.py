"""`make start`, as a user types it."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from testkit.ports import free_port
from tests.effort import thorough

ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """This checkout, in a folder with a space in its name."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name != ".devhost":
            (folder / entry.name).symlink_to(entry)
    return folder


def test_after_one_line_the_command_line_reaches_the_service(
    checkout: Path, tmp_path: Path
) -> None:
    command = ["make", "start", f"PORT={free_port(3)}", f"DATA={tmp_path / 'some data'}"]
    with subprocess.Popen(
        command,
        cwd=checkout,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as make:
        assert make.stdout
        printed = ""
        while "Ctrl-C" not in printed and (line := make.stdout.readline()):
            printed += line
        (source,) = [line for line in printed.splitlines() if line.startswith("  source ")]
        rooms = f"{source.replace('source', '.')} && exec '{checkout}/.venv/bin/rooms' list"
        listed = subprocess.run(["sh", "-c", rooms], capture_output=True, text=True)
        os.killpg(make.pid, signal.SIGINT)
        assert make.stdout.read().strip() == "Stopping."
    assert "Ready:" in printed
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "No rooms.\n", "")
    assert (tmp_path / "some data" / "azurite").is_dir()
    key = (PROJECT / ".devhost" / "key").read_text().strip()
    assert f";accesskey={key}'" in (checkout / ".devhost" / "env").read_text()


@pytest.mark.parametrize("offset", [1, *thorough(0, 2)])
def test_a_port_in_use_is_named_before_anything_is_installed(
    checkout: Path, tmp_path: Path, offset: int
) -> None:
    (checkout / ".venv").unlink()
    port = free_port(3)
    with socket.create_server(("127.0.0.1", port + offset)):
        made = subprocess.run(
            ["make", "start", f"PORT={port}", f"DATA={tmp_path / 'data'}"],
            cwd=checkout,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
        )
    assert made.returncode == 2
    assert made.stderr.startswith(f"devhost: Port {port + offset} is in use. Try: make start PORT=")
    assert made.stdout == ""
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("port", ["65534", "1; exit", *thorough("", "no port", "0", "-1")])
def test_a_port_that_is_none_is_refused(checkout: Path, port: str) -> None:
    made = subprocess.run(
        ["make", "start", f"PORT={port}"],
        cwd=checkout,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 2
    assert made.stderr.startswith(f"devhost: PORT must be a number from 1 to 65533, not {port!r}\n")


def test_a_media_server_that_is_none_is_refused(checkout: Path) -> None:
    made = subprocess.run(
        ["make", "start", f"PORT={free_port(5)}", "MEDIA=zoom"],
        cwd=checkout,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 2
    assert made.stderr.startswith("devhost: MEDIA must be livekit, or not be set, not 'zoom'\n")
