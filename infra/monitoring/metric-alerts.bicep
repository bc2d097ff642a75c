// Alerts on metrics: of the topic that delivers events, and of the tables.
// docs/monitoring.md says what to do about each.

@description('Tags of all resources.')
param tags object

@description('What makes names of alerts different from those of other apps in the group.')
param suffix string

@description('Id of the action group that tells somebody. Empty: alerts show in the portal only.')
param actionGroupId string

@description('Ids of the storage accounts that have rooms.')
param storageAccountIds array

@description('Id of the Event Grid system topic of the ACS resource. Empty: there is none.')
param systemTopicId string

var topicAlerts = empty(systemTopicId)
  ? []
  : [
      {
        name: 'dead-letters'
        text: 'Event Grid has given up events, and put them into the container of dead letters.'
        severity: 1
        metric: 'DeadLetteredCount'
        threshold: 0
      }
      {
        name: 'events-dropped'
        text: 'Event Grid has given up events, and they are lost.'
        severity: 0
        metric: 'DroppedEventCount'
        threshold: 0
      }
      {
        name: 'deliveries-fail'
        text: 'Event Grid cannot deliver events to the app. It tries again, for a day.'
        severity: 1
        metric: 'DeliveryAttemptFailCount'
        threshold: 20
      }
    ]

resource topicAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in topicAlerts: {
    name: 'rooms-${alert.name}-${suffix}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.text
      severity: alert.severity
      enabled: true
      scopes: [systemTopicId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.metric
            metricNamespace: 'Microsoft.EventGrid/systemTopics'
            metricName: alert.metric
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: alert.threshold
          }
        ]
      }
      autoMitigate: true
      actions: empty(actionGroupId) ? [] : [{ actionGroupId: actionGroupId }]
    }
  }
]

resource storageAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for id in storageAccountIds: {
    name: 'rooms-availability-${last(split(id, '/'))}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Less than 99 of 100 requests to the tables of this account succeed.'
      severity: 2
      enabled: true
      scopes: ['${id}/tableServices/default']
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: 'Availability'
            metricNamespace: 'Microsoft.Storage/storageAccounts/tableServices'
            metricName: 'Availability'
            timeAggregation: 'Average'
            operator: 'LessThan'
            threshold: 99
          }
        ]
      }
      autoMitigate: true
      actions: empty(actionGroupId) ? [] : [{ actionGroupId: actionGroupId }]
    }
  }
]
