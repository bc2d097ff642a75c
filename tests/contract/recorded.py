"""The recorded exchanges of ACS Rooms, read as wire.md says: what of them binds, and what the
recorder put in."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parent / "recordings" / "exchanges.jsonl"

SANITIZED_LOCATION = "https://example.com"

BINDING = (
    "content-type",
    "location",
    "repeatability-result",
    "etag",
    "x-ms-error-code",
    "api-supported-versions",
)
"""Headers that a client may rely on; where a recorded answer has none of a name, ours must have
none."""

VERSION_DEPENDENT = {"x-ms-error-code", "api-supported-versions"}
"""Those of them that answers older than 2025 have differently."""

ROLES_BEFORE_2025 = re.compile(
    r"Invalid participant role\. The valid roles are: Presenter, Attendee, Consumer\."
    r"|The JSON value could not be converted to .*RoleDto\. .*"
)
ROLES_OF_2025 = (
    "Invalid participant role. The valid roles are: Presenter, Attendee, Consumer, Collaborator."
)

MISSING_DTO = "The updateParticipantsRequestDto field is required."
"""A second detail that answers before 2025 have where the body could not be read."""

IDENTIFIER_BEFORE_2025 = "Invalid value for the Participants."

RECORDED_ON = {
    "py/2024-04-15/test_rooms_client.pyTestRoomsClient"
    "test_create_room_validUntil_seven_months": "2025-02-19T07:29:31",
    "py/2024-04-15/test_rooms_client.pyTestRoomsClient"
    "test_create_room_valid_until_in_past": "2025-02-19T07:29:33",
    "py/2024-04-15/test_rooms_client.pyTestRoomsClient"
    "test_update_room_invalid_format_roomId": "2025-02-19T07:29:49",
    "py/2024-04-15/test_rooms_client_async.pyTestRoomsClient"
    "Asynctest_create_room_validFrom_seven_months_async": "2025-02-19T07:30:24",
    "py/2023-10-30-preview/test_rooms_client.pyTestRoomsClient"
    "test_create_room_valid_until_in_past": "2024-03-25T21:06:33",
    "py/2023-06-14/test_rooms_client.pyTestRoomsClient"
    "test_update_room_incorrect_roomId": "2023-06-05T22:43:46",
}
"""The recorder replaced the date of these, and no room tells it: by the recordings beside them."""

ANY_DAY = "2025-02-19T07:30:00"
"""For recordings that have no time in them at all."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request and its answer."""

    recording: str
    n: int
    method: str
    path: str
    version: str
    follows_next_link: bool
    request: Any
    content_type: str | None
    status: int
    response: Any
    headers: dict[str, str]

    @property
    def is_list(self) -> bool:
        return self.method == "GET" and self.path == "/rooms"

    @property
    def before_2025(self) -> bool:
        """Older than 2025: its headers and details do not bind, where texts differ those of 2025
        are right."""
        details = isinstance(self.response, dict) and "details" in self.response.get("error", {})
        return "api-deprecated-versions" in self.headers or (
            details and "x-ms-error-code" in self.headers
        )

    def binding_headers(self, room_id: str | None) -> dict[str, str | None]:
        """What our answer's headers have to be; None for one that must be absent.

        Args:
            room_id: for `location`, where the recorder has replaced it.
        """
        names = [name for name in BINDING if not (self.before_2025 and name in VERSION_DEPENDENT)]
        headers = {name: self.headers.get(name) for name in names}
        if headers["location"] == SANITIZED_LOCATION:
            headers["location"] = room_id
        if versions := headers.get("api-supported-versions"):
            headers["api-supported-versions"] = versions.replace("2025-02-28", "2025-03-13")
        return headers

    def binding_body(self, request: Any) -> Any:
        """The recorded body, with texts of before 2025 replaced by those of 2025.

        Args:
            request: the recorded request's body, whose identifier the text of 2025 names.
        """
        if not self.before_2025 or "error" not in (self.response or {}):
            return self.response
        error = dict(self.response["error"])
        if error["message"] == IDENTIFIER_BEFORE_2025:
            error["message"] = (
                f"Communication identifier {next(iter(request['participants']))} is not supported."
            )
        if "details" in error:
            error["details"] = [
                detail | {"message": ROLES_BEFORE_2025.sub(ROLES_OF_2025, detail["message"])}
                for detail in error["details"]
                if detail["message"] != MISSING_DTO
            ]
        return {"error": error}


@dataclass(frozen=True, slots=True)
class Recording:
    """The exchanges of one test of an SDK, in their order."""

    name: str
    exchanges: tuple[Exchange, ...]

    @property
    def day(self) -> datetime:
        """When it was recorded, to the second."""
        for exchange in self.exchanges:
            if exchange.status == 201:
                return datetime.fromisoformat(exchange.response["createdAt"]).replace(microsecond=0)
            if exchange.headers["date"] != "sanitized":
                return parsedate_to_datetime(exchange.headers["date"])
        return datetime.fromisoformat(RECORDED_ON.get(self.name, ANY_DAY)).replace(tzinfo=UTC)


def recordings() -> Iterator[Recording]:
    """All recordings. A name that occurs again, or a number that does not go up, begins the next
    one."""
    exchanges: list[Exchange] = []
    for line in RECORDINGS.read_text().splitlines():
        exchange = _exchange(json.loads(line))
        if exchanges and (
            exchange.recording != exchanges[-1].recording or exchange.n <= exchanges[-1].n
        ):
            yield Recording(exchanges[0].recording, tuple(exchanges))
            exchanges = []
        exchanges.append(exchange)
    yield Recording(exchanges[0].recording, tuple(exchanges))


def _exchange(fields: dict[str, Any]) -> Exchange:
    return Exchange(
        recording=fields["recording"],
        n=fields["n"],
        method=fields["method"],
        path=fields["path"],
        version=fields["apiVersion"],
        follows_next_link=fields["nextLink"],
        request=fields["req"],
        content_type=fields["reqContentType"],
        status=fields["status"],
        response=fields["resp"],
        headers=fields["hdr"],
    )
