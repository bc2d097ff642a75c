"""The official SDK with Entra ID tokens, against an app that fetches the keys of a tenant over
HTTP."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from azure.communication.identity.aio import CommunicationIdentityClient
from azure.communication.rooms.aio import RoomsClient
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from tests.auth.tenant import TENANT_ID, Tenant, claims_of, new_key

pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.asyncio(loop_scope="module"),
]

MANAGER, READER = "0f4a2b6e-6f43-4a3b-8f0f-5f6a3c9d2e01", "7c1d9a52-3b1e-4f0a-9d55-2a8e6b4c7f02"


@dataclass
class Credential:
    """Gives the SDK one token."""

    token: str

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        assert scopes == ("https://communication.azure.com//.default",)
        return AccessToken(self.token, int(time.time()) + 3600)

    async def close(self) -> None:
        """Has nothing open."""

    async def __aenter__(self) -> "Credential":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Has nothing open."""


@dataclass
class Directory:
    """An app and the tenant whose tokens it accepts."""

    app: RunningApp
    tenant: Tenant

    def client(self, signed_by: str = "current", **changes: Any) -> RoomsClient:
        """Makes a client of someone who may do everything, but for `changes` of the claims."""
        credential = self.credential(signed_by, **changes)
        return RoomsClient(self.app.https, credential, connection_verify=str(self.app.ca))

    def identities(self, **changes: Any) -> CommunicationIdentityClient:
        """Makes a client for identities of the same."""
        credential = self.credential(**changes)
        return CommunicationIdentityClient(
            self.app.https, credential, connection_verify=str(self.app.ca)
        )

    def credential(self, signed_by: str = "current", **changes: Any) -> Credential:
        claims = claims_of(MANAGER, int(time.time())) | changes
        return Credential(self.tenant.token(claims, signed_by, kid="current"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def directory(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Directory]:
    tenant = Tenant()
    tenant.keys["current"] = new_key()
    await tenant.start()
    tenant.keys["another's"] = new_key()
    settings = {
        "ROOMS_ENTRA_TENANT": TENANT_ID,
        "ROOMS_ENTRA_AUTHORITY": tenant.authority,
        "ROOMS_ENTRA_MANAGE": MANAGER,
        "ROOMS_ENTRA_READ": READER,
    }
    with running_app(tmp_path_factory.mktemp("entra"), settings) as app:
        yield Directory(app, tenant)
    await tenant.stop()


async def test_tokens_of_the_tenant_let_in_whom_the_settings_name_and_nobody_else(
    directory: Directory,
) -> None:
    async with directory.client() as manager:
        room = await manager.create_room()
    async with directory.client(oid=READER, sub=READER) as reader:
        assert (await reader.get_room(room.id)).id == room.id
        with pytest.raises(ClientAuthenticationError):
            await reader.delete_room(room.id)

    now = int(time.time())
    refused = {
        "expired": directory.client(exp=now - 3600),
        "not valid yet": directory.client(nbf=now + 3600),
        "of another audience": directory.client(aud="https://management.azure.com/"),
        "of another issuer": directory.client(
            iss="https://sts.windows.net/00000000-0000-0000-0000-000000000000/"
        ),
        "of another tenant": directory.client(tid="00000000-0000-0000-0000-000000000000"),
        "of nobody named": directory.client(oid="00000000-0000-0000-0000-000000000000"),
        "signed by another": directory.client(signed_by="another's"),
    }
    for client in refused.values():
        async with client:
            with pytest.raises(ClientAuthenticationError) as denied:
                await client.delete_room(room.id)
            assert denied.value.error is not None
            assert denied.value.error.code == "Denied"
    assert Raw(directory.app.http, directory.app.manage_key).room_ids() == [room.id]
    assert directory.app.log().count("refused DELETE") == len(refused) + 1
    assert directory.tenant.fetches == 1


async def test_tokens_of_the_tenant_make_identities_if_they_may_do_everything(
    directory: Directory,
) -> None:
    async with directory.identities() as manager:
        user, _ = await manager.create_user_and_token(["voip"])
        await manager.get_token(user, ["chat"])
        await manager.revoke_tokens(user)
        await manager.delete_user(user)
    assert f"{MANAGER} deleted {user.properties['id']}" in directory.app.log()
    async with directory.identities(oid=READER, sub=READER) as reader:
        with pytest.raises(ClientAuthenticationError):
            await reader.create_user()
