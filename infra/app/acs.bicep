// The app's access to a Communication Services resource that is there.

@description('Name of the resource.')
param name string

@description('Object id of the app\'s identity, which becomes Contributor of the resource. Empty: it does not.')
param identityPrincipalId string

var roles = loadJsonContent('../roles.json')
var contributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.contributor
)

resource acs 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: name
}

resource appUses 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(identityPrincipalId)) {
  name: guid(acs.id, identityPrincipalId, contributor)
  scope: acs
  properties: {
    roleDefinitionId: contributor
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
  }
}

output endpoint string = 'https://${acs.properties.hostName}'
