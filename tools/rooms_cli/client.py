"""The service: rooms are made by the official SDK, the rest is over HTTP."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from azure.communication.rooms import (
    CommunicationRoom,
    CommunicationUserIdentifier,
    RoomParticipant,
    RoomsClient,
)
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError, HttpResponseError

from rooms_cli.connection import Connection
from rooms_cli.failures import (
    Denied,
    InvalidRawId,
    invalid_raw_ids,
    may_not_create,
    refused,
    unreachable,
)

type Json = dict[str, Any]

CONNECT_SECONDS = 5
ANSWER_SECONDS = 30
"""The service gives up after ten."""
RETRIES = 3
"""Of the SDK."""

logging.getLogger("azure").setLevel(logging.ERROR)  # it warns of a time of its own that has no zone


class Client:
    """Asks the service. Everything raises Failure."""

    def __init__(self, connection: Connection) -> None:
        self._endpoint, self._key = connection.endpoint, connection.key
        self._rooms = RoomsClient(
            connection.endpoint,
            AzureKeyCredential(connection.key),
            connection_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retry_total=RETRIES,
            retry_connect=0,
        )
        self._session = requests.Session()
        self._session.auth = self._with_key  # an own one, as that of .netrc would be sent otherwise

    # By the SDK.

    def create(
        self,
        start: datetime | None,
        end: datetime | None,
        dial_out: bool,
        roster: Mapping[str, str],
    ) -> Json:
        """A new room; `roster` has the role of each raw id."""
        people = [
            RoomParticipant(
                communication_identifier=CommunicationUserIdentifier(who), role=roster[who]
            )
            for who in roster
        ]
        wanted: Json = {
            "valid_from": start,
            "valid_until": end,
            "pstn_dial_out_enabled": dial_out,
            "participants": people,
        }
        try:
            with self._failures():
                return _room(self._rooms.create_room(**wanted))
        except Denied:
            raise may_not_create() from None
        except InvalidRawId:
            raise invalid_raw_ids(roster) from None

    # What the SDK does not have.

    def of_room(
        self, room_id: str, what: str, query: Mapping[str, str | None] | None = None
    ) -> Any:
        """What the service tells of a room: its overview, presence, attendance, admission, details."""
        return self._request("GET", _path(room_id, what), query)

    def pages(self, path: str, query: Mapping[str, str | None]) -> Iterator[list[Json]]:
        """The pages of a list, of which some may be empty."""
        next_query: Mapping[str, str | None] | None = query
        while next_query is not None:
            page = self._request("GET", path, next_query)
            yield page["value"]
            # Of the link only the query is taken, so that the key goes nowhere else.
            next_query = (
                dict(parse_qsl(urlsplit(page["nextLink"]).query)) if page.get("nextLink") else None
            )

    def log_pages(self, room_id: str, query: Mapping[str, str | None]) -> Iterator[list[Json]]:
        """The pages of a room's log, newest first."""
        return self.pages(_path(room_id, "log"), query)

    def details(self, room_id: str) -> Json:
        """What people call a room and those invited."""
        details: Json = self.of_room(room_id, "details")
        return details

    def set_title(self, room_id: str, title: str) -> None:
        """Gives a room a title."""
        self._request("PATCH", _path(room_id, "details"), body={"title": title})

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | None] | None = None,
        body: Json | None = None,
    ) -> Any:
        with self._failures():
            answer = self._session.request(
                method,
                f"{self._endpoint}{path}",
                params=query,
                json=body,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        content = _json(answer)
        if answer.status_code != 200 or content is None:
            raise refused(self._endpoint, answer.status_code, content)
        return content

    def _with_key(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["x-api-key"] = self._key
        return request

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Around what asks the service."""
        try:
            yield
        except HttpResponseError as problem:
            if problem.response is None:
                raise unreachable(self._endpoint, problem) from problem
            raise refused(
                self._endpoint, problem.response.status_code or 0, _json(problem.response)
            ) from problem
        except (AzureError, OSError) as problem:  # those of requests are OSErrors
            raise unreachable(self._endpoint, problem) from problem


def names_in(details: Json) -> dict[str, str]:
    """What the details of a room call people, by raw id."""
    return {
        raw_id: person["name"]
        for raw_id, person in details["participants"].items()
        if person.get("name")
    }


def _room(room: CommunicationRoom) -> Json:
    """As it was on the wire."""
    return {
        "id": room.id,
        "createdAt": room.created_at,
        "validFrom": room.valid_from,
        "validUntil": room.valid_until,
        "pstnDialOutEnabled": room.pstn_dial_out_enabled,
    }


def _json(answer: Any) -> Any:
    """The body of an answer, or None if that is no JSON."""
    try:
        return answer.json()
    except (ValueError, AzureError):
        return None


def _path(room_id: str, what: str) -> str:
    return f"/rooms/{quote(room_id, safe='')}/{what}"
