"""The input and the result of an HTTP function, as the host and the worker exchange them."""

from azure_functions_runtime.bindings.datumdef import Datum

from devhost.message import Answer, Request
from devhost.text import encode_path, query_parameters


async def request_datum(request: Request, route_parameters: dict[str, str]) -> Datum:
    """Returns the request as the host gives it to the worker."""
    query = f"?{request.query}" if request.query else ""
    url = f"{request.scheme}://{request.host}{encode_path(request.path)}{query}"
    # The host goes by Content-Length: it does not read a body in chunks.
    body = await request.body() if request.headers.get("content-length", "0") != "0" else b""
    return Datum(
        {
            "method": Datum(request.method, "string"),
            "url": Datum(url, "string"),
            "headers": _strings(request.headers),
            "params": _strings(route_parameters),
            "query": _strings(query_parameters(request.query)),
            "body": Datum(body, "bytes"),
        },
        "http",
    )


def answer_of(returned: Datum | None) -> Answer:
    """Returns the answer of a function that returned an HttpResponse or text."""
    if returned is None or returned.type != "http":
        return Answer.text(200, "" if returned is None else returned.value)
    response = returned.value
    return Answer(
        status=int(response["status_code"].value),
        headers={name: value.value for name, value in response["headers"].items()},
        body=response["body"].value,
        cookies=tuple(
            morsel.OutputString()
            for cookie in response["cookies"] or ()
            for morsel in cookie.values()
        ),
    )


def _strings(values: dict[str, str]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in values.items()}
