"""The HTTP functions of an app in this process, found as the Functions host finds them."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from urllib.parse import urlsplit

import azure.functions as func

import rooms.api.acs
import rooms.api.extension
from devhost.routing import Route as HostRoute
from devhost.routing import Router, decode_path
from devhost.text import encode_path, query_parameters
from rooms.api.routing import Route
from rooms.app import App
from testkit.raw import NEWEST, encoded, signed
from testkit.raw_http import Answer

HOST = "ours.example.com"
"""The Host header of requests that come over no network."""


async def answer_of(
    app: App, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    """Returns what the function that has this route answers, and 404 if none has.

    Args:
        url: as the caller sent it, with scheme and host.
    """
    parts = urlsplit(url)
    path = decode_path(parts.path)
    match = _router().find(method, path)
    if match is None:
        return Answer(404, {}, b"")
    query = f"?{parts.query}" if parts.query else ""
    request = func.HttpRequest(
        method,
        f"{parts.scheme}://{parts.netloc}{encode_path(path)}{query}",
        headers=headers,
        params=query_parameters(parts.query),
        route_params=match.parameters,
        body=body,
    )
    response = await _routes()[match.function].handle(app, request)
    answered = {name.lower(): value for name, value in response.headers.items()}
    content = response.get_body()
    if content:
        answered.setdefault("content-type", f"{response.mimetype}; charset={response.charset}")
    return Answer(response.status_code, answered, content)


async def ask(
    app: App,
    key: str,
    method: str,
    path: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    version: str = NEWEST,
) -> Answer:
    """Returns what the app answers to a request that is signed with a key, and comes over no
    network. `headers` are added to those of the SDKs."""
    target = f"{path}{'&' if '?' in path else '?'}api-version={version}"
    content = encoded(body)
    media_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
    sent = {"host": HOST, "accept": "application/json"}
    if body is not None:
        sent |= {"content-type": media_type, "content-length": str(len(content))}
    sent |= {
        name.lower(): value for name, value in signed(key, method, target, HOST, content).items()
    }
    sent |= {name.lower(): value for name, value in (headers or {}).items()}
    return await answer_of(app, method, f"https://{HOST}{target}", sent, content)


@cache
def _routes() -> Mapping[str, Route]:
    """Returns the routes of all modules of the API, by the names of their functions."""
    return {route.name: route for module in _modules() for route in module.routes.all}


def _modules() -> Iterator[ModuleType]:
    for package in (rooms.api.acs, rooms.api.extension):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            if hasattr(module, "routes"):
                yield module


@cache
def _router() -> Router:
    routes = [
        HostRoute(route.name, route.path, frozenset((route.method,)))
        for route in _routes().values()
    ]
    return Router("", routes)
