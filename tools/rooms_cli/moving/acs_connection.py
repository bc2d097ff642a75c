"""Which resource of ACS is read, and as whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import typer
from azure.communication.rooms import RoomsClient
from azure.core.credentials import AzureKeyCredential, TokenCredential

from rooms_cli.client import ANSWER_SECONDS, CONNECT_SECONDS
from rooms_cli.connection import Connection, parsed
from rooms_cli.failures import VARIABLE, Failure

ACS_VARIABLE = "ACS_CONNECTION_STRING"


@dataclass(frozen=True, slots=True)
class AcsAddress:
    """A client of the SDK, and what it asks."""

    client: RoomsClient
    endpoint: str


def acs_address(
    environment: Mapping[str, str], endpoint: str | None, here: Connection
) -> AcsAddress:
    """Returns the resource that the option or the environment names.

    Raises:
        Failure: there is none, it is not valid, or it is this service itself.
    """
    text = environment.get(ACS_VARIABLE, "").strip()
    credential: TokenCredential | AzureKeyCredential
    if endpoint is not None:
        address, credential = _checked(endpoint), _identity()
    elif text:
        at = parsed(text, ACS_VARIABLE)
        address, credential = at.endpoint, AzureKeyCredential(at.key)
    else:
        raise Failure(
            f"{ACS_VARIABLE} is not set. Set it to the connection string of the ACS resource "
            "(az communication list-key), or name the resource with --acs-endpoint after az login."
        )
    if address == here.endpoint:
        raise Failure(
            f"{ACS_VARIABLE if endpoint is None else '--acs-endpoint'} and {VARIABLE} both name "
            f"{address}. The first has to name the ACS resource, the second this service."
        )
    client = RoomsClient(
        address,
        credential,
        connection_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retry_total=0,  # the pace of all requests decides when one is sent again
        permit_redirects=False,
    )
    return AcsAddress(client, address)


def _checked(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme != "https" or not parts.hostname or parts.path.rstrip("/"):
        raise typer.BadParameter(
            "--acs-endpoint must be https://<resource>.communication.azure.com"
        )
    return endpoint.rstrip("/")


def _identity() -> TokenCredential:
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise Failure(
            "--acs-endpoint needs a package that is not installed. Install it: "
            "pip install azure-identity"
        ) from None
    return DefaultAzureCredential()
