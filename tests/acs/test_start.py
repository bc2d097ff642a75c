"""What a deployment without a mode imports of what moves rooms from ACS."""

import subprocess
import sys

from devhost.azurite import PROJECT


def test_without_a_mode_only_what_asks_acs_for_users_is_imported() -> None:
    script = "import sys, function_app; print(*(m for m in sys.modules if 'acs.' in m))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env={}, capture_output=True, check=True
    )
    imported = {each for each in done.stdout.decode().split() if each.startswith("rooms.acs.")}
    assert imported == {f"rooms.acs.{name}" for name in ("answer", "errors", "resource")}
    assert b"rooms.media.acs" not in done.stdout
