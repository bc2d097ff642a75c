// What a key is refused with that may not do what is asked. Prints it, as JSON.
import { newClient, refusal } from "./client.mjs";

console.log(JSON.stringify(await refusal(() => newClient().createRoom())));
