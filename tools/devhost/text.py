"""Percent-encoding, as Kestrel and ASP.NET Core read and write it."""

import re

_ENCODED = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
# These need no encoding in a path. What is encoded already needs none either.
_PATH = re.compile(r"%[0-9A-Fa-f]{2}|[A-Za-z0-9\-._~!$&'()*+,;=:@/]+|(.)", re.DOTALL)


def decode(text: str, keep: bytes = b"") -> str:
    """Undoes the percent-encoding of `text` once. Leaves the characters in `keep`, and bytes that
    are not UTF-8."""

    def decoded(run: re.Match[bytes]) -> bytes:
        encoded = run[0]
        octets = bytes.fromhex(encoded.replace(b"%", b"").decode())
        out = bytearray()
        position = 0
        while position < len(octets):
            length = _character(octets[position : position + 4])
            if length == 0 or octets[position] in keep:
                out += encoded[3 * position : 3 * position + 3]
                position += 1
            else:
                out += octets[position : position + length]
                position += length
        return bytes(out)

    return _ENCODED.sub(decoded, text.encode()).decode()


def encode_path(path: str) -> str:
    """Returns a decoded path as it is in a URL."""
    return _PATH.sub(
        lambda found: (
            "".join(f"%{octet:02X}" for octet in found[1].encode()) if found[1] else found[0]
        ),
        path,
    )


def _character(octets: bytes) -> int:
    """Returns the length of the UTF-8 character at the start of `octets`, or 0."""
    for length in range(1, len(octets) + 1):
        try:
            octets[:length].decode()
        except UnicodeDecodeError:
            continue
        return length
    return 0


def query_parameters(query: str) -> dict[str, str]:
    """Returns the parameters of a query. Names merge ignoring case, commas join their values, and
    empty values are dropped."""
    names: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for pair in query.split("&"):
        name, _, value = (decode(part.replace("+", " ")) for part in pair.partition("="))
        if value:
            values.setdefault(names.setdefault(name.upper(), name), []).append(value)
    return {name: ",".join(found) for name, found in values.items()}
