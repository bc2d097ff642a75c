"""On what a run was made, as far as it bears on the figures: no names and no paths."""

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

import psutil

from devhost.azurite import MODULE


def machine() -> Mapping[str, str]:
    """What people want to know of it, in order."""
    azurite = json.loads((MODULE / "package.json").read_text())
    return {
        "processor": f"{_model()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": (
            f"{platform.system()} {platform.machine()}, Python "
            f"{platform.python_version()}, Azurite {azurite['version']}"
        ),
    }


def _model() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
