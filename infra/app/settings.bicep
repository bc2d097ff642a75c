// The settings of the app, which docs/settings.md explains. Those that are empty are left out.

@description('Client id of the app\'s identity.')
param identityClientId string

@description('Addresses of the table services: that of account 0, then those of further accounts.')
param tableUris array

@description('Name of the table. Empty: the app makes one if there is none.')
param table string

@description('Address of the vault.')
param vaultUri string

@description('Names of keys that may do everything.')
param manageKeys array

@description('Names of keys that may only read.')
param readKeys array

@description('ROOMS_ON_BEHALF_OF.')
param onBehalfOf string

@description('ROOMS_ENTRA_TENANT.')
param entraTenant string

@description('ROOMS_ENTRA_MANAGE.')
param entraManage string

@description('ROOMS_ENTRA_READ.')
param entraRead string

@description('ROOMS_ENTRA_AUDIENCE.')
param entraAudience string

@description('ROOMS_ENTRA_AUTHORITY.')
param entraAuthority string

@description('ROOMS_CONSOLE_CLIENT_ID.')
param consoleClientId string

@description('ROOMS_ACS__endpoint. Empty: the app does not ask ACS.')
param acsEndpoint string

@description('Whether the app asks ACS with the connection string in the vault.')
param acsConnectionString bool

@description('ROOMS_ACS_MODE.')
param acsMode string

@description('ROOMS_ACS_NEW.')
param acsNew string

@description('ROOMS_ACS_READS.')
param acsReads string

@description('ROOMS_ACS_REQUESTS.')
param acsRequests int

@description('ROOMS_ACS_FULL_MINUTES.')
param acsFullMinutes int

@description('ROOMS_EVENT_SOURCE.')
param eventSources array

@description('ROOMS_MEDIA_URL. Empty: no media server.')
param mediaUrl string

@description('ROOMS_MEDIA_API.')
param mediaApi string

@description('Names of API keys of the media server.')
param mediaKeys array

@description('ROOMS_MEDIA_TOKEN_SECONDS.')
param mediaTokenSeconds int

@description('Address of the blob service that has the archive. Empty: the log is not exported.')
param archiveUri string

@description('ROOMS_ARCHIVE_CONTAINER.')
param archiveContainer string

@description('ROOMS_UPKEEP_MINUTES.')
param upkeepMinutes int

@description('ROOMS_EXPIRED_DAYS.')
param expiredDays int

@description('ROOMS_RETENTION_DAYS.')
param retentionDays int

@description('ROOMS_CALL_CAPACITY.')
param callCapacity int

@description('ROOMS_ACCESS_LOG.')
param accessLog bool

@description('ROOMS_CONSOLE.')
param console bool

@description('ROOMS_JOIN_PAGE.')
param joinPage bool

@description('ROOMS_KEY_RATE.')
param keyRate int

@description('ROOMS_KEY_BURST. 0: twice the rate.')
param keyBurst int

@description('ROOMS_TRUST_FORWARDED_HOST.')
param trustForwardedHost bool

// Without a version: the app takes the current one.
var secret = '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/'
var hasMedia = !empty(mediaUrl)
var followsAcs = acsMode != 'own'

var fixed = {
  ROOMS_ACCESS_LOG: toLower(string(accessLog))
  ROOMS_ACS_CONNECTION_STRING: acsConnectionString ? '${secret}acs-connection-string)' : ''
  ROOMS_ACS_FULL_MINUTES: followsAcs ? string(acsFullMinutes) : ''
  ROOMS_ACS_MODE: acsMode
  ROOMS_ACS_NEW: acsMode == 'through' ? acsNew : ''
  ROOMS_ACS_READS: acsMode == 'through' ? acsReads : ''
  ROOMS_ACS_REQUESTS: followsAcs ? string(acsRequests) : ''
  ROOMS_ACS__clientId: empty(acsEndpoint) ? '' : identityClientId
  ROOMS_ACS__endpoint: acsEndpoint
  ROOMS_ARCHIVE_CONTAINER: empty(archiveUri) ? '' : archiveContainer
  ROOMS_ARCHIVE__blobServiceUri: archiveUri
  ROOMS_ARCHIVE__clientId: empty(archiveUri) ? '' : identityClientId
  ROOMS_CALL_CAPACITY: string(callCapacity)
  ROOMS_CONSOLE: toLower(string(console))
  ROOMS_CONSOLE_CLIENT_ID: consoleClientId
  ROOMS_ENTRA_AUDIENCE: entraAudience
  ROOMS_ENTRA_AUTHORITY: entraAuthority
  ROOMS_ENTRA_MANAGE: entraManage
  ROOMS_ENTRA_READ: entraRead
  ROOMS_ENTRA_TENANT: entraTenant
  ROOMS_EVENT_SOURCE: join(eventSources, ',')
  ROOMS_EXPIRED_DAYS: string(expiredDays)
  ROOMS_JOIN_PAGE: toLower(string(joinPage))
  ROOMS_KEY_BURST: keyBurst == 0 ? '' : string(keyBurst)
  ROOMS_KEY_RATE: string(keyRate)
  ROOMS_MEDIA_API: hasMedia ? mediaApi : ''
  ROOMS_MEDIA_TOKEN_SECONDS: hasMedia ? string(mediaTokenSeconds) : ''
  ROOMS_MEDIA_URL: mediaUrl
  ROOMS_ON_BEHALF_OF: onBehalfOf
  ROOMS_RETENTION_DAYS: string(retentionDays)
  ROOMS_STORAGE__clientId: identityClientId
  ROOMS_STORAGE__tableServiceUri: tableUris[0]
  ROOMS_TABLE: table
  ROOMS_TRUST_FORWARDED_HOST: toLower(string(trustForwardedHost))
  ROOMS_UPKEEP_MINUTES: string(upkeepMinutes)
}
var furtherAccounts = toObject(
  range(1, length(tableUris) - 1),
  i => 'ROOMS_STORAGE__${i}__tableServiceUri',
  i => (tableUris[i])
)
var keys = union(
  toObject(
    manageKeys,
    name => 'ROOMS_MANAGE_KEY__${name}',
    name => '${secret}manage-key-${name})'
  ),
  toObject(readKeys, name => 'ROOMS_READ_KEY__${name}', name => '${secret}read-key-${name})'),
  toObject(
    hasMedia ? mediaKeys : [],
    name => 'ROOMS_MEDIA_KEY__${name}',
    name => '${secret}media-key-${name})'
  )
)
var set = filter(items(union(fixed, furtherAccounts, keys)), setting => !empty(setting.value))

output settings object = toObject(set, setting => setting.key, setting => setting.value)
