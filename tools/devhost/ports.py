"""The ports of devhost: HTTP, HTTPS, Azurite, and two of a media server if it starts one.

`python -m devhost.ports PORT [MEDIA]` checks that they are free. The Makefile runs it before it
installs anything, so it needs the standard library only.
"""

import errno
import socket
import sys
from contextlib import ExitStack

from devhost.errors import CannotStart

DEFAULT = 7071
COUNT = 3
MEDIA_COUNT = 2
"""Of the media server: its API, and media over UDP and TCP. They come after the others."""
MEDIA = ("livekit",)
"""The media servers that devhost can start."""

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


def check(first: int, media: bool = False) -> None:
    """Raises CannotStart if devhost cannot take `first` and the ports after it."""
    with ExitStack() as opened:
        for port in range(first, first + COUNT):
            for listening in listen(port):
                opened.enter_context(listening)
        if media:
            check_media(first + COUNT)


def check_media(first: int) -> None:
    """Raises CannotStart if a media server cannot take `first` and the next port."""
    with ExitStack() as opened:
        for port in range(first, first + MEDIA_COUNT):
            for listening in listen(port):
                opened.enter_context(listening)
        datagrams = opened.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        try:
            datagrams.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(_refusal(port, error)) from None


def read(text: str, media: bool = False) -> int:
    """Returns the first port, as the user has written it.

    Raises:
        ValueError: it is not a port, or those after it are not.
    """
    highest = 65_536 - COUNT - (MEDIA_COUNT if media else 0)
    if not text.isdecimal() or not 0 < int(text) <= highest:
        raise ValueError(f"PORT must be a number from 1 to {highest}, not {text!r}")
    return int(text)


def read_media(text: str) -> str | None:
    """Returns the media server to start, as the user has written it, or None for none.

    Raises:
        ValueError: devhost cannot start it.
    """
    if text and text not in MEDIA:
        raise ValueError(f"MEDIA must be {' or '.join(MEDIA)}, or not be set, not {text!r}")
    return text or None


def _refusal(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use. Try: make start PORT={_free_from(port + _STEP)}"
    return f"Port {port}: {error.strerror}. Try: make start PORT={_free_from(DEFAULT)}"


def _free_from(first: int) -> int:
    """Returns the first port from `first` on that is free, as are all that may come after it."""
    count = COUNT + MEDIA_COUNT
    for port in range(first, 65_536 - count):
        with ExitStack() as opened:
            try:
                for each in range(port, port + count):
                    opened.enter_context(socket.create_server(("127.0.0.1", each)))
            except OSError:
                continue
            return port
    return DEFAULT


if __name__ == "__main__":
    try:
        media = read_media("".join(sys.argv[2:])) is not None
        check(read(sys.argv[1], media), media)
    except (CannotStart, ValueError) as problem:
        sys.exit(f"devhost: {problem}")
