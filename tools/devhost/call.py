"""`make call`: makes a room for two people at a running devhost, and prints their join links."""

import logging
import os
import sys
from datetime import UTC, datetime, timedelta

import requests
from azure.communication.identity import CommunicationIdentityClient
from azure.communication.rooms import CommunicationUserIdentifier, RoomParticipant, RoomsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError

from devhost.azurite import PROJECT
from devhost.development_key import key_for_clients
from devhost.errors import CannotStart

PEOPLE = {"Paula": "Presenter", "Anton": "Attendee"}
"""The names of the two, and their roles."""

OPEN_FOR = timedelta(hours=2)


# The SDK warns about a time without a zone that it makes itself.
logging.getLogger("azure").setLevel(logging.ERROR)


def main(port: str) -> None:
    """Makes the room and prints the links."""
    _, key = key_for_clients(PROJECT, os.environ)
    if key is None:
        sys.exit("make call: no key that may change rooms is set.")
    endpoint = f"http://localhost:{port}"
    try:
        links = _links(endpoint, key)
    except CannotStart as problem:
        sys.exit(f"make call: {problem}")
    except (AzureError, OSError) as problem:  # the exceptions of requests are OSErrors
        reason = str(problem).replace(key, "...").partition("\n")[0]
        sys.exit(
            f"make call: {endpoint} does not answer as it should ({reason}). "
            f"Start it: make start MEDIA=livekit PORT={port}"
        )
    print("A room is open for two hours. Open each link in a browser tab of its own:\n")
    for (name, role), link in zip(PEOPLE.items(), links, strict=True):
        print(f"{name}, {role}:\n  {link}\n")
    print("A link belongs to the first browser that joins with it.")


def _links(endpoint: str, key: str) -> list[str]:
    """Makes the people and the room. Returns a link for each.

    Raises:
        CannotStart: nobody can join at this devhost.
    """
    credential = AzureKeyCredential(key)
    identities = CommunicationIdentityClient(endpoint, credential, retry_total=0)
    with (
        RoomsClient(endpoint, credential, retry_total=0) as rooms,
        requests.Session() as session,
    ):
        raw_ids = [identities.create_user().properties["id"] for _ in PEOPLE]
        room = rooms.create_room(
            valid_until=datetime.now(UTC) + OPEN_FOR,
            participants=[
                RoomParticipant(
                    communication_identifier=CommunicationUserIdentifier(raw_id), role=role
                )
                for raw_id, role in zip(raw_ids, PEOPLE.values(), strict=True)
            ],
        )
        links = []
        for raw_id, name in zip(raw_ids, PEOPLE, strict=True):
            answer = session.post(
                f"{endpoint}/rooms/{room.id}/joinLinks",
                json={"rawId": raw_id, "displayName": name},
                headers={"x-api-key": key},
                timeout=30,
            )
            if answer.status_code == 404:
                rooms.delete_room(room.id)
                raise CannotStart(answer.json()["error"]["message"])
            answer.raise_for_status()
            links.append(answer.json()["url"])
        return links


if __name__ == "__main__":
    main(sys.argv[1])
