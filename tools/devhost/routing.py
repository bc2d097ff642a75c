"""The routes of the Functions host: which function answers a request."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from devhost.errors import CannotStart
from devhost.message import BadRequest
from devhost.text import decode

_RESERVED = ("admin", "runtime")
_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """A function's route. `methods` is None for all methods. `template` has no prefix."""

    function: str
    template: str
    methods: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Match:
    """The function that answers, and the parameters in its route."""

    function: str
    parameters: dict[str, str]


class Router:
    """The routes that the host loads, in the order of trial. `refused` says why it does not load
    the others."""

    def __init__(self, prefix: str, routes: Iterable[Route]) -> None:
        self._routes: list[tuple[re.Pattern[str], Route]] = []
        self.refused: list[str] = []
        for route in sorted(routes, key=lambda route: route.function.upper()):
            if reason := self._refusal(route):
                self.refused.append(f"Function {route.function} is not loaded: {reason}")
            else:
                self._routes.append((_pattern(f"{prefix}/{route.template}", route), route))

    def find(self, method: str, path: str) -> Match | None:
        """Returns the first route that fits a decoded path."""
        for pattern, route in self._routes:
            if (route.methods is None or method in route.methods) and (
                found := pattern.fullmatch(path)
            ):
                return Match(route.function, found.groupdict())
        return None

    def functions(self) -> frozenset[str]:
        """Returns the names of the functions with a route."""
        return frozenset(route.function for _, route in self._routes)

    def _refusal(self, route: Route) -> str | None:
        if route.template.lower().startswith(_RESERVED):
            reserved = " or ".join(_RESERVED)
            return f"its route {route.template!r} begins with a reserved word, {reserved}."
        for _, other in self._routes:
            if _template(other) == _template(route) and _share_a_method(other, route):
                return f"{other.function} has its route {route.template!r} with the same method."
        return None


def decode_path(target: str) -> str:
    """Returns the path of a request target, decoded once, without dot segments. `%2F` stays.

    Raises:
        BadRequest: the path does not begin with a slash, or has a NUL or a non-ASCII character.
    """
    if not target.startswith("/") or not target.isascii():
        raise BadRequest
    path = decode(target, keep=b"/")
    if "\0" in path:
        raise BadRequest
    return _without_dots(path)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _pattern(template: str, route: Route) -> re.Pattern[str]:
    """Returns the expression for a route. A parameter is text without slashes. ASP.NET's
    constraints, defaults and catch-alls are not supported."""
    pieces = _PARAMETER.split(template.strip("/"))
    names = pieces[1::2]
    if not all(name.isidentifier() for name in names) or any(
        "{" in text or "}" in text for text in pieces[::2]
    ):
        raise CannotStart(
            f"Function {route.function}: the route {route.template!r} has more than plain "
            "parameters, which devhost does not support."
        )
    text = "".join(
        f"(?P<{piece}>[^/]+)" if index % 2 else re.escape(piece)
        for index, piece in enumerate(pieces)
    )
    path = f"/{text}" if text else ""
    return re.compile(f"{path}/?", re.IGNORECASE | re.DOTALL)


def _template(route: Route) -> str:
    return route.template.strip("/").lower()


def _share_a_method(one: Route, other: Route) -> bool:
    return one.methods is None or other.methods is None or not one.methods.isdisjoint(other.methods)
