"""The webhook of the host's Event Grid extension."""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping

from azure_functions_runtime.bindings.datumdef import Datum

from devhost.app import EVENT_GRID, Function, InvocationFailed, run
from devhost.message import Answer

PATH = "/runtime/webhooks/eventgrid"

MAX_DEPTH = 64

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BadDelivery(ValueError):
    """The extension cannot read the delivery."""


class Webhook:
    """Receives deliveries for the app's Event Grid functions."""

    def __init__(self, functions: Iterable[Function]) -> None:
        self._functions = {
            function.name: function for function in functions if function.kind == EVENT_GRID
        }

    async def receive(
        self, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Answers one request to the webhook."""
        function = self._functions.get(query.get("functionname", ""))
        if function is None:
            return Answer.text(404, f"cannot find function: '{query.get('functionname', '')}'")
        if method == "OPTIONS":
            return Answer(
                200, {"Webhook-Allowed-Origin": "eventgrid.azure.net", "Content-Length": "0"}
            )
        try:
            match headers.get("aeg-event-type", "").lower():
                case "notification":
                    return await _notify(
                        function, [element_text(element) for element in read(body)]
                    )
                case "subscriptionvalidation":
                    return _validate(body)
                case "unsubscribe":
                    return Answer.empty(202)
                case _:
                    return Answer.empty(400)
        except BadDelivery as error:
            return Answer.text(500, str(error))


def read(body: bytes) -> list[object]:
    """Returns the elements of a delivery, which is an array or a single element.

    Raises:
        BadDelivery: it is not JSON, too deep, or an element is not an object.
    """
    try:
        content = json.loads(body.decode("utf-8-sig", "replace"))
        elements = content if isinstance(content, list) else [content]
        depth = max(map(_depth, elements), default=0) + isinstance(content, list)
    except (ValueError, RecursionError) as error:
        raise BadDelivery(f"The delivery is not JSON: {error}") from None
    if depth > MAX_DEPTH:
        raise BadDelivery(f"The delivery is nested more than {MAX_DEPTH} deep.")
    if not all(isinstance(element, dict) for element in elements):
        raise BadDelivery("An element of the delivery is not an object.")
    return elements


def element_text(element: object) -> str:
    """Returns the JSON that the host makes of an element."""
    return _LONE_SURROGATE.sub(
        "\ufffd", json.dumps(element, ensure_ascii=False, separators=(",", ":"))
    )


async def _notify(function: Function, elements: list[str]) -> Answer:
    runs = [run(function, Datum(element, "json")) for element in elements]
    for outcome in await asyncio.gather(*runs, return_exceptions=True):
        if isinstance(outcome, InvocationFailed):
            return Answer.text(500, str(outcome))
        if isinstance(outcome, BaseException):
            raise outcome
    return Answer.empty(202)


def _validate(body: bytes) -> Answer:
    match read(body):
        case [{"data": {"validationCode": code}}, *_]:
            return Answer.json(200, {"validationResponse": code})
        case _:
            raise BadDelivery("The delivery has no validation code.")


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0
