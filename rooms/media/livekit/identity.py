"""What LiveKit calls a device of a person: `<raw id>#<device>`.

Two devices of a person can be in together. A second join with one identity ejects the first.
"""

from rooms.media.carrier import DEVICE


def identity_of(raw_id: str, device: str) -> str:
    """Returns the identity of a device."""
    return f"{raw_id}#{device}"


def raw_id_of(identity: str) -> str | None:
    """Returns the raw id in an identity, or None if we did not make it."""
    raw_id, _, device = identity.rpartition("#")
    return raw_id if raw_id and DEVICE.fullmatch(device) else None
