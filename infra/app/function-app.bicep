// The Function App, on a Flex Consumption plan of its own.

@description('Name of the app.')
param name string

@description('Name of the plan.')
param planName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Id of the app\'s identity.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Name of the storage account of the package and of the host\'s files.')
param storageAccountName string

@description('Address of the container of packages.')
param packagesUri string

@description('Name of Application Insights.')
param componentName string

@description('Subnet through which the app calls others. Empty: none.')
param appSubnetId string

@description('Origins whose pages may call the app.')
param allowedOrigins array

@description('Addresses that may call the app, beside Event Grid, such as 203.0.113.0/24. Empty: all.')
param clientIpRanges array

@description('Memory of an instance, in MB.')
param instanceMemoryMB int

@description('Requests that an instance answers at once. Without it, one: each other starts an instance.')
param httpConcurrency int

@description('Most instances of each scale group: HTTP, events, and each timer.')
param maximumInstances int

@description('Instances for HTTP that always run.')
param alwaysReadyHttp int

@description('Instances for events that always run.')
param alwaysReadyEvents int

@description('Whether instances are spread over zones.')
param zoneRedundant bool

@description('The app\'s settings, by name.')
param settings object

var leastReady = zoneRedundant ? 2 : 1
var alwaysReady = [
  {
    name: 'http'
    instanceCount: alwaysReadyHttp == 0 ? 0 : max(alwaysReadyHttp, leastReady)
  }
  {
    name: 'function:call_events'
    instanceCount: alwaysReadyEvents == 0 ? 0 : max(alwaysReadyEvents, leastReady)
  }
]
var eventGridOnly = [
  {
    name: 'Event Grid'
    action: 'Allow'
    priority: 100
    tag: 'ServiceTag'
    ipAddress: 'AzureEventGrid'
  }
]
var clients = [
  for i in range(0, length(clientIpRanges)): {
    name: 'Client ${i}'
    action: 'Allow'
    priority: 200 + i
    tag: 'Default'
    // The platform takes ranges only.
    ipAddress: contains(clientIpRanges[i], '/') ? clientIpRanges[i] : '${clientIpRanges[i]}/32'
  }
]
var hostSettings = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
  AzureWebJobsDisableHomepage: 'true'
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__credential: 'managedidentity'
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, {
    'azd-service-name': 'rooms'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled' // Event Grid delivers to no private endpoint
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(appSubnetId) ? null : appSubnetId
    functionAppConfig: {
      runtime: {
        name: 'python'
        version: '3.13'
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: filter(alwaysReady, ready => ready.instanceCount > 0)
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
    // Flex Consumption refuses many other properties here, such as alwaysOn and linuxFxVersion.
    siteConfig: {
      minTlsVersion: '1.2'
      cors: {
        allowedOrigins: allowedOrigins
        supportCredentials: false
      }
      ipSecurityRestrictions: empty(clientIpRanges) ? [] : concat(eventGridOnly, clients)
      ipSecurityRestrictionsDefaultAction: empty(clientIpRanges) ? 'Allow' : 'Deny'
      appSettings: map(items(union(settings, hostSettings)), setting => {
        name: setting.key
        value: setting.value
      })
    }
  }
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noDeployPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

output id string = app.id
output name string = app.name
output endpoint string = 'https://${app.properties.defaultHostName}'
