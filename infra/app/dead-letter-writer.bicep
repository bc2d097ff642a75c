// Lets the identity of a topic write dead letters.

@description('Name of the storage account.')
param accountName string

@description('Name of the container.')
param containerName string

@description('Object id of the topic\'s identity.')
param principalId string

var roles = loadJsonContent('../roles.json')
var blobContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.storageBlobDataContributor
)

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = {
  name: '${accountName}/default/${containerName}'
}

resource writes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(container.id, principalId, blobContributor)
  scope: container
  properties: {
    roleDefinitionId: blobContributor
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
