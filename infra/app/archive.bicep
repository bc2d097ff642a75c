// The container of the log's export. Its account is its own, and the app may only write to the
// container, so it cannot change the policy.

@description('Name of the account.')
param accountName string

@description('Name of the container.')
param containerName string

@description('Days in which nothing in the container can be changed or removed. 0: no policy.')
param immutableDays int

@description('Object id of the app\'s identity.')
param identityPrincipalId string

@description('Object id of the person who deploys, who may read the archive. Empty: nobody.')
param deployerPrincipalId string

@description('Type of that person: User, Group or ServicePrincipal.')
param deployerPrincipalType string

var roles = loadJsonContent('../roles.json')
var blobContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.storageBlobDataContributor
)
var blobReader = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.storageBlobDataReader
)

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: containerName
}

// It can be removed until somebody locks it, which nobody can undo. From then on this fails.
// @onlyIfNotExists() is no help: Azure finds a policy of no days where there is none (bicep#18508).
resource policy 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-06-01' = if (immutableDays > 0) {
  parent: container
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: immutableDays
    allowProtectedAppendWrites: false
  }
}

resource appWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(container.id, identityPrincipalId, blobContributor)
  scope: container
  properties: {
    roleDefinitionId: blobContributor
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource deployerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(container.id, deployerPrincipalId, blobReader)
  scope: container
  properties: {
    roleDefinitionId: blobReader
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
  }
}
