"""Health: the check of a load balancer, and the doctor."""

from openapi.operation import Answer, Header, Operation, read
from rooms.api.extension import doctor, health

HEALTH = {
    "get_health": Operation(
        kind="public",
        summary="Check whether the service is ready",
        description="The service is ready if its storage answers. Needs no key.",
        answers=(
            Answer(200, "The service is ready.", health.Health, example={"status": "ready"}),
            Answer(
                503,
                "The storage does not answer or does not have the table, or the clock is wrong.",
                health.Health,
                {"Retry-After": Header("Seconds to wait.", {"type": "integer", "minimum": 1})},
                example={"status": "unavailable"},
            ),
        ),
    ),
    "get_doctor": read(
        "Examine the service",
        "Checks whether the storage answers, has the table, lets the service read and write, "
        "throttles it, and has the same time. Says when the last event came, what is in "
        "quarantine, and when the upkeep and the export of the log ran. Each check says what to "
        "do. The write that it tries changes nothing.",
        Answer(
            200,
            "The checks that could be made.",
            doctor.Checks,
            example={
                "value": [
                    {
                        "name": "storage",
                        "status": "ok",
                        "text": "The storage answers.",
                        "advice": "",
                    }
                ]
            },
        ),
        errors=(),
    ),
}
