"""A request of an authenticated caller, and how routes read it."""

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlencode

import azure.functions as func

from rooms.api.acs.versions.api_version import ApiVersion
from rooms.api.body import TIME_EXPECTED, Body, parse_body
from rooms.api.errors import (
    InvalidParameter,
    InvalidRoomId,
    InvalidRoomIdLength,
    UnsupportedMediaType,
)
from rooms.api.if_match import given_versions
from rooms.api.room_summary import RoomSummary
from rooms.app import App
from rooms.auth.caller import Caller
from rooms.auth.url import route_url
from rooms.domain.events import is_call_room_id
from rooms.domain.limits import LIMITS
from rooms.domain.room import is_room_id
from rooms.domain.time import Ticks, parse_time
from rooms.storage.changes import Origin, Versions

type Kind = Literal["acs", "identity", "extension"]
"""The rules of a request. Those of ACS Rooms: an api-version, two families of errors. Those of ACS
Identity: an api-version of its own, errors of family A with a target, the client's request id in
the answer. This service's: no api-version, a key as x-api-key, errors of family A with a target."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request of an authenticated caller."""

    app: App
    http: func.HttpRequest
    caller: Caller
    kind: Kind
    version: ApiVersion
    """That of ACS Rooms: the one asked for, or the newest on routes of another kind."""
    on_behalf_of: str | None = None
    """Whom a trusted caller asks for, in its own words."""
    summary: RoomSummary = field(default_factory=RoomSummary)
    """What an operation of ACS Rooms has to say in the operations log."""

    def query(self, name: str) -> str | None:
        """Returns a parameter of the query, or None. Names are compared without case."""
        return query(self.http, name)

    def has(self, name: str) -> bool:
        """Returns whether the URL has a parameter, also without a value. The host drops those."""
        pairs = parse_qsl(self.http.url.partition("?")[2], keep_blank_values=True)
        return name.lower() in {given.lower() for given, _ in pairs}

    @property
    def origin(self) -> Origin:
        """The actor, the client's request id and on whose behalf it asks, for the log."""
        return Origin(
            self.caller.name,
            (self.http.headers.get("x-ms-client-request-id") or "")[: self.app.limits.request_id],
            self.on_behalf_of,
        )

    def versions(self) -> Versions:
        """Returns the versions of the room that the change is of. Raises ValidationFailed."""
        return given_versions(self.http)

    @property
    def route_url(self) -> str:
        """The URL that the caller called, without its query."""
        return route_url(self.http, self.app.settings.trust_forwarded_host)

    def room_id(self) -> str:
        """Returns the room id of the path. Raises InvalidRoomId or InvalidRoomIdLength."""
        room_id: str = self.http.route_params["roomId"]
        if not 16 <= len(room_id) <= 18:
            raise InvalidRoomIdLength
        if not is_room_id(room_id):
            raise InvalidRoomId
        return room_id

    def call_room_id(self) -> str:
        """Returns the room id of the path, which may be another service's. Raises InvalidRoomId."""
        room_id: str = self.http.route_params["roomId"]
        if not is_call_room_id(room_id):
            raise InvalidRoomId
        return room_id

    def time(self, name: str) -> Ticks | None:
        """Returns a time of the query, or None. Raises InvalidParameter."""
        text = self.query(name)
        if text is None:
            return None
        try:
            return parse_time(text.replace(" ", "+"))  # the host turns a bare + into a space
        except ValueError:
            raise InvalidParameter(TIME_EXPECTED, name) from None

    def time_range(
        self, first: str = "from", last: str = "until"
    ) -> tuple[Ticks | None, Ticks | None]:
        """Returns `from` and `until` of the query, or two others. Raises InvalidParameter."""
        start, end = self.time(first), self.time(last)
        if start is not None and end is not None and start >= end:
            raise InvalidParameter(f"Must be after `{first}`.", last)
        return start, end

    def choice[Word: str](self, name: str, *choices: Word) -> Word | None:
        """Returns a parameter that must be one of `choices`, or None. Raises InvalidParameter."""
        if (text := self.query(name)) is None:
            return None
        for word in choices:
            if word == text:
                return word
        raise InvalidParameter(f"Must be one of: {', '.join(choices)}.", name)

    def next_link(self, cursor: str | None) -> str | None:
        """Returns the URL of the next page, this request's with another cursor, or None."""
        if cursor is None:
            return None
        params = {
            name: value for name, value in self.http.params.items() if name.lower() != "nextlink"
        }
        return f"{self.route_url}?{urlencode({**params, 'nextLink': cursor})}"

    def parse[B: Body](self, model: type[B]) -> B:
        """Returns the body. Raises UnsupportedMediaType or ValidationFailed."""
        self.check_media_type()
        return parse_body(model, self.http.get_body())

    def parse_or_empty[B: Body](self, model: type[B]) -> B:
        """Returns the body, or one without any field if there is none."""
        return self.parse(model) if self.http.get_body() else model()

    def check_media_type(self) -> None:
        """Checks that a body, if there is one, is JSON. Raises UnsupportedMediaType."""
        media_type = self.http.headers.get("content-type", "").partition(";")[0].strip().lower()
        if self.http.get_body() and not (
            media_type.startswith(("application/", "text/"))
            and media_type.endswith(("/json", "+json"))
        ):
            raise UnsupportedMediaType


def query(http: func.HttpRequest, name: str) -> str | None:
    """Returns a parameter of the query, or None. Names are compared without case."""
    wanted = name.lower()
    return next((value for key, value in http.params.items() if key.lower() == wanted), None)


_PRINTABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


def client_request_id(http: func.HttpRequest) -> str | None:
    """Returns x-ms-client-request-id if it can be a header of an answer, cut as in the log."""
    text = (http.headers.get("x-ms-client-request-id") or "")[: LIMITS.request_id].strip()
    return text if _PRINTABLE.fullmatch(text) else None
