// The client of the environment: from CONNECTION_STRING, or from ENDPOINT and KEY.
import { RoomsClient } from "@azure/communication-rooms";
import { AzureKeyCredential } from "@azure/core-auth";

export function newClient(options = {}) {
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

// What a call that has to fail was refused with.
export async function refusal(call) {
  try {
    await call();
  } catch (error) {
    const { name, statusCode: status, code, message, details } = error;
    return { name, status, code, message, details: details?.error?.details };
  }
  return null;
}
