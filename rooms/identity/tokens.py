"""Access tokens of this deployment: JWTs with the claims of ACS's, signed with a key of its own.

They are no tokens of ACS, and `iss` says so. The payload is compact JSON: the Java SDK finds `exp`
in no other.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from rooms.domain.identity import raw_id_of
from rooms.domain.time import Ticks, from_unix_seconds, unix_seconds

ISSUER = "anteroom"

_KEY_BITS = 2048
_CALLING = 1792
"""The claim `scp` of every token of ACS."""

_OURS = ("exp", "iat", "acsScope", "resourceId", "skypeid", "iss", "revision")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. `user` is the second GUID of the raw id."""

    deployment: str
    user: str
    scopes: tuple[str, ...]
    issued_at: Ticks
    expires_at: Ticks
    revision: str

    @property
    def raw_id(self) -> str:
        """Returns the raw id of the user."""
        return raw_id_of(self.deployment, self.user)


class TokenKey:
    """An RSA key that signs tokens."""

    def __init__(self, pem: str) -> None:
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("no RSA key")
        self._private, self._public = key, key.public_key()
        numbers = RSAAlgorithm.to_jwk(self._public, as_dict=True)
        self.modulus, self.exponent = str(numbers["n"]), str(numbers["e"])
        """The public numbers, as a JSON Web Key has them."""
        self.id = _thumbprint({"e": self.exponent, "kty": "RSA", "n": self.modulus})

    def sign(self, claims: Claims) -> str:
        """Returns a token."""
        issued_at = unix_seconds(claims.issued_at)
        payload = {
            "skypeid": claims.raw_id.removeprefix("8:"),
            "scp": _CALLING,
            "csi": str(issued_at),
            "exp": unix_seconds(claims.expires_at),
            "acsScope": ",".join(claims.scopes),
            "resourceId": claims.deployment,
            "iat": issued_at,
            "iss": ISSUER,
            "revision": claims.revision,
        }
        return jwt.encode(payload, self._private, algorithm="RS256", headers={"kid": self.id})

    def read(self, token: str) -> Claims | None:
        """Returns the claims of a token that this key signed, or None. It may have expired."""
        try:
            payload = jwt.decode(
                token,
                self._public,
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_iat": False, "require": list(_OURS)},
                issuer=ISSUER,
            )
        except (jwt.PyJWTError, ValueError):
            return None
        deployment: str = payload["resourceId"]
        return Claims(
            deployment=deployment,
            user=payload["skypeid"].removeprefix(raw_id_of(deployment, "").removeprefix("8:")),
            scopes=tuple(payload["acsScope"].split(",")),
            issued_at=from_unix_seconds(payload["iat"]),
            expires_at=from_unix_seconds(payload["exp"]),
            revision=payload["revision"],
        )


def new_private_key() -> str:
    """Returns a new RSA key, in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _thumbprint(known: Mapping[str, str]) -> str:
    """Returns the thumbprint of a JSON Web Key (RFC 7638)."""
    text = json.dumps(known, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
