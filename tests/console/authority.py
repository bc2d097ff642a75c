"""A stand-in for Entra ID: an authority that speaks OpenID Connect over HTTPS, as far as MSAL asks
it. It issues a code for a proof key, tokens for the code or for a refresh token, and publishes its
keys.

It signs in whoever is chosen on its page: there are no passwords.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from devhost.azurite import PROJECT
from devhost.tls import Certificates

TENANT = "5b6f2c5e-0c4c-4d8e-9a39-1c4f5d0b7a11"
KID = "current"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the tenant, with their roles in the application."""

    name: str
    oid: str
    roles: tuple[str, ...] = ()


@dataclass
class Authority:
    """Signs people in to one application. `asked` has the parameters of each request for tokens."""

    people: tuple[Somebody, ...]
    client_id: str
    seconds: int = 3600
    """How long a token lives."""
    revoked: bool = False
    """Whether refresh tokens are refused."""
    asked: list[Mapping[str, str]] = field(default_factory=list)
    signed_out: int = 0
    port: int = 0
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    refresh: dict[str, Somebody] = field(default_factory=dict)
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))

    @property
    def url(self) -> str:
        """The value of ROOMS_ENTRA_AUTHORITY."""
        return f"https://localhost:{self.port}"

    @property
    def issuer(self) -> str:
        return f"{self.url}/{TENANT}/v2.0"

    def discovery(self) -> dict[str, Any]:
        endpoints = f"{self.url}/{TENANT}/oauth2/v2.0"
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{endpoints}/authorize",
            "token_endpoint": f"{endpoints}/token",
            "end_session_endpoint": f"{endpoints}/logout",
            "jwks_uri": f"{self.url}/{TENANT}/discovery/v2.0/keys",
        }

    def keys(self) -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": KID, "use": "sig"}]}

    def page(self, asked: Mapping[str, str]) -> str:
        """The page on which somebody is chosen."""
        assert asked["client_id"] == self.client_id
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["response_mode"] == "fragment"
        links = [f'<li><a href="{self._refusal(asked)}">Cancel</a></li>']
        for number, one in enumerate(self.people):
            code = secrets.token_urlsafe()
            self.codes[code] = {**asked, "person": str(number)}
            back = urlencode({"code": code, "state": asked["state"], "client_info": _info(one)})
            name, place = escape(one.name), asked["redirect_uri"]
            links.append(f'<li><a href="{place}#{back}">{name}</a></li>')
        return f"<title>Choose</title><ul>{''.join(links)}</ul>"

    def tokens(self, asked: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """The status and the body of the answer to a request for tokens."""
        self.asked.append(asked)
        assert asked["client_id"] == self.client_id
        nonce = None
        if asked["grant_type"] == "authorization_code":
            given = self.codes.pop(asked["code"])
            digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
            assert given["code_challenge"] == _encoded(digest)
            assert given["redirect_uri"] == asked["redirect_uri"]
            one, nonce = self.people[int(given["person"])], given["nonce"]
        elif self.revoked or asked["refresh_token"] not in self.refresh:
            return 400, {
                "error": "invalid_grant",
                "error_description": "AADSTS700082: The refresh token has expired.",
                "suberror": "bad_token",
            }
        else:
            one = self.refresh.pop(asked["refresh_token"])
        refresh = secrets.token_urlsafe()
        self.refresh[refresh] = one
        return 200, {
            "token_type": "Bearer",
            "scope": asked["scope"],
            "expires_in": self.seconds,
            "access_token": self._signed(one, scp="console", roles=list(one.roles)),
            "id_token": self._signed(one, nonce=nonce),
            "refresh_token": refresh,
            "client_info": _info(one),
        }

    def _refusal(self, asked: Mapping[str, str]) -> str:
        error = {"error": "access_denied", "error_description": "AADSTS65004: User declined."}
        return f"{asked['redirect_uri']}#{urlencode({**error, 'state': asked['state']})}"

    def _signed(self, one: Somebody, **more: Any) -> str:
        now = int(time.time())
        claims = {
            "aud": self.client_id,
            "iss": self.issuer,
            "iat": now - 60,
            "nbf": now - 60,
            "exp": now + 3600,
            "oid": one.oid,
            "sub": one.oid,
            "tid": TENANT,
            "name": one.name,
            "preferred_username": f"{one.oid}@example.org",
            "azp": self.client_id,
            "ver": "2.0",
            **more,
        }
        return jwt.encode(claims, self.key, "RS256", {"kid": KID})


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _info(one: Somebody) -> str:
    return _encoded(json.dumps({"uid": one.oid, "utid": TENANT}).encode())


class _Handler(BaseHTTPRequestHandler):
    authority: Authority

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = dict(parse_qsl(url.query))
        match url.path.rpartition("/")[2]:
            case "openid-configuration":
                self._json(200, self.authority.discovery())
            case "keys":
                self._json(200, self.authority.keys())
            case "authorize":
                self._send(200, "text/html", self.authority.page(asked).encode())
            case "logout":
                self.authority.signed_out += 1
                self._send(302, "text/plain", b"", asked["post_logout_redirect_uri"])
            case "favicon.ico":
                self._send(200, "image/x-icon", b"")
            case _:
                self._send(404, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(*self.authority.tokens(dict(parse_qsl(body))))

    def _json(self, status: int, body: object) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, kind: str, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def running_authority(client_id: str, *people: Somebody) -> Iterator[Authority]:
    """Runs an authority that the certificate authority of this checkout vouches for."""
    authority = Authority(people, client_id)
    handler = type("Handler", (_Handler,), {"authority": authority})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = Certificates(PROJECT / ".devhost").server_context()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    authority.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
