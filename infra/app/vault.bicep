// The vault of all secrets, and who may read them.

@description('Name of the vault.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Names of secrets that are made if they are missing: keys of the app.')
param keys array

@description('Whether what was deleted cannot be purged before its time. It cannot be turned off.')
param purgeProtection bool

@description('Subnet of the private endpoint. Empty: the vault is open to all networks.')
param endpointSubnetId string

@description('Private DNS zone of vaults.')
param vaultZoneId string

@description('Public addresses that are let in nevertheless, such as 203.0.113.7.')
param allowedIpRanges array

@description('Object id of the app\'s identity, which may read secrets.')
param identityPrincipalId string

@description('Object id of the person who deploys, who may read and write secrets. Empty: nobody.')
param deployerPrincipalId string

@description('Type of that person: User, Group or ServicePrincipal.')
param deployerPrincipalType string

var roles = loadJsonContent('../roles.json')
var secretsUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.keyVaultSecretsUser
)
var secretsOfficer = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.keyVaultSecretsOfficer
)
var isPrivate = !empty(endpointSubnetId)

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: purgeProtection ? true : null // false is refused
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      ipRules: [
        for address in allowedIpRanges: {
          value: address
        }
      ]
    }
  }
}

@batchSize(1) // a vault refuses two changes at once
module made 'key.bicep' = [
  for key in keys: {
    params: {
      vaultName: vault.name
      name: key
    }
  }
]

resource appReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identityPrincipalId, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: secretsUser
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource deployerWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(vault.id, deployerPrincipalId, secretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: secretsOfficer
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
  }
}

module endpoint 'private-endpoint.bicep' = if (isPrivate) {
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    resourceId: vault.id
    groupId: 'vault'
    zoneId: vaultZoneId
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
