"""The commands `rooms mute`, `rooms kick` and `rooms end`: what is done in the call of a room."""

import os

from rooms_cli.client import Client, names_in
from rooms_cli.connection import connection
from rooms_cli.options import Person, Room
from rooms_cli.people import raw_id_of
from rooms_cli.screen import say
from rooms_cli.words import name_or_raw_id


def mute(room: Room, person: Person) -> None:
    """Mute somebody in the call of a room, on all their devices. They can unmute themselves."""
    client = Client(connection(os.environ))
    raw_id, name = _found(client, room, person)
    client.mute(room, raw_id)
    say(f"Muted {name} in the call of room {room}.")


def kick(room: Room, person: Person) -> None:
    """Remove somebody from the call of a room, with all their devices. Who is invited can come
    back: to keep somebody out, remove them from the room, too."""
    client = Client(connection(os.environ))
    raw_id, name = _found(client, room, person)
    client.kick(room, raw_id)
    say(f"Removed {name} from the call of room {room}.")


def end_call(room: Room) -> None:
    """End the call of a room for everybody. While the room is open, they can begin another one."""
    Client(connection(os.environ)).end(room)
    say(f"Ended the call of room {room}.")


def _found(client: Client, room: str, person: str) -> tuple[str, str]:
    """Returns the raw id of a person, and what they are called."""
    details = client.details(room)
    raw_id = raw_id_of(person, details)
    return raw_id, name_or_raw_id(raw_id, names_in(details))
