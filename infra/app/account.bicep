// A storage account without shared keys, and who may use its tables.

@description('Name of the account.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('SKU, such as Standard_ZRS.')
param sku string

@description('Subnet of the private endpoints. Empty: the account is open to all networks.')
param endpointSubnetId string

@description('Private DNS zone of blobs. Empty: no private endpoint for blobs.')
param blobZoneId string

@description('Private DNS zone of tables. Empty: no private endpoint for tables.')
param tableZoneId string

@description('Public addresses that are let in nevertheless, such as 203.0.113.7.')
param allowedIpRanges array

@description('Object id of the app\'s identity, which may write to all tables. Empty: nobody may.')
param identityPrincipalId string

@description('Object id of the person who deploys, who may write to all tables. Empty: nobody may.')
param deployerPrincipalId string

@description('Type of that person: User, Group or ServicePrincipal.')
param deployerPrincipalType string

var roles = loadJsonContent('../roles.json')
var tableContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.storageTableDataContributor
)
var isPrivate = !empty(endpointSubnetId)

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled' // of the addresses below; Event Grid, a trusted service, needs it
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      ipRules: [
        for address in allowedIpRanges: {
          action: 'Allow'
          value: replace(address, '/32', '') // the storage takes no range of one address
        }
      ]
    }
  }
}

resource appTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(identityPrincipalId)) {
  name: guid(account.id, identityPrincipalId, tableContributor)
  scope: account
  properties: {
    roleDefinitionId: tableContributor
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource deployerTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(account.id, deployerPrincipalId, tableContributor)
  scope: account
  properties: {
    roleDefinitionId: tableContributor
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
  }
}

module blobs 'private-endpoint.bicep' = if (isPrivate && !empty(blobZoneId)) {
  params: {
    name: 'pe-${name}-blob'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    resourceId: account.id
    groupId: 'blob'
    zoneId: blobZoneId
  }
}

module tables 'private-endpoint.bicep' = if (isPrivate && !empty(tableZoneId)) {
  params: {
    name: 'pe-${name}-table'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    resourceId: account.id
    groupId: 'table'
    zoneId: tableZoneId
  }
}

output id string = account.id
output name string = account.name
output blobUri string = 'https://${account.name}.blob.${environment().suffixes.storage}'
output tableUri string = 'https://${account.name}.table.${environment().suffixes.storage}'
