"""The bodies of requests: what they may hold, and what is said of one that cannot be understood."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from rooms.api.acs.versions import has_pstn
from rooms.api.errors import Detail, ValidationFailed
from rooms.domain.details import MAX_TEXT
from rooms.domain.room import RoomChange
from rooms.domain.roster import ACS_USER, MAX_PARTICIPANTS, Role, Roster, RosterPatch
from rooms.domain.time import RFC3339, Ticks, format_time, parse_time

_UNKNOWN_ROLE = (
    "Invalid participant role. The valid roles are: Presenter, Attendee, Consumer, Collaborator."
)
TIME_EXPECTED = "A time of RFC 3339 is expected here, like 2026-05-04T10:00:00Z, with at most 9 fraction digits."
_SENTENCES: dict[str, Callable[[ErrorDetails], str]] = {
    "json_invalid": lambda error: f"The body is not valid JSON: {error['ctx']['error']}.",
    "model_type": lambda _: "An object is expected here.",
    "dict_type": lambda _: "An object is expected here.",
    "bool_type": lambda _: "true or false is expected here.",
    "missing": lambda _: "This field is needed.",
    "extra_forbidden": lambda _: "There is no such field here.",
    "string_type": lambda _: "Text is expected here.",
    "string_too_short": lambda _: f"A text of 1 to {MAX_TEXT} characters is expected here.",
    "string_too_long": lambda _: f"A text of 1 to {MAX_TEXT} characters is expected here.",
    "literal_error": lambda _: _UNKNOWN_ROLE,
    "time": lambda _: TIME_EXPECTED,
}

_FAULTS_OF_LENGTH = ("string_too_short", "string_too_long")


def _time(value: Any) -> Ticks | None:
    if value is None:
        return None
    try:
        return parse_time(value)
    except (ValueError, TypeError):
        raise PydanticCustomError("time", "no time") from None


def _unless_unknown(
    value: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo[Any]
) -> Any:
    return check(value) if has_pstn(info.context) else None


type GivenTime = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": f"^{RFC3339.pattern}$",
            "description": TIME_EXPECTED,
        }
    ),
]
"""A time, as callers write it."""

type AcsUser = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{ACS_USER.pattern}$",
            "description": "The raw id of an ACS user.",
        }
    ),
]

type OptionalTime = Annotated[
    Ticks | None, PlainValidator(_time, json_schema_input_type=GivenTime | None)
]


class Body(BaseModel):
    """Unknown properties are ignored; nothing is converted from another type. The context is the
    api-version."""

    # Built when the first such body comes: most instances start for a GET.
    model_config = ConfigDict(strict=True, alias_generator=to_camel, defer_build=True)


class Invited(Body):
    """As what somebody is invited; without a role as Attendee."""

    role: Role | None = None


# The ids and their number are checked behind the shape of the body, as ACS does.
type Invitations = Annotated[
    dict[AcsUser, Invited | None], Field(json_schema_extra={"maxProperties": MAX_PARTICIPANTS})
]


class UpdateRoom(Body):
    """The body of PATCH /rooms/{id}."""

    valid_from: OptionalTime = None
    valid_until: OptionalTime = None
    pstn_dial_out_enabled: Annotated[bool | None, WrapValidator(_unless_unknown)] = None

    @property
    def change(self) -> RoomChange:
        """What it asks for."""
        return RoomChange(self.valid_from, self.valid_until, self.pstn_dial_out_enabled)


class UpdateParticipants(Body):
    """The body of PATCH /rooms/{id}/participants."""

    participants: Invitations | None = None

    @property
    def patch(self) -> RosterPatch:
        """What it asks for: no role is Attendee, no participant is a removal."""
        return {
            raw_id: None if participant is None else participant.role or "Attendee"
            for raw_id, participant in (self.participants or {}).items()
        }


class CreateRoom(UpdateRoom, UpdateParticipants):
    """The body of POST /rooms."""

    @property
    def roster(self) -> Roster:
        """Who is invited. A participant that is null is nobody."""
        return {raw_id: role for raw_id, role in self.patch.items() if role is not None}


_SHOWN_PATH = 300
"""Characters of the path of a field at fault."""

type Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]


class _Strict(Body):
    """Ours, not ACS's: a field that is spelled wrong is told, instead of being ignored."""

    model_config = ConfigDict(extra="forbid")


class NamesPatch(_Strict):
    """What people call somebody; null removes."""

    name: Text | None = None
    external_id: Text | None = None


class PatchDetails(_Strict):
    """The body of PATCH /rooms/{id}/details, a merge patch."""

    title: Text | None = None
    external_id: Text | None = None
    scheduled_start: OptionalTime = None
    scheduled_end: OptionalTime = None
    participants: dict[Text, NamesPatch | None] | None = None

    @property
    def patch(self) -> dict[str, Any]:
        """What it asks for, with times as on the wire."""
        patch = self.model_dump(exclude_unset=True, by_alias=True)
        times = {
            name: format_time(patch[name])
            for name in ("scheduledStart", "scheduledEnd")
            if patch.get(name) is not None
        }
        return patch | times


class AskAdmission(_Strict):
    """The body of POST /rooms/{id}/admission."""

    raw_id: Text
    display_name: Text | None = None


def parse_body[B: Body](model: type[B], body: bytes, version: str) -> B:
    """The body of a request of that api-version.

    Raises:
        ValidationFailed: it is no JSON of that shape. Names the first fault, as ACS does.
    """
    if not body:
        raise ValidationFailed(Detail("A non-empty request body is required.", ""))
    try:
        return model.model_validate_json(body, context=version)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    steps, sentence = first["loc"], _SENTENCES[first["type"]](first)
    if (
        steps[-1:] == ("[key]",) and first["type"] in _FAULTS_OF_LENGTH
    ):  # the key itself, which may be of any length, is left out
        steps, sentence = (
            steps[:-2],
            f"Names of 1 to {MAX_TEXT} characters are expected in this object.",
        )
    path = "".join(f".{step}" for step in steps)[:_SHOWN_PATH]
    raise ValidationFailed(Detail(sentence, f"${path}"))
