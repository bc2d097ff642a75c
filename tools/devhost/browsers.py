"""What a page of another site may not make a browser send.

Everybody's browser can reach localhost. A page can send it forms and plain texts without asking
first. With DNS rebinding it can even read the answers: its own name then leads to 127.0.0.1.
"""

from collections.abc import Collection
from dataclasses import dataclass

from devhost.cors import Cors
from devhost.message import Answer, Handler, Request

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""The names that no other site can have."""

_CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")
_OWN_PATHS = ("/admin/", "/devhost/")
"""Of the host itself. Pages of other origins never need them."""

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses requests with 403, and says why.

    Args:
        names: that a Host header may have beside those of this machine, in lower case.
        cors: the origins whose pages may call the app.
    """

    names: Collection[str] = ()
    cors: Cors | None = None

    def around(self, handler: Handler) -> Handler:
        """Returns a handler that refuses, or else passes on to this one."""

        async def handle(request: Request) -> Answer:
            refusal = self._refusal(request)
            if refusal is None:
                return await handler(request)
            answer = Answer.text(403, f"{refusal}\n")
            return Answer(403, {**answer.headers, "X-Content-Type-Options": "nosniff"}, answer.body)

        return handle

    def _refusal(self, request: Request) -> str | None:
        name = request.host.rpartition(":")[0].lower()
        if name not in THIS_MACHINE and name not in self.names:
            return (
                f"Host: {name[:_LONGEST_NAME]!a} is not a name of this machine. Use localhost. "
                "If it is one: make start ARGS='--allow-host <name>'"
            )
        origin = request.headers.get("origin", "").lower()
        if origin == _origin(request):
            return None
        own_path = request.path.lower().startswith(_OWN_PATHS)
        if origin and own_path:
            return (
                f"Origin: {origin[:_LONGEST_NAME]!a} may not call this path. No other origin may."
            )
        if request.method in _CHANGES_NOTHING:
            return None
        if origin and not (self.cors and self.cors.allows(origin)):
            return (
                f"Origin: {origin[:_LONGEST_NAME]!a} may change nothing here. "
                "If it is a page of yours, add it to Host.CORS in local.settings.json."
            )
        if not origin and request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return "Sec-Fetch-Site: a page of another origin may change nothing here."
        return None


def _origin(request: Request) -> str:
    """Returns the origin of a page that this request itself would load."""
    origin = f"{request.scheme}://{request.host.lower()}"
    return origin.removesuffix(_DEFAULT_PORTS.get(request.scheme, ""))
