"""Health: the check of a load balancer, and the doctor."""

from openapi.operation import Answer, Header, Operation, read
from rooms.api.extension import doctor, health, media_check
from rooms.domain.limits import LIMITS
from rooms.media.errors import MediaRefusesUs, MediaUnavailable, NoMediaPlane

HEALTH = {
    "get_health": Operation(
        kind="public",
        summary="Check whether the service is ready",
        description="The service is ready if its storage answers, in all accounts. Needs no key.",
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
        "Checks whether the storage answers, in each account, has the table, lets the service read "
        "and write, throttles it, and has the same time, and whether the media server answers. "
        "Says when the last event came, what is in quarantine, and when the upkeep and the export "
        "of the log ran. Each check says what to do. The write that it tries changes nothing.",
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
    "check_media": read(
        "Check the media server",
        "Checks whether the media server answers, takes each API key, opens no call by itself, and "
        "sends its events here. For the latter it makes a call that nobody joins, ends it, and "
        f"waits for the event up to {LIMITS.probe_seconds:.0f} s. Each check says what to do.",
        Answer(
            200,
            "The checks that could be made.",
            media_check.MediaChecks,
            example={
                "value": [
                    {
                        "name": "media server",
                        "status": "ok",
                        "text": "The media server answers.",
                        "advice": "",
                    }
                ]
            },
        ),
        errors=(NoMediaPlane, MediaRefusesUs, MediaUnavailable),
    ),
}
