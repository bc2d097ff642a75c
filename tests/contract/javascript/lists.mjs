// The rooms of a list with the parameters in PARAMETERS, which a policy adds, as the SDK has none for them. Prints their ids, as JSON.
import { collected, newClient } from "./client.mjs";

const withParameters = {
  name: "withParameters",
  sendRequest(request, next) {
    const url = new URL(request.url);
    if (!url.searchParams.has("nextLink")) request.url += `&${process.env.PARAMETERS}`;
    return next(request);
  },
};

const client = newClient({ additionalPolicies: [{ policy: withParameters, position: "perCall" }] });
const pages = await collected(client.listRooms().byPage());
console.log(JSON.stringify(pages.map((page) => page.map((room) => room.id))));
