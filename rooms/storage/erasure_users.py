"""The users of this service that an erased person is."""

from rooms.domain.erasure import Person
from rooms.domain.identity import parts_of
from rooms.storage.identities import Identities


async def users_of(identities: Identities, person: Person) -> list[str]:
    """Returns the users of this deployment that are the person, also deleted ones. One request, and
    one for each raw id of this deployment."""
    deployment = await identities.find_deployment()
    if deployment is None:
        return []
    users = {
        parts[1]
        for raw_id in person.raw_ids
        if (parts := parts_of(raw_id)) is not None and parts[0] == deployment.id
    }
    return [user for user in sorted(users) if await identities.has(user)]
