// Everything but the subscription to events, which needs the deployed function: infra/events.

targetScope = 'subscription'

// Where

@minLength(1)
@maxLength(64)
@description('Name of the azd environment. Names of resources are made from it.')
param environmentName string

@metadata({
  azd: {
    type: 'location'
  }
})
@description('Region. It must have Flex Consumption: az functionapp list-flexconsumption-locations')
param location string

@maxLength(90)
@description('Name of the resource group. Empty: rg-<environment>.')
param resourceGroupName string = ''

@description('Object id of who deploys, who may then read keys and make the table. Empty: nobody.')
param principalId string = ''

@allowed(['User', 'Group', 'ServicePrincipal'])
@description('What the object id is of.')
param principalType string = 'User'

@description('Tags of all resources, beside that of azd.')
param extraTags object = {}

// The app

@maxLength(60)
@description('Name of the app, which is part of its address. Empty: func-<characters>.')
param appName string = ''

@allowed([512, 2048, 4096])
@description('Memory of an instance, in MB: a quarter of a core, one, or two.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Requests that an instance answers at once.')
param httpConcurrency int = 32

@minValue(1)
@maxValue(1000)
@description('Most instances for HTTP, as many for events, and as many for each timer.')
param maximumInstances int = 100

@minValue(0)
@maxValue(1000)
@description('Instances for HTTP that always run, and so never start cold. They cost while idle.')
param alwaysReadyHttp int = 0

@minValue(0)
@maxValue(1000)
@description('Instances for events that always run.')
param alwaysReadyEvents int = 0

@description('Whether instances and storage are spread over zones. The region must have them.')
param zoneRedundant bool = false

@description('Origins whose pages may call the app, such as https://app.example.com.')
param allowedOrigins array = []

// Storage

@allowed(['LRS', 'ZRS', 'GRS', 'GZRS'])
@description('Copies of what is stored. With instances in several zones LRS becomes ZRS.')
param storageRedundancy string = 'LRS'

@description('Whether the table has an account of its own. Choose before the first azd up.')
param separateRoomsAccount bool = false

@minValue(0)
@maxValue(4)
@description('Further accounts over which rooms can be spread: docs/growing.md.')
param roomAccounts int = 0

@description('Whether a setting names the table. Then it is made once, and never by the app.')
param nameTable bool = true

@minValue(1)
@maxValue(3650)
@description('Days that an event is kept that could not be delivered.')
param deadLetterDays int = 90

@description('Whether the log is exported each day to an account of its own.')
param archive bool = false

@minLength(3)
@maxLength(63)
@description('Name of the container for it.')
param archiveContainer string = 'anteroom-log'

@minValue(0)
@maxValue(146000)
@description('Days in which nothing in it can be changed. 0: no policy, or one that is locked.')
param archiveImmutableDays int = 0

// Network

@description('Whether storage and vault are reached by private endpoints only.')
param privateNetwork bool = false

@description('Addresses of the network: a range of at least 128.')
param networkPrefix string = '10.70.0.0/24'

@description('Public addresses that reach storage and vault nevertheless: of who deploys.')
param allowedIpRanges array = []

@description('Addresses that may call the app, beside Event Grid: 203.0.113.0/24. Empty: all.')
param clientIpRanges array = []

// Keys

@minLength(2)
@description('Names of keys that may do everything. Two: one is changed while the other serves.')
param manageKeys array = ['first', 'second']

@description('Names of keys that may only read.')
param readKeys array = []

@description('Whether a deleted vault cannot be purged before its time. It cannot be turned off.')
param purgeProtection bool = false

@description('Callers that may say for whom they ask: names of keys, and ids and roles of Entra ID.')
param onBehalfOf string = ''

@description('Id of the directory whose tokens are accepted. Empty: keys only.')
param entraTenant string = ''

@description('Ids and app roles of Entra ID that may do everything, separated by commas.')
param entraManage string = ''

@description('Ids and app roles of Entra ID that may only read.')
param entraRead string = ''

@description('Accepted audiences, such as api://<application id>. Empty: those of the SDKs.')
param entraAudience string = ''

@description('Where the keys of the directory are. Empty: https://login.microsoftonline.com.')
param entraAuthority string = ''

@description('Application id of the console: people sign in. Empty: they paste a key.')
param consoleClientId string = ''

// ACS

@description('Id of a Communication Services resource in this subscription. Empty: none.')
param acsResourceId string = ''

@allowed(['identity', 'connectionString', 'none'])
@description('How users, tokens and rooms of ACS are asked for. none: only events come from ACS.')
param acsAccess string = 'identity'

@allowed(['own', 'observe', 'through'])
@description('What is done with the rooms of ACS: docs/moving.md.')
param acsMode string = 'own'

@allowed(['acs', 'own'])
@description('With through: where rooms are made.')
param acsNew string = 'acs'

@allowed(['acs', 'own'])
@description('With through: whose answer a read gets.')
param acsReads string = 'own'

@minValue(1)
@maxValue(100)
@description('Requests a second to ACS that nobody waits for.')
param acsRequests int = 5

@minValue(5)
@maxValue(1440)
@description('Minutes between two comparisons of all rooms.')
param acsFullMinutes int = 60

@description('Id of the system topic that the resource has already. Empty: one is made.')
param eventTopicId string = ''

@description('Whether that topic has a system-assigned identity. If not, there are no dead letters.')
param eventTopicHasIdentity bool = false

@description('Further resources whose events count. Without any, and without ACS, those of all do.')
param eventSources array = []

// Calls

@description('The LiveKit server, as browsers reach it: wss://<host>. Empty: none.')
param mediaUrl string = ''

@description('The same as the app reaches it, if that differs.')
param mediaApi string = ''

@description('Names of its API keys. The vault must have media-key-<name> of each first.')
param mediaKeys array = []

@minValue(10)
@maxValue(600)
@description('Seconds after an admission in which the person may connect.')
param mediaTokenSeconds int = 60

// Behaviour

@minValue(1)
@maxValue(36500)
@description('Days after its end until a room is deleted.')
param expiredDays int = 30

@minValue(7)
@maxValue(36500)
@description('Days that logs, calls and deleted rooms stay.')
param retentionDays int = 400

@minValue(1)
@maxValue(10)
@description('Minutes between two runs of the upkeep. 1 for more than a million rooms a month.')
param upkeepMinutes int = 10

@minValue(1)
@maxValue(5000)
@description('People that a call holds.')
param callCapacity int = 350

@description('Whether the log records who looks at presence, attendance, calls and logs.')
param accessLog bool = false

@description('Whether there is a console.')
param console bool = true

@description('Whether people may join with links.')
param joinPage bool = true

@minValue(0)
@maxValue(10000)
@description('Requests a second of each caller to one instance. 0: no limit.')
param keyRate int = 100

@minValue(0)
@maxValue(20000)
@description('Requests of each caller at once. 0: twice the rate.')
param keyBurst int = 0

@description('Whether X-Forwarded-Host counts. Only if a proxy that sets it is the only way in.')
param trustForwardedHost bool = false

// Monitoring

@minValue(30)
@maxValue(730)
@description('Days that logs of the app are kept.')
param logRetentionDays int = 30

@minValue(-1)
@description('GB of logs a day, at most. What comes after is lost. -1: no limit.')
param dailyLogLimitGb int = -1

@description('Who gets a mail of each alert. Empty: alerts show in the portal only.')
param alertEmail string = ''

@description('Name of the function that reads operations. Another one, if ACS logs here, too.')
param operationsFunction string = 'ACSRoomsIncomingOperations'

var token = toLower(uniqueString(subscription().id, environmentName, location))
var groupName = empty(resourceGroupName) ? 'rg-${environmentName}' : resourceGroupName
var tags = union(extraTags, {
  'azd-env-name': environmentName
})
var sku = 'Standard_${zoneRedundant && storageRedundancy == 'LRS' ? 'ZRS' : storageRedundancy}'
var packages = 'packages'
var deadLetters = 'dead-letters'
var table = nameTable ? 'rooms' : ''

var hasAcs = !empty(acsResourceId)
var makesTopic = hasAcs && empty(eventTopicId)
var hasTopic = !empty(eventTopicId)
var keepsDeadLetters = makesTopic || (hasTopic && eventTopicHasIdentity)
var topicName = makesTopic ? 'evgt-${token}' : hasTopic ? last(split(eventTopicId, '/')) : ''
// Azure computes names of groups even for what is not deployed, so these are always names.
var acsGroupName = hasAcs ? split(acsResourceId, '/')[4] : groupName
var topicGroupName = hasTopic ? split(eventTopicId, '/')[4] : groupName

var firstAccount = separateRoomsAccount ? ['strooms0${token}'] : []
var furtherAccounts = [for i in range(1, roomAccounts): 'strooms${i}${token}']
var roomsAccounts = concat(firstAccount, furtherAccounts)
var roomsUris = [
  for name in roomsAccounts: 'https://${name}.table.${environment().suffixes.storage}'
]
var accountIds = [
  for name in concat(separateRoomsAccount ? [] : ['st${token}'], roomsAccounts): resourceId(
    subscription().subscriptionId,
    groupName,
    'Microsoft.Storage/storageAccounts',
    name
  )
]

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: groupName
  location: location
  tags: tags
}

// As azd sees that these groups are only read, azd down leaves them.
resource acsGroup 'Microsoft.Resources/resourceGroups@2024-11-01' existing = if (hasAcs) {
  name: acsGroupName
}

resource topicGroup 'Microsoft.Resources/resourceGroups@2024-11-01' existing = if (hasTopic) {
  name: topicGroupName
}

module identity 'identity.bicep' = {
  scope: group
  params: {
    name: 'id-${token}'
    location: location
    tags: tags
  }
}

module network 'network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
    addressPrefix: networkPrefix
  }
}

module storage 'account.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    sku: sku
    endpointSubnetId: privateNetwork ? network!.outputs.endpointSubnetId : ''
    blobZoneId: privateNetwork ? network!.outputs.blobZoneId : ''
    tableZoneId: privateNetwork ? network!.outputs.tableZoneId : ''
    allowedIpRanges: allowedIpRanges
    identityPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
  }
}

module hostStorage 'host-storage.bicep' = {
  scope: group
  params: {
    accountName: storage.outputs.name
    packages: packages
    deadLetters: deadLetters
    deadLetterDays: deadLetterDays
    identityPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
  }
}

module rooms 'account.bicep' = [
  for name in roomsAccounts: {
    scope: group
    params: {
      name: name
      location: location
      tags: tags
      sku: sku
      endpointSubnetId: privateNetwork ? network!.outputs.endpointSubnetId : ''
      blobZoneId: ''
      tableZoneId: privateNetwork ? network!.outputs.tableZoneId : ''
      allowedIpRanges: allowedIpRanges
      identityPrincipalId: identity.outputs.principalId
      deployerPrincipalId: principalId
      deployerPrincipalType: principalType
    }
  }
]

module archiveAccount 'account.bicep' = if (archive) {
  scope: group
  params: {
    name: 'starc${token}'
    location: location
    tags: tags
    sku: sku
    endpointSubnetId: privateNetwork ? network!.outputs.endpointSubnetId : ''
    blobZoneId: privateNetwork ? network!.outputs.blobZoneId : ''
    tableZoneId: ''
    allowedIpRanges: allowedIpRanges
    identityPrincipalId: '' // it may write to the container below, and to no table
    deployerPrincipalId: ''
    deployerPrincipalType: principalType
  }
}

module archiveStorage 'archive.bicep' = if (archive) {
  scope: group
  params: {
    accountName: archiveAccount!.outputs.name
    containerName: archiveContainer
    immutableDays: archiveImmutableDays
    identityPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
  }
}

module vault 'vault.bicep' = {
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    keys: concat(
      map(manageKeys, name => 'manage-key-${name}'),
      map(readKeys, name => 'read-key-${name}')
    )
    purgeProtection: purgeProtection
    endpointSubnetId: privateNetwork ? network!.outputs.endpointSubnetId : ''
    vaultZoneId: privateNetwork ? network!.outputs.vaultZoneId : ''
    allowedIpRanges: allowedIpRanges
    identityPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
  }
}

module logs 'logs.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-${token}'
    componentName: 'appi-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyLimitGb: dailyLogLimitGb
    identityPrincipalId: identity.outputs.principalId
  }
}

module acs 'acs.bicep' = if (hasAcs) {
  scope: acsGroup
  params: {
    name: last(split(acsResourceId, '/'))
    identityPrincipalId: acsAccess == 'identity' ? identity.outputs.principalId : ''
  }
}

module topic 'topic.bicep' = if (makesTopic) {
  scope: group
  params: {
    name: topicName
    tags: tags
    acsResourceId: acsResourceId
  }
}

module existingTopic 'existing-topic.bicep' = if (hasTopic && eventTopicHasIdentity) {
  scope: topicGroup
  params: {
    name: topicName
  }
}

module deadLetterWriter 'dead-letter-writer.bicep' = if (keepsDeadLetters) {
  scope: group
  params: {
    accountName: storage.outputs.name
    containerName: deadLetters
    principalId: makesTopic ? topic!.outputs.principalId : existingTopic!.outputs.principalId
  }
  dependsOn: [
    hostStorage
  ]
}

module monitoring '../monitoring/monitoring.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: logs.outputs.workspaceId
    componentId: logs.outputs.componentId
    alertEmail: alertEmail
    storageAccountIds: accountIds
    systemTopicId: makesTopic ? topic!.outputs.id : eventTopicId
    operationsFunction: operationsFunction
  }
  dependsOn: [
    rooms
    storage
  ]
}

module settings 'settings.bicep' = {
  scope: group
  params: {
    identityClientId: identity.outputs.clientId
    tableUris: separateRoomsAccount ? roomsUris : concat([storage.outputs.tableUri], roomsUris)
    table: table
    vaultUri: vault.outputs.uri
    manageKeys: manageKeys
    readKeys: readKeys
    onBehalfOf: onBehalfOf
    entraTenant: entraTenant
    entraManage: entraManage
    entraRead: entraRead
    entraAudience: entraAudience
    entraAuthority: entraAuthority
    consoleClientId: consoleClientId
    acsEndpoint: hasAcs && acsAccess == 'identity' ? acs!.outputs.endpoint : ''
    acsConnectionString: acsAccess == 'connectionString'
    acsMode: acsMode
    acsNew: acsNew
    acsReads: acsReads
    acsRequests: acsRequests
    acsFullMinutes: acsFullMinutes
    eventSources: concat(hasAcs ? [acsResourceId] : [], eventSources)
    mediaUrl: mediaUrl
    mediaApi: mediaApi
    mediaKeys: mediaKeys
    mediaTokenSeconds: mediaTokenSeconds
    archiveUri: archive ? archiveAccount!.outputs.blobUri : ''
    archiveContainer: archiveContainer
    expiredDays: expiredDays
    retentionDays: retentionDays
    upkeepMinutes: upkeepMinutes
    callCapacity: callCapacity
    accessLog: accessLog
    console: console
    joinPage: joinPage
    keyRate: keyRate
    keyBurst: keyBurst
    trustForwardedHost: trustForwardedHost
  }
}

module app 'function-app.bicep' = {
  scope: group
  params: {
    name: empty(appName) ? 'func-${token}' : appName
    planName: 'plan-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    packagesUri: '${storage.outputs.blobUri}/${packages}'
    componentName: logs.outputs.componentName
    appSubnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    allowedOrigins: allowedOrigins
    clientIpRanges: clientIpRanges
    instanceMemoryMB: instanceMemoryMB
    httpConcurrency: httpConcurrency
    maximumInstances: maximumInstances
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyEvents: alwaysReadyEvents
    zoneRedundant: zoneRedundant
    settings: settings.outputs.settings
  }
  dependsOn: [
    archiveStorage
    hostStorage
    rooms
  ]
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_FUNCTION_APP_ID string = app.outputs.id
output AZURE_KEY_VAULT_NAME string = vault.outputs.name

// For infra/events.
output EVENT_TOPIC_NAME string = topicName
output EVENT_TOPIC_GROUP string = hasAcs || hasTopic ? topicGroupName : ''
output EVENT_TOPIC_HAS_IDENTITY bool = keepsDeadLetters
output DEAD_LETTER_ACCOUNT_ID string = storage.outputs.id
output DEAD_LETTER_CONTAINER string = deadLetters

// For `rooms init`, `rooms check` and the others, which read the app's settings.
output ROOMS_TABLE string = table
output ROOMS_STORAGE__tableServiceUri string = separateRoomsAccount ? roomsUris[0] : storage.outputs.tableUri
output ROOMS_STORAGE__1__tableServiceUri string = roomAccounts > 0 ? roomsUris[length(firstAccount)] : ''
output ROOMS_STORAGE__2__tableServiceUri string = roomAccounts > 1 ? roomsUris[length(firstAccount) + 1] : ''
output ROOMS_STORAGE__3__tableServiceUri string = roomAccounts > 2 ? roomsUris[length(firstAccount) + 2] : ''
output ROOMS_STORAGE__4__tableServiceUri string = roomAccounts > 3 ? roomsUris[length(firstAccount) + 3] : ''

// For people. None of these is a secret.
output ARCHIVE_ACCOUNT_NAME string = archive ? archiveAccount!.outputs.name : ''
output SERVICE_ROOMS_ENDPOINT string = app.outputs.endpoint
output SERVICE_ROOMS_CONSOLE string = '${app.outputs.endpoint}/console'
output CONNECTION_STRING_COMMAND string = 'echo "endpoint=${app.outputs.endpoint}/;accesskey=$(az keyvault secret show --vault-name ${vault.outputs.name} --name manage-key-${manageKeys[0]} --query value --output tsv)"'
