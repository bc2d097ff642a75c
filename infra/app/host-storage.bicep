// What the app needs of its storage beside the table: its package, the host's files, dead letters.

@description('Name of the account.')
param accountName string

@description('Name of the container of packages.')
param packages string

@description('Name of the container of events that could not be delivered.')
param deadLetters string

@description('Days that such an event is kept.')
param deadLetterDays int

@description('Object id of the app\'s identity.')
param identityPrincipalId string

@description('Object id of the person who deploys, who may read and remove dead letters. Empty: nobody.')
param deployerPrincipalId string

@description('Type of that person: User, Group or ServicePrincipal.')
param deployerPrincipalType string

var roles = loadJsonContent('../roles.json')
var blobOwner = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.storageBlobDataOwner
)
var blobContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.storageBlobDataContributor
)

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource packageContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: packages
}

resource deadLetterContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: deadLetters
}

resource expiry 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'remove-old-dead-letters'
          type: 'Lifecycle'
          definition: {
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: deadLetterDays
                }
              }
            }
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                '${deadLetters}/'
              ]
            }
          }
        }
      ]
    }
  }
  dependsOn: [
    blobs
  ]
}

resource appBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, identityPrincipalId, blobOwner)
  scope: account
  properties: {
    roleDefinitionId: blobOwner
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource deployerDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(deadLetterContainer.id, deployerPrincipalId, blobContributor)
  scope: deadLetterContainer
  properties: {
    roleDefinitionId: blobContributor
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
  }
}
