"""Ports that nobody listens on."""

import socket
from contextlib import ExitStack


def free_port(count: int = 1) -> int:
    """The first of `count` free ports in a row."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                for number in range(port + 1, port + count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", number))
            except (OSError, OverflowError):
                continue
            return port
