"""Faults that are planted into copies of infra/ are found: else the check that finds none in infra/
would prove nothing."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA, problems, with_types


@dataclass(frozen=True, slots=True)
class Fault:
    """A text of a file that is replaced, and what is to be said then."""

    file: str
    before: str
    after: str
    found: str


FAULTS = {
    "no such type": Fault(
        "app/topic.bicep",
        "'Microsoft.EventGrid/systemTopics@",
        "'Microsoft.EventGrid/systemTopic@",
        "no such type",
    ),
    "another api version": Fault(
        "app/account.bicep",
        "storageAccounts@2025-06-01",
        "storageAccounts@2025-06-02",
        "no such type",
    ),
    "a misspelt property": Fault(
        "app/account.bicep", "allowSharedKeyAccess", "allowSharedKeysAccess", "no allowSharedKeys"
    ),
    "a property in other letters": Fault(
        "app/function-app.bicep",
        "instanceMemoryMB:",
        "instanceMemoryMb:",
        "it has instanceMemoryMB",
    ),
    "a property of another level": Fault(
        "app/function-app.bicep", "    httpsOnly: true\n", "    minTlsVersion: '1.2'\n", "no minTls"
    ),
    "a required property left out": Fault(
        "app/account.bicep", "  kind: 'StorageV2'\n", "", "needs kind"
    ),
    "a required property left out deep below": Fault(
        "app/host-storage.bicep", "          type: 'Lifecycle'\n", "", "needs type"
    ),
    "a location left out": Fault("app/topic.bicep", "  location: 'global'\n", "", "needs location"),
    "a read-only property set": Fault(
        "app/identity.bicep", "  tags: tags\n", "  tags: tags\n  id: name\n", "id is read-only"
    ),
    "a value of no enumeration": Fault(
        "app/account.bicep", "'TLS1_2'", "'TLS12'", "'TLS12' is none of"
    ),
    "a value of another literal": Fault(
        "app/archive.bicep",
        "name: 'default'\n  properties: {\n    imm",
        "name: 'first'\n  properties: {\n    imm",
        "'first' is not 'default'",
    ),
    "text for a number": Fault(
        "events/subscription.bicep", "maxEventsPerBatch: 10", "maxEventsPerBatch: '10'", "Integer"
    ),
    "text for true or false": Fault(
        "app/vault.bicep", "enableSoftDelete: true", "enableSoftDelete: 'true'", "BooleanType"
    ),
    "a number for text": Fault("app/function-app.bicep", "'3.13'", "3", "StringType"),
    "text for an array": Fault(
        "app/function-app.bicep",
        "allowedOrigins: allowedOrigins",
        "allowedOrigins: '*'",
        "ArrayType expected",
    ),
    "no such discriminator": Fault(
        "events/subscription.bicep", "'AzureFunction'", "'Function'", "endpointType is one of"
    ),
    "a discriminator left out": Fault(
        "events/subscription.bicep",
        "      endpointType: 'AzureFunction'\n",
        "",
        "needs endpointType",
    ),
    "a property of another discriminator": Fault(
        "events/subscription.bicep",
        "        preferredBatchSizeInKilobytes: 64\n",
        "        endpointUrl: 'https://example.com'\n",
        "no endpointUrl",
    ),
    "a module's parameter left out": Fault(
        "app/main.bicep", "    addressPrefix: networkPrefix\n", "", "needs parameter addressPrefix"
    ),
    "a module's parameter misspelt": Fault(
        "app/main.bicep", "    mediaApi: mediaApi\n", "    mediaAPI: mediaApi\n", "no parameter"
    ),
    "no such output of a module": Fault(
        "app/main.bicep", "vault.outputs.uri", "vault.outputs.url", "no output url"
    ),
    "no such module": Fault("app/main.bicep", "'vault.bicep'", "'vaults.bicep'", "no such file"),
    "an unknown name": Fault(
        "app/logs.bicep",
        "WorkspaceResourceId: workspace.id",
        "WorkspaceResourceId: work.id",
        "unknown name work",
    ),
    "a parameter that nothing uses": Fault(
        "app/topic.bicep", "  tags: tags\n", "", "tags is never used"
    ),
    "a brace left out": Fault("app/identity.bicep", "tags\n}", "tags\n", "syntax"),
    "a misspelt property of the network": Fault(
        "app/network.bicep", "serviceName:", "service:", "no service"
    ),
}


@with_types
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(fault: Fault, tmp_path: Path) -> None:
    copy = tmp_path / "infra"
    shutil.copytree(INFRA, copy)
    path = copy / fault.file
    text = path.read_text()
    assert text.count(fault.before) >= 1
    path.write_text(text.replace(fault.before, fault.after, 1))
    found = problems(path)
    assert any(fault.found in problem for problem in found), found
