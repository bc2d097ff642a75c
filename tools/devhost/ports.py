"""The three ports of devhost: HTTP, HTTPS and Azurite.

`python -m devhost.ports PORT` checks that they are free. The Makefile runs it before it installs
anything, so it needs the standard library only.
"""

import errno
import socket
import sys
from contextlib import ExitStack

from devhost.errors import CannotStart

DEFAULT = 7071
COUNT = 3
HIGHEST = 65_535 - (COUNT - 1)

_STEP = 28
"""From a port in use to the one that the message suggests, if that is free: 7071 to 7099."""

_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def listen(port: int) -> list[socket.socket]:
    """Returns sockets that listen on a port of localhost: IPv4, and IPv6 if the machine has it.

    Raises:
        CannotStart: the port is in use, or this user may not take it.
    """
    sockets: list[socket.socket] = []
    for address, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
        try:
            sockets.append(socket.create_server((address, port), family=family, backlog=1024))
        except OSError as error:
            if family == socket.AF_INET6 and error.errno in _NO_IPV6:
                continue
            for opened in sockets:
                opened.close()
            raise CannotStart(_refusal(port, error)) from None
    return sockets


def check(first: int) -> None:
    """Raises CannotStart if devhost cannot take `first` and the two ports after it."""
    with ExitStack() as opened:
        for port in range(first, first + COUNT):
            for listening in listen(port):
                opened.enter_context(listening)


def read(text: str) -> int:
    """Returns the first port, as the user has written it.

    Raises:
        ValueError: it is not a port, or the two after it are not.
    """
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST:
        raise ValueError(f"PORT must be a number from 1 to {HIGHEST}, not {text!r}")
    return int(text)


def _refusal(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use. Try: make start PORT={_free_from(port + _STEP)}"
    return f"Port {port}: {error.strerror}. Try: make start PORT={_free_from(DEFAULT)}"


def _free_from(first: int) -> int:
    """Returns the first port from `first` on that is free, as are the two after it."""
    for port in range(first, HIGHEST + 1):
        with ExitStack() as opened:
            try:
                for each in range(port, port + COUNT):
                    opened.enter_context(socket.create_server(("127.0.0.1", each)))
            except OSError:
                continue
            return port
    return DEFAULT


if __name__ == "__main__":
    try:
        check(read(sys.argv[1]))
    except (CannotStart, ValueError) as problem:
        sys.exit(f"devhost: {problem}")
