// A room as each of the api-versions in VERSIONS has it. Prints them by version, as JSON.
import { newClient } from "./client.mjs";

const rooms = {};
for (const apiVersion of process.env.VERSIONS.split(",")) {
  rooms[apiVersion] = await newClient({ apiVersion }).createRoom({ pstnDialOutEnabled: true });
}
console.log(JSON.stringify(rooms));
