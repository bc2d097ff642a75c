"""The move from ACS."""

from openapi.operation import Answer, Operation, read
from openapi.parameters import CLIENT_REQUEST_ID
from rooms.api.errors import NotMoving, PassGoesOn
from rooms.api.extension import moving

_EXAMPLE = {
    "mode": "observe",
    "endpoint": "contoso.communication.azure.com",
    "rooms": {"acs": 10_000, "own": 12},
    "pending": 0,
    "asked": [],
    "head": {"at": "2026-05-04T10:00:32+00:00", "pages": 1},
    "full": {
        "beganAt": "2026-05-04T09:20:32+00:00",
        "endedAt": "2026-05-04T09:23:57+00:00",
        "rooms": 10_000,
        "pages": 334,
        "new": 0,
        "changed": 2,
        "gone": 1,
    },
    "rosters": {
        "beganAt": "2026-05-04T02:00:32+00:00",
        "endedAt": "2026-05-04T03:44:32+00:00",
        "rooms": 8_140,
        "changed": 5,
    },
    "throttledUntil": None,
    "notUnderstood": [],
    "deletedHereOnly": [],
    "unclaimed": [],
}

MOVING = {
    "get_moving": read(
        "Get the state of the move from ACS",
        "What the timer has found, which compares the rooms at ACS with those here. 404 where "
        "`ROOMS_ACS_MODE` is `own`.",
        Answer(200, "The state.", moving.MovingBody, example=_EXAMPLE),
        errors=(NotMoving,),
    ),
    "ask_for_pass": Operation(
        kind="extension",
        summary="Compare all rooms, or all rosters, now",
        description=(
            "The next run of the timer, which comes each minute, begins the pass, however long ago "
            "the last one ended. A pass of many rooms takes several runs."
        ),
        answers=(
            Answer(
                202,
                "The state, with the pass in `asked`.",
                moving.MovingBody,
                example={**_EXAMPLE, "asked": ["full"]},
            ),
        ),
        parameters=(CLIENT_REQUEST_ID,),
        body=moving.AskPass,
        examples={"all rooms": {"pass": "full"}, "all rosters": {"pass": "rosters"}},
        errors=(NotMoving, PassGoesOn),
    ),
}
