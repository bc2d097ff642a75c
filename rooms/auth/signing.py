"""Signs requests with a shared key (HMAC-SHA256), as the Communication Services SDKs do."""

import base64
import hashlib
import hmac

SIGNED_HEADERS = "x-ms-date;host;x-ms-content-sha256"


def signed_headers(
    secret: bytes, method: str, target: str, host: str, date: str, body: bytes
) -> dict[str, str]:
    """Returns the headers of a signed request, all but Host.

    Args:
        target: path and query as on the request line.
        host: as in the Host header, with its port.
        date: an HTTP date.
    """
    content_hash = base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"{method}\n{target}\n{date};{host};{content_hash}"
    signature = base64.b64encode(hmac.digest(secret, text.encode(), "sha256")).decode()
    return {
        "x-ms-date": date,
        "x-ms-content-sha256": content_hash,
        "Authorization": f"HMAC-SHA256 SignedHeaders={SIGNED_HEADERS}&Signature={signature}",
    }
