"""The key that this checkout makes for itself at the first start: the file `.devhost/key`."""

import base64
import fcntl
import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from devhost.settings import KEY_PREFIX, manage_key, read_settings

NAME = f"{KEY_PREFIX}development"
"""The setting that gets the key. The sample has it, empty."""

BYTES = 48

_PUBLISHED = "359c96b55d03d0d9beb9a569c26f31448f3bb7a8bb855b4569f64309c56383d4"
"""SHA-256 of a key that local.settings.sample.json once had. Everybody knows it. The
service knows it, too, but this process must not load `rooms` before the folder of the app is
named."""


def with_development_key(settings: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Returns the settings. If they have the setting of the development key, but no key that may
    change rooms, it gets the key in `folder`, which is made if it is not there."""
    _, key = manage_key(settings)
    if key is not None or NAME not in settings:
        return dict(settings)
    return {**settings, NAME: kept_secret(folder / "key")}


def key_for_clients(project: Path, environment: Mapping[str, str]) -> tuple[str, str | None]:
    """Returns a manage key of the app in `project`, and the name of its setting. It comes from
    `environment`, or else from the app's settings, or else from the checkout."""
    name, key = manage_key(environment)
    if key is not None:
        return name, key
    settings = read_settings(project, environment)
    return manage_key(with_development_key(settings, project / ".devhost"))


def published(settings: Mapping[str, str]) -> list[str]:
    """Returns the names of the settings that hold the published key."""
    return [
        name
        for name, value in settings.items()
        if name.startswith(KEY_PREFIX) and hashlib.sha256(value.encode()).hexdigest() == _PUBLISHED
    ]


def kept_secret(file: Path) -> str:
    """Returns the random secret in the file, in base64. Makes both if needed: only the owner reads
    the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with (file.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several may start at once
        if not file.exists():
            partial = file.with_suffix(".new")
            partial.unlink(missing_ok=True)
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                opened.write(f"{base64.b64encode(secrets.token_bytes(BYTES)).decode()}\n")
            partial.replace(file)
        return file.read_text().strip()
