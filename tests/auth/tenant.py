"""A tenant of Entra ID: it signs tokens with real keys and publishes these over real HTTP."""

import asyncio
import contextlib
import json
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

TENANT_ID = "5b6f2c5e-0c4c-4d8e-9a39-1c4f5d0b7a11"


class Tenant:
    """Signs tokens; counts how often its keys are asked for, and can be out of order."""

    def __init__(self) -> None:
        self.keys: dict[str, RSAPrivateKey] = {}
        self.others: list[dict[str, Any]] = []
        self.fetches = 0
        self.asked = asyncio.Event()
        self.broken = False
        self.answer: bytes | None = None
        self.encoding = "identity"
        self.endless = False
        self.sent = 0
        self.open = asyncio.Event()
        self.open.set()
        self.authority = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get(f"/{TENANT_ID}/discovery/v2.0/keys", self._publish)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.authority = f"http://{host}:{port}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def token(self, claims: dict[str, Any], signed_by: str, **header: Any) -> str:
        # Not jwt.encode, which refuses to sign some of the claims that must be refused.
        return jwt.PyJWS().encode(
            json.dumps(claims).encode(), self.keys[signed_by], "RS256", {"kid": signed_by, **header}
        )

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        self.fetches += 1
        self.asked.set()
        await self.open.wait()
        if self.broken:
            return web.Response(status=503)
        if self.endless:
            return await self._without_end(request)
        if self.answer is not None:
            return web.Response(body=self.answer, headers={"Content-Encoding": self.encoding})
        keys = [
            RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig"}
            for kid, key in self.keys.items()
        ]
        return web.Response(
            text=json.dumps({"keys": [*self.others, *keys]}), content_type="application/json"
        )

    async def _without_end(self, request: web.Request) -> web.StreamResponse:
        """Answers until the client is gone."""
        response, piece = web.StreamResponse(), b" " * 65_536
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(piece)
                self.sent += len(piece)
        return response


def claims_of(oid: str, now: int) -> dict[str, Any]:
    """The usual claims of a version 1 token, issued five minutes before `now` (Unix time), that is
    good for an hour more."""
    return {
        "aud": "https://communication.azure.com/",
        "iss": f"https://sts.windows.net/{TENANT_ID}/",
        "iat": now - 300,
        "nbf": now - 300,
        "exp": now + 3600,
        "oid": oid,
        "sub": oid,
        "tid": TENANT_ID,
        "ver": "1.0",
    }


def new_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)
