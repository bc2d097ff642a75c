"""The descriptions of operations: a module for each resource."""

from openapi.resources.admission import ADMISSION
from openapi.resources.attendance import ATTENDANCE
from openapi.resources.calls import CALLS
from openapi.resources.carrier import CARRIER
from openapi.resources.details import DETAILS, OVERVIEW
from openapi.resources.document import DOCUMENT
from openapi.resources.health import HEALTH
from openapi.resources.identities import IDENTITIES, TOKENS
from openapi.resources.imports import IMPORTS
from openapi.resources.in_call import IN_CALL
from openapi.resources.invitees import INVITEES
from openapi.resources.join import JOIN
from openapi.resources.join_policy import JOIN_POLICY
from openapi.resources.livekit_events import LIVEKIT_EVENTS
from openapi.resources.log import LOG
from openapi.resources.me import ME
from openapi.resources.moving import MOVING
from openapi.resources.participants import PARTICIPANTS
from openapi.resources.persons import PERSONS
from openapi.resources.quarantine import QUARANTINE
from openapi.resources.roles import ROLES
from openapi.resources.rooms import ROOMS

__all__ = [
    "ADMISSION",
    "ATTENDANCE",
    "CALLS",
    "CARRIER",
    "DETAILS",
    "DOCUMENT",
    "HEALTH",
    "IDENTITIES",
    "IMPORTS",
    "INVITEES",
    "IN_CALL",
    "JOIN",
    "JOIN_POLICY",
    "LIVEKIT_EVENTS",
    "LOG",
    "ME",
    "MOVING",
    "OVERVIEW",
    "PARTICIPANTS",
    "PERSONS",
    "QUARANTINE",
    "ROLES",
    "ROOMS",
    "TOKENS",
]
