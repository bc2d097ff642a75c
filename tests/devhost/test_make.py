"""`make start`, as a user types it."""

import os
import signal
import subprocess
from pathlib import Path

from devhost.azurite import PROJECT
from testkit.ports import free_port


def test_it_starts_in_a_folder_with_a_space_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    for entry in PROJECT.iterdir():
        (folder / entry.name).symlink_to(entry)
    command = ["make", "start", f"PORT={free_port(3)}", f"DATA={tmp_path / 'some data'}"]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as make:
        assert make.stdout
        printed = ""
        while "Ctrl-C" not in printed and (line := make.stdout.readline()):
            printed += line
        os.killpg(make.pid, signal.SIGINT)
        assert make.stdout.read().strip() == "Stopping."
    assert "Ready:" in printed
    assert (tmp_path / "some data" / "azurite").is_dir()
