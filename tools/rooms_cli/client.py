"""The client of the service. It creates rooms and users with the official SDKs; all else is plain
HTTP."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from azure.communication.identity import CommunicationIdentityClient
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
    needs_manage_key,
    refused,
    unreachable,
)
from rooms_cli.signature import signer

type Json = dict[str, Any]
type Query = Mapping[str, str | None]

CONNECT_SECONDS = 5
ANSWER_SECONDS = 30
"""The service gives up after ten."""
RETRIES = 3
"""How often the SDK sends a request again."""

_BEGINNING = "0001-01-01T00:00:00Z"
"""No room ends before it."""

# The SDK warns about a time without a zone that it makes itself.
logging.getLogger("azure").setLevel(logging.ERROR)


class Client:
    """Sends requests to the service. Every method may raise Failure."""

    def __init__(self, connection: Connection) -> None:
        speaks_for = connection.on_behalf_of
        headers = {"On-Behalf-Of": quote(speaks_for)} if speaks_for else {}
        self._endpoint = connection.endpoint
        options: Json = {
            "connection_timeout": CONNECT_SECONDS,
            "read_timeout": ANSWER_SECONDS,
            "retry_total": RETRIES,
            "retry_connect": 0,
            "base_headers": headers,
        }
        key = AzureKeyCredential(connection.key)
        self._rooms = RoomsClient(connection.endpoint, key, **options)
        self._identities = CommunicationIdentityClient(connection.endpoint, key, **options)
        self._session = requests.Session()
        self._session.headers.update(headers)
        self._session.auth = signer(connection.key)  # else requests would send that of .netrc

    # With the SDK.

    def create(
        self,
        start: datetime | None,
        end: datetime | None,
        dial_out: bool,
        roster: Mapping[str, str],
    ) -> Json:
        """Creates a room. `roster` maps each raw id to its role."""
        participants = [
            RoomParticipant(communication_identifier=CommunicationUserIdentifier(raw_id), role=role)
            for raw_id, role in roster.items()
        ]
        # As a dict, because the SDK's types do not allow None, which leaves the default to it.
        arguments: Json = {
            "valid_from": start,
            "valid_until": end,
            "pstn_dial_out_enabled": dial_out,
            "participants": participants,
        }
        try:
            with self._failures():
                return as_on_the_wire(self._rooms.create_room(**arguments))
        except Denied:
            raise needs_manage_key("rooms create") from None
        except InvalidRawId:
            raise invalid_raw_ids(roster) from None

    def create_user(self, scopes: Sequence[str]) -> Json:
        """Makes a user, with a token if there are scopes."""
        try:
            with self._failures():
                if not scopes:
                    return {"identity": {"id": self._identities.create_user().properties["id"]}}
                user, token = self._identities.create_user_and_token(list(scopes))
        except Denied:
            raise needs_manage_key("rooms user create") from None
        return {
            "identity": {"id": user.properties["id"]},
            "accessToken": {"token": token.token, "expiresOn": token.expires_on},
        }

    # Over HTTP: the SDK does not have these.

    def get(self, room_id: str, resource: str, query: Query | None = None) -> Any:
        """Returns a resource of a room: overview, presence, attendance, admission or details."""
        return self._request("GET", _path(room_id, resource), query)

    def pages(self, path: str, query: Query) -> Iterator[list[Json]]:
        """Yields the pages of a list. Some may be empty."""
        while True:
            page = self._request("GET", path, query)
            yield page["value"]
            if not page.get("nextLink"):
                return
            # Only the link's query is used, so that no other host is asked.
            query = dict(parse_qsl(urlsplit(page["nextLink"]).query))

    def rooms(self, filters: Query) -> Iterator[list[Json]]:
        """Yields the pages of the list of rooms, with titles."""
        # Without a filter a signed request is for the list of ACS, which has no titles.
        given = {name: value for name, value in filters.items() if value is not None}
        return self.pages("/rooms", given or {"from": _BEGINNING})

    def log_pages(self, room_id: str, query: Query) -> Iterator[list[Json]]:
        """Yields the pages of a room's log, newest first."""
        return self.pages(_path(room_id, "log"), query)

    def arrivals(self, room_id: str, query: Query) -> Json:
        """Returns a page of a room's log in the order of arrival."""
        page: Json = self._request("GET", _path(room_id, "log"), query)
        return page

    def details(self, room_id: str) -> Json:
        """Returns a room's details: its title, and the names of its participants."""
        details: Json = self.get(room_id, "details")
        return details

    def quarantined(self, event_id: str) -> str:
        """Returns the whole text of an event in quarantine."""
        text: str = self._request("GET", f"/quarantine/{quote(event_id, safe='')}")["event"]
        return text

    def doctor(self) -> list[Json]:
        """Returns the checks of the service."""
        checks: list[Json] = self._request("GET", "/doctor")["value"]
        return checks

    def set_title(self, room_id: str, title: str) -> None:
        """Sets a room's title."""
        self._request("PATCH", _path(room_id, "details"), body={"title": title})

    def set_join_policy(self, room_id: str, policy: str) -> Json:
        """Sets who can join a room, and returns the answer."""
        path, body = _path(room_id, "joinPolicy"), {"roomJoinPolicy": policy}
        answer: Json = self._request("PUT", path, body=body)
        return answer

    def make_join_link(
        self, room_id: str, raw_id: str, name: str | None, expires: str | None
    ) -> Json:
        """Makes a link with which a person joins a room, and returns it."""
        body = {"rawId": raw_id, "displayName": name, "expiresAt": expires}
        try:
            link: Json = self._request("POST", _path(room_id, "joinLinks"), body=body)
        except Denied:
            raise needs_manage_key("rooms invite-link") from None
        return link

    def mute(self, room_id: str, participant: str) -> None:
        """Mutes somebody in the call of a room."""
        path = f"{_path(room_id, 'call/participants')}/{quote(participant, safe='')}/mute"
        self._act("POST", path, "rooms mute")

    def kick(self, room_id: str, participant: str) -> None:
        """Removes somebody from the call of a room."""
        path = f"{_path(room_id, 'call/participants')}/{quote(participant, safe='')}"
        self._act("DELETE", path, "rooms kick")

    def end(self, room_id: str) -> None:
        """Ends the call of a room for everybody."""
        self._act("DELETE", _path(room_id, "call"), "rooms end")

    def check_media(self) -> list[Json]:
        """Returns the checks of the media server."""
        try:
            checks: list[Json] = self._request("POST", "/media/check")["value"]
        except Denied:
            raise needs_manage_key("rooms media check") from None
        return checks

    def erase(self, raw_id: str | None, external_id: str | None) -> Json:
        """Begins to erase the person with one of these ids, and returns the erasure."""
        body = {"externalId": external_id} if raw_id is None else {"rawId": raw_id}
        try:
            erasure: Json = self._request("POST", "/persons/erase", body=body)
        except Denied:
            raise needs_manage_key("rooms erase") from None
        return erasure

    def continue_erasure(self, erasure_id: str) -> Json:
        """Goes on with an erasure, and returns it."""
        erasure: Json = self._request("POST", f"/persons/erasures/{erasure_id}/continue")
        return erasure

    def import_room(self, room_id: str, body: Json) -> Json:
        """Imports a room as it is elsewhere, and returns the answer: what that changed."""
        try:
            answer: Json = self._request("PUT", f"/rooms/{quote(room_id, safe='')}", body=body)
        except Denied:
            raise needs_manage_key("rooms import") from None
        return answer

    def move(self, room_id: str, body: Json) -> str:
        """Moves the calls of a room to another carrier, and returns the outcome."""
        try:
            answer: Json = self._request("POST", _path(room_id, "carrier"), body=body)
        except Denied:
            raise needs_manage_key("rooms move") from None
        return str(answer["outcome"])

    def moving(self) -> Json:
        """Returns how a move from ACS goes."""
        answer: Json = self._request("GET", "/moving")
        return answer

    def _act(self, method: str, path: str, command: str) -> None:
        try:
            self._request(method, path)
        except Denied:
            raise needs_manage_key(command) from None

    def _request(
        self,
        method: str,
        path: str,
        query: Query | None = None,
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
        if answer.status_code == 204:
            return None
        content = _json(answer)
        if answer.status_code not in (200, 201, 202) or content is None:
            raise refused(self._endpoint, answer.status_code, content, answer.headers.get("Date"))
        return content

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Raises Failure for what goes wrong with a request inside."""
        try:
            yield
        except HttpResponseError as problem:
            answer: Any = problem.response
            if answer is None:
                raise unreachable(self._endpoint, problem) from problem
            status, date = answer.status_code or 0, answer.headers.get("Date")
            raise refused(self._endpoint, status, _json(answer), date) from problem
        except (AzureError, OSError) as problem:  # the exceptions of requests are OSErrors
            raise unreachable(self._endpoint, problem) from problem


def names_in(details: Json) -> dict[str, str]:
    """Returns the participants' names in a room's details, by raw id."""
    return {
        raw_id: person["name"]
        for raw_id, person in details["participants"].items()
        if person.get("name")
    }


def as_on_the_wire(room: CommunicationRoom) -> Json:
    """Returns the room as it was on the wire."""
    return {
        "id": room.id,
        "createdAt": room.created_at,
        "validFrom": room.valid_from,
        "validUntil": room.valid_until,
        "pstnDialOutEnabled": room.pstn_dial_out_enabled,
    }


def _json(answer: Any) -> Any:
    """Returns the body of an answer; None if it is not JSON."""
    try:
        return answer.json()
    except (ValueError, AzureError):
        return None


def _path(room_id: str, resource: str) -> str:
    return f"/rooms/{quote(room_id, safe='')}/{resource}"
