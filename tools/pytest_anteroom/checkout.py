"""Finds the checkout of Anteroom."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Optional
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pytest_anteroom.service import AnteroomFailed


def find_checkout(named: Optional[str]) -> Path:
    """Returns the folder that is named, or else the one that this package comes from.

    Raises:
        AnteroomFailed: it is not a checkout of Anteroom.
    """
    if named:
        home = Path(named).expanduser().resolve()
        if not _is_checkout(home):
            raise AnteroomFailed(f"{home} is not a checkout of Anteroom. Check ANTEROOM_HOME.")
        return home
    for found in (_of_this_file(), _of_the_installation()):
        if found and _is_checkout(found):
            return found
    raise AnteroomFailed("The checkout of Anteroom is missing. Set ANTEROOM_HOME to its folder.")


def _is_checkout(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("Makefile", "function_app.py"))


def _of_this_file() -> Path:
    """Returns the checkout if pip has installed this package as editable."""
    return Path(__file__).resolve().parents[2]


def _of_the_installation() -> Optional[Path]:
    """Returns the checkout that pip has installed this package from, as pip notes it (PEP 610)."""
    try:
        noted = distribution("pytest-anteroom").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    url = urlsplit(json.loads(noted or "{}").get("url", ""))
    return Path(url2pathname(url.path)).parents[1] if url.scheme == "file" else None
