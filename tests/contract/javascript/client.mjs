// The client of the newest release of the SDK.
import { RoomsClient } from "@azure/communication-rooms";
import { AzureKeyCredential } from "@azure/core-auth";
import { clientOf } from "./shared.mjs";

export { collected } from "./shared.mjs";

export const newClient = (options = {}) => clientOf({ RoomsClient, AzureKeyCredential }, options);

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
