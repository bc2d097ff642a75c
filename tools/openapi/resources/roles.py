"""Roles: the table of capabilities."""

from openapi.operation import Answer, Operation
from rooms.api.extension import roles

ROLES = {
    "list_roles": Operation(
        kind="extension",
        summary="List the capabilities of each role",
        description=(
            "The table of ACS. The values are `yes`, `no`, `web` (only with the web calling SDK) "
            "and `remote` (only remote streams). What nobody can do in the calls of this service, "
            "because its media server cannot, is left out."
        ),
        answers=(Answer(200, "The table.", roles.Roles),),
    ),
}
