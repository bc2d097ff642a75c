"""The files of a page: those in its folder, those of all pages, and libraries that npm installs."""

import base64
import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).parents[2]

INDEX = "index.html"
"""The file that is the page itself."""

_SHARED = Path(__file__).parent / "static"

RENDERING = {
    "preact.js": "preact/dist/preact.mjs",
    "hooks.js": "preact/hooks/dist/hooks.mjs",
    "htm.js": "htm/dist/htm.mjs",
    "htm-preact.js": "htm/preact/index.mjs",
}
"""Libraries of every page: files of `node_modules`, by the name under which they are served."""

_MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
}

_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class File:
    """A file to serve: its bytes, plain and compressed, and their ETag."""

    media_type: str
    content: bytes
    gzipped: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Page:
    """The files by name, and the Content-Security-Policy of the page."""

    files: dict[str, File]
    policy: str


def read_page(
    folder: Path,
    libraries: Mapping[str, str],
    asks: Sequence[str] = (),
) -> Page | None:
    """Reads all files. Returns None if the libraries are not installed.

    Args:
        libraries: files of `node_modules`, by name. .funcignore lets them be deployed.
        asks: the origins that the page may ask, beside this service.
    """
    try:
        files = {path.name: _file(path) for path in (*_paths(_SHARED), *_paths(folder))} | {
            name: _file(PROJECT / "node_modules" / path) for name, path in libraries.items()
        }
    except FileNotFoundError:
        return None
    return Page(files, _policy(files[INDEX].content.decode(), asks))


def origin_of(url: str) -> str:
    """Returns the scheme and the host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _paths(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.suffix in _MEDIA_TYPES)


def _file(path: Path) -> File:
    content = path.read_bytes()
    return File(
        _MEDIA_TYPES[path.suffix],
        content,
        gzip.compress(content, mtime=0),
        f'W/"{hashlib.sha256(content).hexdigest()[:32]}"',
    )


def _policy(page: str, asks: Sequence[str]) -> str:
    """Allows scripts and styles of this service only, and requests to it and to these origins."""
    (import_map,) = _IMPORT_MAP.findall(page)
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self'",
            " ".join(("connect-src 'self'", *asks)),
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
