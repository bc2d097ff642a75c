"""Writes a folder into a zip file."""

import stat
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from package.target import IGNORED

_TIME = (1980, 1, 1, 0, 0, 0)
"""The first that a zip file knows."""

_UNIX = 3
_MODE = stat.S_IFREG | 0o644


def zip_folder(folder: Path, file: Path) -> None:
    """Zips all files of a folder. The same files give the same bytes: the zip has no times, owners
    or modes of theirs."""
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        for path in files(folder):
            entry = ZipInfo(path.relative_to(folder).as_posix(), _TIME)
            if entry.filename == IGNORED:
                continue
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            zipped.writestr(entry, path.read_bytes())


def files(folder: Path) -> list[Path]:
    """Returns the files below a folder, in the order of their paths on any machine."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())
