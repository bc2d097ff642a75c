// What clients of every release of the SDK share.

// A client of the environment: from CONNECTION_STRING, or from ENDPOINT and KEY.
export function clientOf({ RoomsClient, AzureKeyCredential }, options) {
  const { CONNECTION_STRING, ENDPOINT, KEY } = process.env;
  return CONNECTION_STRING
    ? new RoomsClient(CONNECTION_STRING, options)
    : new RoomsClient(ENDPOINT, new AzureKeyCredential(KEY), {
        allowInsecureConnection: true,
        ...options,
      });
}

export async function collected(items) {
  const list = [];
  for await (const item of items) list.push(item);
  return list;
}
