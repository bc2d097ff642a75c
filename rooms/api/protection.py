"""The headers that protect answers on their way: from caches, from browsers that guess the type,
and from plain HTTP."""

import azure.functions as func

from rooms.auth.url import is_loopback, was_https

_HSTS = f"max-age={365 * 24 * 60 * 60}"


def protect(http: func.HttpRequest, answer: func.HttpResponse) -> None:
    """Adds the headers to the answer of a request. A route that lets its answer be kept has said so
    already.

    x-api-key does not keep a shared cache from storing an answer, as Authorization does. A browser
    would apply Strict-Transport-Security to all ports of localhost, so it does not get it there.
    """
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    if was_https(http) and not is_loopback(http):
        answer.headers["Strict-Transport-Security"] = _HSTS
