// What the sessions with a release of the JavaScript SDK share. The release is in the folder SDK.
// Environment: CONNECTION_STRING, or ENDPOINT and KEY; USERS, raw ids of three.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { clientOf } from "../javascript/shared.mjs";

export { collected } from "../javascript/shared.mjs";

const from = createRequire(`${process.env.SDK}/package.json`);
const { RoomsClient } = from("@azure/communication-rooms");
const { AzureKeyCredential } = from("@azure/core-auth");
const installed = `${process.env.SDK}/node_modules/@azure/communication-rooms/package.json`;

export const release = JSON.parse(readFileSync(installed)).version;
export const users = process.env.USERS.split(",").map((id) => ({ communicationUserId: id }));

export const newClient = (options = {}) => clientOf({ RoomsClient, AzureKeyCredential }, options);

// The raw id and the role of participants.
export const roster = (participants) => participants.map((p) => [p.id.communicationUserId, p.role]);

export const refused = (error) => [error.statusCode, error.code];

// The status and the code that a call is refused with; null if it is not.
export async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return refused(error);
  }
  return null;
}
