// Every method of the client for identities, each once or more. Prints what came back, as JSON.
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { AzureKeyCredential } from "@azure/core-auth";
import { newClient, refusal } from "./client.mjs";

const { CONNECTION_STRING, ENDPOINT, KEY } = process.env;
const client = CONNECTION_STRING
  ? new CommunicationIdentityClient(CONNECTION_STRING)
  : new CommunicationIdentityClient(ENDPOINT, new AzureKeyCredential(KEY), {
      allowInsecureConnection: true,
    });

const user = await client.createUser();
const withToken = await client.createUserAndToken(["voip", "chat"], { tokenExpiresInMinutes: 90 });
const issued = await client.getToken(user, ["voip"]);

const fixed = new AzureCommunicationTokenCredential(issued.token);
const refreshed = new AzureCommunicationTokenCredential({
  tokenRefresher: async () => (await client.getToken(user, ["chat"])).token,
});
const credentials = { fixed: await fixed.getToken(), refreshed: await refreshed.getToken() };
fixed.dispose();
refreshed.dispose();

const room = await newClient().createRoom({ participants: [{ id: user, role: "Presenter" }] });

const refusals = {
  tooShort: await refusal(() => client.getToken(user, ["voip"], { tokenExpiresInMinutes: 59 })),
  tooLong: await refusal(() =>
    client.createUserAndToken(["voip"], { tokenExpiresInMinutes: 1441 }),
  ),
  scope: await refusal(() => client.getToken(user, ["fax"])),
  noUser: await refusal(() => client.getToken({ communicationUserId: "nobody" }, ["voip"])),
  teams: await refusal(() =>
    client.getTokenForTeamsUser({ teamsUserAadToken: "t", clientId: "c", userObjectId: "u" }),
  ),
};

const revoked = await client.revokeTokens(withToken.user);
const issuedAfterRevocation = await client.getToken(withToken.user, ["voip"]);
const deleted = await client.deleteUser(user);
refusals.deleted = await refusal(() => client.getToken(user, ["voip"]));

console.log(
  JSON.stringify({
    user,
    withToken,
    issued,
    credentials,
    roomId: room.id,
    revoked: revoked === undefined,
    issuedAfterRevocation,
    deleted: deleted === undefined,
    refusals,
  }),
);
