"""The app's settings and its host.json, as Core Tools reads them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devhost import cors
from devhost.errors import CannotStart

STORAGE = "AzureWebJobsStorage"
DEVELOPMENT_STORAGE = "UseDevelopmentStorage=true"

KEY_PREFIX = "ROOMS_MANAGE_KEY__"
"""Prefix of the settings that hold a key which may do everything."""

_FILES = ("local.settings.json", "local.settings.sample.json")


def read_settings(app: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the settings: `environment` first, then the `Values` of the app's
    local.settings.json, or of the sample if there is none."""
    values = _section(_file(app), "Values")
    return {name: _text(value) for name, value in values.items()} | dict(environment)


def read_cors(app: Path) -> cors.Cors | None:
    """Returns which origins may call the app, as the section `Host` of the same file says."""
    file = _file(app)
    try:
        return cors.parse(_section(file, "Host"))
    except ValueError as problem:
        raise CannotStart(f"{file}: {problem}") from None


def on_development_storage(settings: Mapping[str, str]) -> list[str]:
    """Returns the names of the settings that ask for Azurite, if one of them is the app's own."""
    names = [name for name, value in settings.items() if value == DEVELOPMENT_STORAGE]
    return names if any(name != STORAGE for name in names) else []


def read_route_prefix(app: Path) -> str:
    """Returns the prefix of every route in host.json. The default is `api`."""
    file = app / "host.json"
    settings = _read(file) if file.is_file() else {}
    prefix = settings.get("extensions", {}).get("http", {}).get("routePrefix", "api")
    return str(prefix).strip("/")


def _file(app: Path) -> Path | None:
    return next((app / name for name in _FILES if (app / name).is_file()), None)


def _section(file: Path | None, name: str) -> dict[str, Any]:
    section = _read(file).get(name, {}) if file else {}
    if not isinstance(section, dict):
        raise CannotStart(f"{file}: {name} must be an object of settings.")
    return section


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise CannotStart(f"{file} is not JSON: {error}.") from None
    if not isinstance(content, dict):
        raise CannotStart(f"{file} is not a JSON object.")
    return content


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def manage_key(settings: Mapping[str, str]) -> tuple[str, str | None]:
    """Returns the name of the first setting that holds a key which may do everything, and the
    key."""
    return next(
        (
            (name, value)
            for name, value in settings.items()
            if name.startswith(KEY_PREFIX) and value
        ),
        ("", None),
    )
