"""A short session with the async client made from a connection string and nothing else: the
certificate authority comes from the environment. Prints the ids of the room created and of the
first listed.

Run by test_python_sdk.py. Environment: CONNECTION_STRING, SSL_CERT_FILE.
"""

import asyncio
import os

from azure.communication.rooms.aio import RoomsClient


async def session() -> None:
    async with RoomsClient.from_connection_string(os.environ["CONNECTION_STRING"]) as client:
        room = await client.create_room()
        print(room.id, (await anext(client.list_rooms())).id)


if __name__ == "__main__":
    asyncio.run(session())
