"""What azd up would make, for choices that somebody may make."""

from collections import Counter
from typing import Any

import pytest

from tests.infra import values
from tests.infra.bicep import with_types
from tests.infra.deployment import HOST, Deployment, Resource, app, events
from tests.infra.evaluate import SUBSCRIPTION, TOKEN
from tests.infra.test_rules import ROLES
from tests.infra.test_settings import ACS, CHOICES

TOPIC = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/topics/providers/Microsoft.EventGrid"
    "/systemTopics/there"
)

ALL: dict[str, dict[str, Any]] = CHOICES | {
    "somebody who deploys": {"principalId": "somebody", "archive": True, "acsResourceId": ACS},
    "a private network": {
        "privateNetwork": True,
        "allowedIpRanges": ["203.0.113.7"],
        "clientIpRanges": ["203.0.113.0/24"],
        "roomAccounts": 2,
        "archive": True,
    },
    "zones": {"zoneRedundant": True, "alwaysReadyHttp": 1, "alwaysReadyEvents": 3},
    "a topic that is there": {"acsResourceId": ACS, "eventTopicId": TOPIC},
    "a topic with an identity": {
        "acsResourceId": ACS,
        "eventTopicId": TOPIC,
        "eventTopicHasIdentity": True,
    },
    "an archive that cannot be changed": {"archive": True, "archiveImmutableDays": 400},
    "a vault that stays": {"purgeProtection": True, "alertEmail": "a@example.com"},
}


def assigned(layer: Deployment, principal: str) -> set[tuple[str, str]]:
    """Returns the roles of somebody: name in roles.json, and name of what they are on."""
    names = {id_: name for name, id_ in ROLES.items()}
    return {
        (names[each.properties["roleDefinitionId"].rpartition("/")[2]], scope_of(each))
        for each in layer.of("Microsoft.Authorization/roleAssignments")
        if each.properties["principalId"] == principal
    }


def scope_of(assignment: Resource) -> str:
    return assignment.id.split("/providers/Microsoft.Authorization/")[0].rpartition("/")[2]


def accounts(layer: Deployment) -> list[Resource]:
    return layer.of("Microsoft.Storage/storageAccounts")


@with_types
@pytest.mark.parametrize("chosen", ALL.values(), ids=ALL)
def test_azure_allows_each_value(chosen: dict[str, Any]) -> None:
    first = app(**chosen)
    resources = [*first.resources, *events(first).resources]
    assert [each for resource in resources for each in values.problems(resource)] == []


@with_types
@pytest.mark.parametrize(
    "chosen",
    [
        {"storageRedundancy": "LRSS"},
        {"instanceMemoryMB": "2048"},
        {"location": 1},
        {"allowedOrigins": "*"},
        {"zoneRedundant": "yes"},
        {"readKeys": ["a_b"]},
        {"extraTags": {"cost": 7}},
    ],
    ids=lambda chosen: next(iter(chosen)),
)
def test_a_value_that_azure_refuses_is_found(chosen: dict[str, Any]) -> None:
    assert [each for resource in app(**chosen).resources for each in values.problems(resource)]


@pytest.mark.parametrize("chosen", ALL.values(), ids=ALL)
def test_nothing_is_made_twice(chosen: dict[str, Any]) -> None:
    assert Counter(each.id for each in app(**chosen).resources).most_common(1)[0][1] == 1


def test_without_a_choice_there_is_an_app_with_all_that_it_needs_and_no_more() -> None:
    first = app()
    assert [each.id.rpartition("/")[2] for each in accounts(first)] == [f"st{TOKEN}"]
    assert len(first.of("Microsoft.KeyVault/vaults/secrets")) == 2
    providers = {each.kind.partition("/")[0] for each in first.resources}
    assert providers == {
        "Microsoft.Authorization",
        "Microsoft.Insights",
        "Microsoft.KeyVault",
        "Microsoft.ManagedIdentity",
        "Microsoft.OperationalInsights",
        "Microsoft.Resources",
        "Microsoft.Storage",
        "Microsoft.Web",
    }
    assert events(first).resources == []


def test_the_app_has_the_roles_that_it_needs_and_no_more() -> None:
    first = app(acsResourceId=ACS, archive=True, separateRoomsAccount=True)
    assert assigned(first, "the app") == {
        ("storageBlobDataOwner", f"st{TOKEN}"),
        ("storageTableDataContributor", f"st{TOKEN}"),
        ("storageTableDataContributor", f"strooms0{TOKEN}"),
        ("storageBlobDataContributor", "anteroom-log"),
        ("keyVaultSecretsUser", f"kv-{TOKEN}"),
        ("monitoringMetricsPublisher", f"appi-{TOKEN}"),
        ("contributor", "contoso"),
    }


def test_who_deploys_may_read_keys_and_make_the_table() -> None:
    first = app(principalId="somebody", archive=True)
    assert assigned(first, "somebody") == {
        ("storageTableDataContributor", f"st{TOKEN}"),
        ("storageBlobDataContributor", "dead-letters"),
        ("storageBlobDataReader", "anteroom-log"),
        ("keyVaultSecretsOfficer", f"kv-{TOKEN}"),
    }
    assert assigned(app(archive=True), "") == set()


def test_of_another_group_only_the_role_is_made() -> None:
    first = app(acsResourceId=ACS)
    (elsewhere,) = (each for each in first.resources if each.group not in ("", "rg-prod"))
    assert (elsewhere.group, scope_of(elsewhere)) == ("calls", "contoso")
    assert not any(
        each.group == "calls" for each in app(acsResourceId=ACS, acsAccess="none").resources
    )


def test_events_that_cannot_be_delivered_are_kept() -> None:
    first = app(acsResourceId=ACS)
    (topic,) = first.of("Microsoft.EventGrid/systemTopics")
    assert topic.properties["source"] == ACS
    assert assigned(first, "the topic") == {("storageBlobDataContributor", "dead-letters")}
    (subscription,) = events(first).resources
    assert subscription.id.startswith(f"{topic.id}/eventSubscriptions/")
    kept = subscription.properties["deadLetterWithResourceIdentity"]["deadLetterDestination"]
    assert kept["properties"] == {
        "resourceId": accounts(first)[0].id,
        "blobContainerName": "dead-letters",
    }


@pytest.mark.parametrize("has_identity", [True, False])
def test_a_topic_that_is_there_is_used(has_identity: bool) -> None:
    first = app(acsResourceId=ACS, eventTopicId=TOPIC, eventTopicHasIdentity=has_identity)
    assert first.of("Microsoft.EventGrid/systemTopics") == []
    (subscription,) = events(first).resources
    assert subscription.id.startswith(f"{TOPIC}/eventSubscriptions/")
    keeps = subscription.properties["deadLetterWithResourceIdentity"] is not None
    assert keeps is has_identity is bool(assigned(first, "the topic"))


def test_zones_have_storage_of_zones_and_two_instances_of_each_kind() -> None:
    first = app(zoneRedundant=True, alwaysReadyHttp=1, alwaysReadyEvents=3)
    assert accounts(first)[0].body["sku"] == {"name": "Standard_ZRS"}
    (plan,) = first.of("Microsoft.Web/serverfarms")
    assert plan.properties["zoneRedundant"] is True
    (site,) = first.of("Microsoft.Web/sites")
    scale = site.properties["functionAppConfig"]["scaleAndConcurrency"]
    assert scale["alwaysReady"] == [
        {"name": "http", "instanceCount": 2},
        {"name": "function:call_events", "instanceCount": 3},
    ]


def test_in_a_private_network_storage_and_vault_are_closed() -> None:
    first = app(privateNetwork=True, allowedIpRanges=["203.0.113.7"], roomAccounts=1, archive=True)
    closed = [*accounts(first), *first.of("Microsoft.KeyVault/vaults")]
    assert len(closed) == 4
    for each in closed:
        rules = each.properties["networkAcls"]
        assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "AzureServices")
        assert [rule["value"] for rule in rules["ipRules"]] == ["203.0.113.7"]
    names = {each.body["name"] for each in first.of("Microsoft.Network/privateEndpoints")}
    assert names == {
        f"pe-st{TOKEN}-blob",
        f"pe-st{TOKEN}-table",
        f"pe-strooms1{TOKEN}-table",
        f"pe-starc{TOKEN}-blob",
        f"pe-kv-{TOKEN}",
    }
    (site,) = first.of("Microsoft.Web/sites")
    assert site.properties["virtualNetworkSubnetId"].endswith("/subnets/app")


def test_in_the_open_network_nothing_is_closed_and_nothing_private_is_made() -> None:
    first = app()
    assert accounts(first)[0].properties["networkAcls"]["defaultAction"] == "Allow"
    (site,) = first.of("Microsoft.Web/sites")
    assert site.properties["virtualNetworkSubnetId"] is None
    assert site.properties["siteConfig"]["ipSecurityRestrictionsDefaultAction"] == "Allow"


def test_if_only_some_may_call_event_grid_may_too() -> None:
    (site,) = app(clientIpRanges=["203.0.113.0/24", "198.51.100.7"]).of("Microsoft.Web/sites")
    config = site.properties["siteConfig"]
    assert config["ipSecurityRestrictionsDefaultAction"] == "Deny"
    allowed = [(rule["tag"], rule["ipAddress"]) for rule in config["ipSecurityRestrictions"]]
    assert allowed == [
        ("ServiceTag", "AzureEventGrid"),
        ("Default", "203.0.113.0/24"),
        ("Default", "198.51.100.7/32"),
    ]


def test_the_storage_lets_in_an_address_also_if_it_is_given_as_a_range() -> None:
    first = app(privateNetwork=True, allowedIpRanges=["203.0.113.7/32", "198.51.100.0/30"])
    rules = accounts(first)[0].properties["networkAcls"]["ipRules"]
    assert [rule["value"] for rule in rules] == ["203.0.113.7", "198.51.100.0/30"]


@pytest.mark.parametrize("days", [0, 400])
def test_the_archive_has_a_policy_if_days_are_chosen(days: int) -> None:
    first = app(archive=True, archiveImmutableDays=days)
    kind = "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies"
    made = [each.properties["immutabilityPeriodSinceCreationInDays"] for each in first.of(kind)]
    assert made == ([days] if days else [])


def test_acs_is_asked_where_it_is() -> None:
    (site,) = app(acsResourceId=ACS).of("Microsoft.Web/sites")
    settings = site.properties["siteConfig"]["appSettings"]
    assert {"name": "ROOMS_ACS__endpoint", "value": f"https://{HOST}"} in settings


def test_no_output_has_a_key() -> None:
    first = app(acsResourceId=ACS, archive=True)
    secrets = [each.properties["value"] for each in first.of("Microsoft.KeyVault/vaults/secrets")]
    shown = str(first.outputs)
    assert len(secrets) == len(set(secrets)) == 2
    assert not any(secret in shown for secret in secrets)


def test_the_alerts_watch_each_account_that_has_rooms() -> None:
    first = app(separateRoomsAccount=True, roomAccounts=1)
    watched = {
        scope.split("/storageAccounts/")[1].split("/")[0]
        for each in first.of("Microsoft.Insights/metricAlerts")
        for scope in each.properties["scopes"]
        if "/storageAccounts/" in scope
    }
    assert watched == {f"strooms0{TOKEN}", f"strooms1{TOKEN}"}


WINDOWS = ("PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT6H", "P1D", "P2D")
"""What Azure takes (azure-rest-api-specs#21258), from short to long."""


def test_an_alert_sees_lines_that_come_after_its_look_at_them() -> None:
    rules = app().of("Microsoft.Insights/scheduledQueryRules")
    assert len(rules) > 5
    for rule in rules:
        window, every = (
            WINDOWS.index(rule.properties[name]) for name in ("windowSize", "evaluationFrequency")
        )
        (criterion,) = rule.properties["criteria"]["allOf"]
        periods = criterion["failingPeriods"]["numberOfEvaluationPeriods"]
        assert window > every or periods > 1, rule.body["name"]  # Azure asks for all periods
