"""What is true of all of infra/: no shared keys, no secret is shown, parameters are explained."""

import json
import re
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA, bicep_files, declarations, descriptions, text_of, walk

LAYERS = ("app", "events")

FILES = {path.relative_to(INFRA).as_posix(): path for path in bicep_files()}

ROLES = json.loads((INFRA / "roles.json").read_text())

KNOWN_ROLES = {
    "contributor": "Contributor",
    "keyVaultSecretsOfficer": "Key Vault Secrets Officer",
    "keyVaultSecretsUser": "Key Vault Secrets User",
    "monitoringMetricsPublisher": "Monitoring Metrics Publisher",
    "storageBlobDataContributor": "Storage Blob Data Contributor",
    "storageBlobDataOwner": "Storage Blob Data Owner",
    "storageBlobDataReader": "Storage Blob Data Reader",
    "storageTableDataContributor": "Storage Table Data Contributor",
}
"""Azure's name of each role of roles.json."""

IGNORED_BY_FLEX = {
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_MAX_HTTP_CONCURRENCY",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "FUNCTIONS_WORKER_RUNTIME",
    "FUNCTIONS_WORKER_RUNTIME_VERSION",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "TZ",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_DNS_SERVER",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
    "WEBSITE_NODE_DEFAULT_VERSION",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_TIME_ZONE",
    "WEBSITE_VNET_ROUTE_ALL",
}
"""Settings of other plans, which Flex Consumption ignores or refuses."""

TAKEN_BY_FLEX = {
    "appSettings",
    "cors",
    "ipSecurityRestrictions",
    "ipSecurityRestrictionsDefaultAction",
    "minTlsVersion",
}
"""What a siteConfig may have: Flex Consumption refuses others with error 51021."""


def properties(path: Path, name: str) -> list[str]:
    """Returns each value of a property in a file."""
    return [
        text_of(node.children[-1])
        for resource in declarations(path, "resource").values()
        for node in walk(resource)
        if node.type == "object_property" and text_of(node.children[0]) == name
    ]


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_each_parameter_has_a_description(path: Path) -> None:
    assert set(descriptions(path)) == set(declarations(path, "parameter"))


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_no_key_of_a_resource_is_read(path: Path) -> None:
    assert not re.search(
        r"\blist(Keys|Secrets|AccountSas|ServiceSas)?\(|listKeys", path.read_text()
    )


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_no_output_is_a_secret(path: Path) -> None:
    secure = re.findall(r"@secure\(\)\n(?:@.*\n)*param (\w+)", path.read_text())
    for output in declarations(path, "output").values():
        names = {text_of(node) for node in walk(output) if "identifier" in node.type}
        secrets = {
            name
            for name in names
            if re.search("connectionstring$|instrumentationkey", name.lower())
        }
        assert not names & set(secure)
        assert not secrets


def test_no_storage_account_has_shared_keys_or_public_blobs() -> None:
    made = 0
    for path in FILES.values():
        for resource in declarations(path, "resource").values():
            head = text_of(resource).partition("{")[0]
            if "Microsoft.Storage/storageAccounts@" in head and " existing " not in head:
                made += 1
                assert "allowSharedKeyAccess: false" in text_of(resource)
                assert "allowBlobPublicAccess: false" in text_of(resource)
    assert made


def test_the_vault_and_the_logs_take_identities_only() -> None:
    assert properties(FILES["app/vault.bicep"], "enableRbacAuthorization") == ["true"]
    assert properties(FILES["app/logs.bicep"], "DisableLocalAuth") == ["true"]
    assert properties(FILES["app/logs.bicep"], "disableLocalAuth") == ["true"]
    assert properties(FILES["app/function-app.bicep"], "allow") == ["false", "false"]


def test_each_role_is_one_of_the_table_and_is_used() -> None:
    assert set(ROLES) == set(KNOWN_ROLES)
    text = "".join(path.read_text() for path in FILES.values())
    assert set(re.findall(r"\broles\.(?!json)(\w+)", text)) == set(ROLES)
    guid = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
    assert all(guid.fullmatch(id_) for id_ in ROLES.values())
    assert not guid.search(text)


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_an_assignment_of_a_role_is_named_after_scope_person_and_role(path: Path) -> None:
    for resource in declarations(path, "resource").values():
        text = text_of(resource)
        if "Microsoft.Authorization/roleAssignments" in text:
            principal, role = (
                re.findall(rf"\b{name}: (\w+)", text)[0]
                for name in ("principalId", "roleDefinitionId")
            )
            (scope,) = re.findall(r"\bscope: (\w+)", text)
            assert f"name: guid({scope}.id, {principal}, {role})" in text
            assert re.search(r"\bprincipalType: ", text)


def test_the_app_has_no_setting_of_another_plan() -> None:
    text = "".join(path.read_text() for path in FILES.values())
    assert not IGNORED_BY_FLEX & set(re.findall(r"\b[A-Z][A-Z_]{1,}\b", text))
    assert re.search(r"\bAzureWebJobsStorage\b", text) is None  # empty, it breaks the start
    (site,) = (
        node
        for node in walk(declarations(FILES["app/function-app.bicep"], "resource")["app"])
        if node.type == "object_property" and text_of(node.children[0]) == "siteConfig"
    )
    given = {text_of(each.children[0]) for each in site.children[-1].children if each.child_count}
    assert given <= TAKEN_BY_FLEX


def test_python_has_more_than_one_request_at_once() -> None:
    assert properties(FILES["app/function-app.bicep"], "perInstanceConcurrency") == [
        "httpConcurrency"
    ]
    (default,) = re.findall(
        r"param httpConcurrency int = (\d+)", FILES["app/main.bicep"].read_text()
    )
    assert int(default) > 1


@pytest.mark.parametrize("layer", LAYERS)
def test_azd_can_set_each_parameter_of_a_layer_and_no_other(layer: str) -> None:
    values = json.loads((INFRA / layer / "main.parameters.json").read_text())["parameters"]
    assert set(values) == set(declarations(INFRA / layer / "main.bicep", "parameter"))
    # A variable that is not set leaves the default of main.bicep.
    forms = [
        re.fullmatch(r"\$\{(AZURE|ROOMS|ANTEROOM|EVENT|DEAD)_\w+\}", each["value"])
        for each in values.values()
    ]
    assert all(forms)
    assert len({each["value"] for each in values.values()}) == len(values)


def test_the_second_layer_takes_what_the_first_gives() -> None:
    given = set(declarations(INFRA / "app" / "main.bicep", "output"))
    text = (INFRA / "events" / "main.parameters.json").read_text()
    assert set(re.findall(r"\$\{(\w+)\}", text)) <= given
