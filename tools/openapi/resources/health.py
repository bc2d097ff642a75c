"""Health: the check of a load balancer."""

from openapi.operation import Answer, Header, Operation
from rooms.api.extension import health

HEALTH = {
    "get_health": Operation(
        kind="public",
        summary="Check whether the service is ready",
        description="The service is ready if its storage answers. Needs no key.",
        answers=(
            Answer(200, "The service is ready.", health.Health, example={"status": "ready"}),
            Answer(
                503,
                "The storage does not answer.",
                health.Health,
                {"Retry-After": Header("Seconds to wait.", {"type": "integer", "minimum": 1})},
                example={"status": "unavailable"},
            ),
        ),
    ),
}
