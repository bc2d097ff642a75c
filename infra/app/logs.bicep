// The workspace of all logs, and Application Insights, which takes them from the app's identity only.

@description('Name of the workspace.')
param workspaceName string

@description('Name of Application Insights.')
param componentName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Days that logs are kept.')
param retentionDays int

@description('GB of logs a day, at most. What comes after is lost. -1: no limit.')
param dailyLimitGb int

@description('Object id of the app\'s identity.')
param identityPrincipalId string

var roles = loadJsonContent('../roles.json')
var metricsPublisher = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.monitoringMetricsPublisher
)

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyLimitGb
    }
    features: {
      disableLocalAuth: true
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource appWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(component.id, identityPrincipalId, metricsPublisher)
  scope: component
  properties: {
    roleDefinitionId: metricsPublisher
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
  }
}

output workspaceId string = workspace.id
output componentId string = component.id
output componentName string = component.name
