"""`python -m package`: builds what is deployed, into build/azure and build/anteroom.zip."""

import sys
import time
from pathlib import Path

from devhost.azurite import PROJECT
from package.build import build
from package.errors import CannotBuild


def main() -> None:
    """Builds the package, and says how that goes."""
    began = time.monotonic()
    try:
        built = build(PROJECT, PROJECT / "build", _tell)
    except CannotBuild as problem:
        sys.exit(f"make package: {problem}")
    except OSError as problem:
        sys.exit(f"make package: {problem}. Is the disk full, or not writable?")
    folder, zipped = (_shown(path) for path in (built.folder, built.zip))
    _tell(f"{folder}: {built.files:,} files, {built.size / 1e6:.1f} MB")
    _tell(f"{zipped}: {built.zip_size / 1e6:.1f} MB, after {time.monotonic() - began:.0f} s")


def _tell(line: str) -> None:
    print(line, flush=True)


def _shown(path: Path) -> Path:
    return path.relative_to(PROJECT)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
