// Delivers the four events of calls to the app, and keeps what could not be delivered.

@description('Name of the system topic.')
param topicName string

@description('Id of the Function App.')
param functionAppId string

@description('Id of the storage account of dead letters. Empty: what cannot be delivered is lost.')
param deadLetterAccountId string

@description('Container of dead letters in it.')
param deadLetterContainer string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'anteroom-${uniqueString(functionAppId)}'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: '${functionAppId}/functions/call_events'
        maxEventsPerBatch: 10
        preferredBatchSizeInKilobytes: 64
      }
    }
    // Without the filter, every event of the resource (chat, SMS, recording) costs an execution.
    filter: {
      includedEventTypes: [
        'Microsoft.Communication.CallStarted'
        'Microsoft.Communication.CallEnded'
        'Microsoft.Communication.CallParticipantAdded'
        'Microsoft.Communication.CallParticipantRemoved'
      ]
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: empty(deadLetterAccountId)
      ? null
      : {
          identity: {
            type: 'SystemAssigned'
          }
          deadLetterDestination: {
            endpointType: 'StorageBlob'
            properties: {
              resourceId: deadLetterAccountId
              blobContainerName: deadLetterContainer
            }
          }
        }
  }
}
