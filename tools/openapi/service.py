"""The description of the service as a whole: callers, errors, times and bodies."""

from collections.abc import Mapping

from openapi.operation import Kind
from openapi.schemas import Schema
from rooms.domain.limits import LIMITS

SUMMARY = "Rooms, admission and attendance."

DESCRIPTION = f"""\
Anteroom is a successor of Azure Communication Services (ACS) Rooms. It has the routes of ACS Rooms
and of ACS Identity, and **extension routes** for admission, presence, attendance and the log.

**Authentication.** A key signs each request (HMAC-SHA256), as the official SDKs do, or the request
has an Entra ID token. Extension routes also accept the plain key in the header `x-api-key`. A
read-only key is enough for every GET.

**Errors** have a `code` and a `message`. The header `x-ms-error-code` repeats the code. On
extension routes and Identity routes, `target` names the parameter or field at fault. On ACS Rooms
routes, an error about the content of a request has `details` and no such header.

**On behalf of.** A request may have the header `On-Behalf-Of`, if the caller is one that
ROOMS_ON_BEHALF_OF names. It has 1 to {LIMITS.on_behalf_of} characters, percent-encoded in UTF-8 if
they are not ASCII. Log records have it as `onBehalfOf`. From another caller, or with control
characters, it is refused with 400. Identity routes ignore it.

**Times** in requests have an offset and up to 9 fraction digits. The service keeps 7 of them and
answers in UTC.

**Parameters** have case-insensitive names. The service ignores unknown parameters, and treats a
parameter without a value as absent unless its operation says otherwise.

**Bodies** have at most {LIMITS.body_bytes:,} bytes and need a Content-Length. The Content-Type is
application/json, application/merge-patch+json, or another type that ends in json.

**Caches.** Every answer has `Cache-Control: no-store`, except this document, the public key and the
files of the console. Every answer has `X-Content-Type-Options: nosniff`, and over HTTPS
`Strict-Transport-Security`.

The host refuses some requests before they reach this service, and answers them without a body: a
path with a NUL (400), a request line over 8 KiB (414), headers over 32 KiB (431), and an unknown
path or method (404).
"""

SECURITY: Mapping[str, Schema] = {
    "hmac": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256"
        "&Signature=<base64>`. The signature covers the method, the path with query, and those "
        "headers, as Microsoft documents it for ACS. The SDKs make it.",
    },
    "entra": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An Entra ID token for the scope "
        "`https://communication.azure.com//.default`.",
    },
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "x-api-key",
        "description": "A plain key, for extension routes, over HTTPS or on localhost. The service "
        "ignores it if the request has an Authorization header.",
    },
    "joinLink": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`JoinLink <token>`: the part behind `#` of a join link for the room.",
    },
    "media": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The token with which somebody has joined the call of the room.",
    },
}

OF_CALLS = "media"
"""The security scheme of who is in a call."""

SCHEMES: Mapping[Kind, tuple[str, ...]] = {
    "acs": ("hmac", "entra"),
    "identity": ("hmac", "entra"),
    "extension": ("hmac", "entra", "key"),
    "link": ("joinLink",),
    "either": ("hmac", "entra", "key"),
    "public": (),
}
"""The security schemes of each kind of operation."""
