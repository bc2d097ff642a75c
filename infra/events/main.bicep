// The subscription of the app to the events of calls. Event Grid accepts it only when the function
// is there, so this is deployed after the app.

targetScope = 'subscription'

@description('Name of the system topic. Empty: no subscription.')
param topicName string = ''

@description('Resource group of the topic.')
param topicGroupName string = ''

@description('Whether the topic has an identity, which may write dead letters.')
param topicHasIdentity bool = false

@description('Id of the Function App.')
param functionAppId string = ''

@description('Id of the storage account of dead letters.')
param deadLetterAccountId string = ''

@description('Container of dead letters in it.')
param deadLetterContainer string = 'dead-letters'

// As azd sees that this group is only read, azd down leaves it.
resource topicGroup 'Microsoft.Resources/resourceGroups@2024-11-01' existing = if (!empty(topicName)) {
  name: empty(topicGroupName) ? 'none' : topicGroupName
}

module subscription 'subscription.bicep' = if (!empty(topicName)) {
  scope: topicGroup
  params: {
    topicName: topicName
    functionAppId: functionAppId
    deadLetterAccountId: topicHasIdentity ? deadLetterAccountId : ''
    deadLetterContainer: deadLetterContainer
  }
}
