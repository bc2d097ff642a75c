"""The files of the console: those in `static`, and libraries that npm installs."""

import base64
import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rooms.settings.entra import SignIn

PROJECT = Path(__file__).parents[2]

PAGE = "index.html"

LIBRARIES = {
    "preact.js": "preact/dist/preact.mjs",
    "hooks.js": "preact/hooks/dist/hooks.mjs",
    "htm.js": "htm/dist/htm.mjs",
    "htm-preact.js": "htm/preact/index.mjs",
    "d3.js": "d3/dist/d3.min.js",
    "plot.js": "@observablehq/plot/dist/plot.umd.min.js",
}
"""The files of `node_modules` that the app serves, by name. .funcignore lets them be deployed."""

SIGN_IN_LIBRARIES = {"msal.js": "@azure/msal-browser/lib/msal-browser.min.js"}
"""The same where people sign in."""

_MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
}

_PLOT_STYLE = "sha256-zrfVyvY1E/5V+DXZunsRZW8XTqTsuIZzp8dBDThhSn8="
"""The hash of the <style> that Observable Plot 0.6.17 puts into a chart of the class `chart`."""

_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class File:
    """A file to serve: its bytes, plain and compressed, and their ETag."""

    media_type: str
    content: bytes
    gzipped: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Console:
    """The files by name, and the Content-Security-Policy of the page."""

    files: dict[str, File]
    policy: str


def read_console(sign_in: SignIn | None = None) -> Console | None:
    """Reads all files. Returns None if the libraries are not installed.

    Args:
        sign_in: where people sign in: the page may ask for tokens there.
    """
    libraries = LIBRARIES if sign_in is None else LIBRARIES | SIGN_IN_LIBRARIES
    try:
        files = {path.name: _file(path) for path in _paths()} | {
            name: _file(PROJECT / "node_modules" / path) for name, path in libraries.items()
        }
    except FileNotFoundError:
        return None
    return Console(files, _policy(files[PAGE].content.decode(), sign_in))


def origin_of(url: str) -> str:
    """Returns the scheme and the host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _paths() -> Iterator[Path]:
    return (
        path for path in (Path(__file__).parent / "static").iterdir() if path.suffix in _MEDIA_TYPES
    )


def _file(path: Path) -> File:
    content = path.read_bytes()
    return File(
        _MEDIA_TYPES[path.suffix],
        content,
        gzip.compress(content, mtime=0),
        f'W/"{hashlib.sha256(content).hexdigest()[:32]}"',
    )


def _policy(page: str, sign_in: SignIn | None) -> str:
    """Allows scripts and styles of this service and with these hashes, and requests to it and to
    where people sign in only."""
    asked = "" if sign_in is None else f" {origin_of(sign_in.authority)}"
    (import_map,) = _IMPORT_MAP.findall(page)
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            f"style-src 'self' '{_PLOT_STYLE}'",
            f"connect-src 'self'{asked}",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
