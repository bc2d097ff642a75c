// A key of the app, made once. A key that is there stays, whatever its value.

@description('Name of the vault.')
param vaultName string

@description('Name of the secret.')
param name string

@secure()
@description('Half of the key: 122 random bits.')
param firstHalf string = newGuid()

@secure()
@description('The other half.')
param secondHalf string = newGuid()

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

// The app takes base64 text of at least 32 bytes. This is one of 64 hexadecimal digits.
@onlyIfNotExists()
resource key 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: name
  properties: {
    contentType: 'base64'
    value: base64(replace('${firstHalf}${secondHalf}', '-', ''))
  }
}
