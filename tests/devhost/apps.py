"""Function apps for devhost, and what it says of one that it cannot start."""

import json
from collections.abc import Mapping
from pathlib import Path

from testkit.devhost import start_devhost
from testkit.waiting import HANG_SECONDS

APP = Path(__file__).parent / "app"


def written_app(folder: Path, source: str, settings: Mapping[str, str] | None = None) -> Path:
    """Writes a function app of one file. Returns its folder."""
    folder.mkdir()
    (folder / "function_app.py").write_text(
        f"import azure.functions as func\napp = func.FunctionApp()\n{source}\n"
    )
    (folder / "local.settings.json").write_text(json.dumps({"Values": dict(settings or {})}))
    return folder


def failed_start(app: Path, folder: Path, port: int | None = None) -> str:
    """Returns what a devhost prints that cannot start."""
    devhost = start_devhost(app, folder, port=port)
    assert devhost.process.wait(HANG_SECONDS) == 1, devhost.printed()
    return devhost.printed()
