"""The identifiers of people in events, and their raw ids, as the SDKs make them (azure-sdk-for-js,
sdk/communication/communication-common/src/identifierModels.ts, getIdentifierRawId)."""

from typing import Annotated

from pydantic import WrapValidator

from rooms.domain.events import PHONE_PREFIX
from rooms.intake.fields import Id, Name, Part, or_nothing

_TEAMS_USERS = {"dod": "8:dod:", "gcch": "8:gcch:"}
_TEAMS_APPS = {"dod": "28:dod:", "gcch": "28:gcch:"}
"""By the cloud. What is in none of these is in the public one."""


class _CommunicationUser(Part):
    id: Id = None


class _PhoneNumber(Part):
    value: Id = None


class _TeamsUser(Part):
    user_id: Id = None
    is_anonymous: bool | None = None
    cloud: Name = None


class _TeamsApp(Part):
    app_id: Id = None
    cloud: Name = None


class Identifier(Part):
    """An identifier of a person, a telephone or an app. Only `raw_id` must be right if it is
    there."""

    raw_id: Id = None
    communication_user: _CommunicationUser | None = None
    phone_number: Annotated[_PhoneNumber | None, WrapValidator(or_nothing)] = None
    microsoft_teams_user: Annotated[_TeamsUser | None, WrapValidator(or_nothing)] = None
    microsoft_teams_app: Annotated[_TeamsApp | None, WrapValidator(or_nothing)] = None

    def made_raw_id(self) -> str | None:
        """Returns the raw id that the other fields amount to."""
        if self.communication_user and self.communication_user.id:
            return self.communication_user.id
        if self.phone_number and self.phone_number.value:
            return PHONE_PREFIX + self.phone_number.value
        if (user := self.microsoft_teams_user) and user.user_id:
            public = "8:teamsvisitor:" if user.is_anonymous else "8:orgid:"
            clouds = {} if user.is_anonymous else _TEAMS_USERS
            return clouds.get((user.cloud or "").lower(), public) + user.user_id
        if (app := self.microsoft_teams_app) and app.app_id:
            return _TEAMS_APPS.get((app.cloud or "").lower(), "28:orgid:") + app.app_id
        return None


class Person(Identifier):
    """An identifier in the documentation's shape; in the SDKs' it is one step further in."""

    communication_identifier: Identifier | None = None


def raw_id_of(person: Person | None) -> str | None:
    """Returns the raw id of a person. Those that are told come before those that are made."""
    outer = person or Person()
    inner = outer.communication_identifier or Identifier()
    return outer.raw_id or inner.raw_id or outer.made_raw_id() or inner.made_raw_id()
