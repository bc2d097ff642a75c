"""Percent-encoding, as Kestrel and ASP.NET Core read and write it."""

import re

_ENCODED = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
# In a path, these need no encoding, and neither does what is encoded already.
_PATH = re.compile(r"%[0-9A-Fa-f]{2}|[A-Za-z0-9\-._~!$&'()*+,;=:@/]+|(.)", re.DOTALL)


def decode(text: str, keep: bytes = b"") -> str:
    """`text` with its percent-encoding undone once, except for the characters in `keep` and what is
    no UTF-8."""

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
    """A decoded path as it stands in a URL."""
    return _PATH.sub(
        lambda found: (
            "".join(f"%{octet:02X}" for octet in found[1].encode()) if found[1] else found[0]
        ),
        path,
    )


def _character(octets: bytes) -> int:
    """The length of the UTF-8 character that `octets` begin with; 0 if they begin with none."""
    for length in range(1, len(octets) + 1):
        try:
            octets[:length].decode()
        except UnicodeDecodeError:
            continue
        return length
    return 0


def query_parameters(query: str) -> dict[str, str]:
    """The parameters of a query: names merge ignoring case, values are joined by commas, and empty
    ones are dropped."""
    names: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for pair in query.split("&"):
        name, _, value = (decode(part.replace("+", " ")) for part in pair.partition("="))
        if value:
            values.setdefault(names.setdefault(name.upper(), name), []).append(value)
    return {name: ",".join(found) for name, found in values.items()}
