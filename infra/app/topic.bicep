// The system topic of a Communication Services resource. There can be one only of each resource.

@description('Name of the topic.')
param name string

@description('Tags.')
param tags object

@description('Id of the resource, which must be in this subscription.')
param acsResourceId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: 'global'
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: acsResourceId
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

output id string = topic.id
output principalId string = topic.identity.principalId
