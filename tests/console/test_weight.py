"""What the console weighs, and what its first view waits for. Without a browser."""

import re

from rooms.console.assets import read_console
from rooms.pages.files import INDEX, Page

MOST = 120_000
"""Bytes of all files together, compressed, without the library that signs people in."""

IMPORTED = re.compile(r'\bfrom\s*"([^"]+)"')
IN_MAP = re.compile(r'"([^"]+)": "/console/([^"]+)"')
PRELOADED = re.compile(r'rel="modulepreload" href="/console/([^"]+)"')


def console() -> Page:
    page = read_console()
    assert page is not None
    return page


def text(page: Page, name: str) -> str:
    return page.files[name].content.decode()


def test_all_files_together_are_small() -> None:
    weights = {name: len(file.gzipped) for name, file in console().files.items()}
    assert sum(weights.values()) <= MOST, weights


def test_what_home_needs_is_loaded_at_once() -> None:
    """One after the other, a browser would learn of each from the one before."""
    page = console()
    index = text(page, INDEX)
    names = dict(IN_MAP.findall(index))
    wanted, needed = ["app.js", "home.js"], set[str]()
    while wanted:
        if (name := wanted.pop()) not in needed:
            needed.add(name)
            imported = IMPORTED.findall(text(page, name))
            wanted += [names.get(path, path.removeprefix("/console/")) for path in imported]
    assert sorted(PRELOADED.findall(index)) == sorted(needed - {"app.js"})
