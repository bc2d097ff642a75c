"""What the sessions with a release of the Python SDK share. That release is first on the path.

Environment: CLIENT, sync or async, and CONNECTION_STRING, or ENDPOINT and KEY.
"""

import asyncio
import importlib
import importlib.metadata
import inspect
import os
import typing
from collections.abc import AsyncIterable, Callable, Mapping
from datetime import datetime
from typing import Any
from unittest import mock

from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

TYPED_DICT: Any = typing.TypedDict


def _typed_dict(name: str, fields: Mapping[str, Any] | None = None, /, **named: Any) -> Any:
    return TYPED_DICT(name, {**(fields or {}), **named})


# Releases up to 1.0.0 are older than Python 3.13, which has dropped TypedDict("X", key=type). The
# SDK itself stays as it is.
with mock.patch.object(typing, "TypedDict", _typed_dict):
    sdk: Any = importlib.import_module("azure.communication.rooms")
    aio: Any = importlib.import_module("azure.communication.rooms.aio")
    identifiers: Any = importlib.import_module("azure.communication.rooms._shared.models")

RELEASE = importlib.metadata.version("azure-communication-rooms")


class Rooms:
    """Either client behind one face: what it answers is awaited, lists are read page by page."""

    def __init__(self) -> None:
        module = {"sync": sdk, "async": aio}[os.environ["CLIENT"]]
        if connection_string := os.environ.get("CONNECTION_STRING"):
            self._client = module.RoomsClient.from_connection_string(connection_string)
        else:
            key = AzureKeyCredential(os.environ["KEY"])
            self._client = module.RoomsClient(os.environ["ENDPOINT"], key)
        self._runner = asyncio.Runner()

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda *args, **options: self._runner.run(
            _finished(getattr(self._client, method), *args, **options)
        )


async def _finished(method: Callable[..., Any], *args: Any, **options: Any) -> Any:
    result = method(*args, **options)
    if hasattr(result, "by_page"):
        pages = result.by_page()
        if isinstance(pages, AsyncIterable):
            return [[item async for item in page] async for page in pages]
        return [list(page) for page in pages]
    return await result if inspect.isawaitable(result) else result


def user(raw_id: str) -> Any:
    """Returns a user as the SDK has it."""
    return identifiers.CommunicationUserIdentifier(raw_id)


def participant(raw_id: str, role: str | None = None) -> Any:
    """Returns a participant as the SDK has it; without a role the SDK or the service decides."""
    return sdk.RoomParticipant(
        communication_identifier=user(raw_id), **({} if role is None else {"role": role})
    )


def plain(room: Any) -> dict[str, Any]:
    """Returns the fields of a room, with times as text."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in vars(room).items()
    }


def roster(participants: list[Any]) -> list[list[str]]:
    """Returns the raw id and the role of participants."""
    return [[p.communication_identifier.properties["id"], p.role] for p in participants]


def refusal(call: Callable[[], object]) -> list[Any] | None:
    """Returns the status and the code that a call is refused with; None if it is not."""
    try:
        call()
    except HttpResponseError as error:
        return [error.status_code, error.error.code if error.error else None]
    return None
