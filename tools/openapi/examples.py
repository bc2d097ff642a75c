"""Values that several examples share."""

PRESENTER, ATTENDEE = (
    f"8:acs:5ab1e000-0000-4000-8000-000000000000_00000000-0000-4000-8000-00000000000{n}"
    for n in (1, 2)
)
ROOM_ID = "99482221907697241"
TIMES = {"validFrom": "2026-05-04T10:00:00Z", "validUntil": "2026-05-04T11:00:00Z"}
