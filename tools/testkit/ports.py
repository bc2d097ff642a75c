"""Ports of this machine: those that nobody listens on, and whether somebody does."""

import random
import socket
from contextlib import ExitStack


def free_port(count: int = 1) -> int:
    """Returns the first of `count` free ports in a row.

    They are below the ports that outgoing connections take.
    """
    while True:
        first = random.randrange(20_000, 32_000)
        with ExitStack() as held:
            try:
                for port in range(first, first + count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first


def answers(port: int) -> bool:
    """Returns whether somebody listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True
