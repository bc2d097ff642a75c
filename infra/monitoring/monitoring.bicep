// What watches a deployment: the function that reads its operations log, a workbook, and alerts.
// docs/monitoring.md says what to do about each alert.

@description('Region of the workbook and of the rules on logs.')
param location string

@description('Tags of all resources.')
param tags object

@description('Id of the Log Analytics workspace. It is in the resource group of this deployment.')
param workspaceId string

@description('Id of the Application Insights component of the app.')
param componentId string

@description('Address that gets a mail of each alert. Empty: alerts show in the portal only.')
param alertEmail string = ''

@description('Ids of the storage accounts that have rooms.')
param storageAccountIds array

@description('Id of the Event Grid system topic of the ACS resource. Empty: there is none.')
param systemTopicId string = ''

@description('Name of the function. Choose another one if ACS logs into the same workspace: this one hides the table of ACS there.')
param operationsFunction string = 'ACSRoomsIncomingOperations'

var suffix = uniqueString(componentId)

// Each query returns a row if the alert is to be raised.
// `periods`: of how many windows in a row, and in how many of them.
var logAlerts = [
  {
    name: 'quarantine-grew'
    text: 'Events came that the service does not understand. They are in quarantine.'
    severity: 2
    query: loadTextContent('alerts/quarantine_grew.kql')
    window: 'PT30M' // lines may be late
    every: 'PT15M'
    periods: [1, 1]
  }
  {
    name: 'server-errors'
    text: 'The service answers with 500 or more.'
    severity: 1
    query: loadTextContent('alerts/server_errors.kql')
    window: 'PT15M'
    every: 'PT5M'
    periods: [1, 1]
  }
  {
    name: 'events-not-kept'
    text: 'Events are not kept. Event Grid delivers them again, for a day.'
    severity: 1
    query: loadTextContent('alerts/events_not_kept.kql')
    window: 'PT5M'
    every: 'PT5M'
    periods: [3, 2]
  }
  {
    name: 'storage-throttled'
    text: 'The storage refuses requests of a partition, as there are too many.'
    severity: 2
    query: loadTextContent('alerts/storage_throttled.kql')
    window: 'PT5M'
    every: 'PT5M'
    periods: [3, 2]
  }
  {
    name: 'storage-unavailable'
    text: 'The storage does not answer, or is not usable.'
    severity: 1
    query: loadTextContent('alerts/storage_unavailable.kql')
    window: 'PT5M'
    every: 'PT5M'
    periods: [3, 2]
  }
  {
    name: 'app-silent'
    text: 'Nothing ran for 45 minutes, not even a timer.'
    severity: 1
    query: loadTextContent('alerts/app_silent.kql')
    window: 'PT45M'
    every: 'PT15M'
    periods: [1, 1]
  }
  {
    name: 'app-errors'
    text: 'The log of the app has errors that are not of the storage.'
    severity: 3
    query: loadTextContent('alerts/app_errors.kql')
    window: 'PT2H' // lines may be late
    every: 'PT1H'
    periods: [1, 1]
  }
  {
    name: 'upkeep-overdue'
    text: 'What should have been removed more than two days ago is there still.'
    severity: 2
    query: loadTextContent('alerts/upkeep_overdue.kql')
    window: 'P1D'
    every: 'PT1H'
    periods: [1, 1]
  }
  {
    name: 'upkeep-silent'
    text: 'No run of the upkeep has ended well for two hours, or the log of the app does not arrive.'
    severity: 2
    query: loadTextContent('alerts/upkeep_silent.kql')
    window: 'PT2H'
    every: 'PT1H'
    periods: [1, 1]
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: last(split(workspaceId, '/'))
}

// Without etag, a second deployment is refused: 409. The types have it beside the properties, where
// Azure ignores it (azure-rest-api-specs#24585).
var operationsProperties = {
  category: 'Communication Services'
  displayName: operationsFunction
  query: loadTextContent('acs_rooms_incoming_operations.kql')
  functionAlias: operationsFunction
  version: 2
  etag: '*'
}

resource operations 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-02-01' = {
  parent: workspace
  name: guid(workspaceId, operationsFunction)
  properties: any(operationsProperties)
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(componentId, 'rooms')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Rooms'
    category: 'workbook'
    sourceId: componentId
    version: 'Notebook/1.0'
    serializedData: replace(
      replace(
        replace(loadTextContent('workbook.json'), '{workspace}', workspaceId),
        '{component}',
        componentId
      ),
      'ACSRoomsIncomingOperations',
      operationsFunction
    )
  }
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: 'ag-rooms-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'rooms'
    enabled: true
    emailReceivers: [
      {
        name: 'on call'
        emailAddress: alertEmail
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: 'rooms-${alert.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Rooms: ${alert.name}'
      description: alert.text
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      criteria: {
        allOf: [
          {
            query: replace(alert.query, '{component}', componentId)
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: alert.periods[0]
              minFailingPeriodsToAlert: alert.periods[1]
            }
          }
        ]
      }
      autoMitigate: true
      skipQueryValidation: true // the tables are there only when the first rows are
      actions: {
        actionGroups: empty(alertEmail) ? [] : [actionGroup.id]
      }
    }
  }
]

module metricAlerts 'metric-alerts.bicep' = {
  params: {
    tags: tags
    suffix: suffix
    actionGroupId: empty(alertEmail) ? '' : actionGroup.id
    storageAccountIds: storageAccountIds
    systemTopicId: systemTopicId
  }
}

output workbookId string = workbook.id
