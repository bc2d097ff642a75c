// What the page has to know of the service before anybody signs in. Nothing in it is secret.

import { readClock } from "/console/clock.js";

async function asked() {
  const answer = await fetch("/console/settings.json").catch(() => null);
  if (!answer?.ok) return {};
  readClock(answer);
  return await answer.json();
}

/**
 * `host`: the service's name in signatures; a proxy may have changed it.
 * `signIn`: where people sign in, or null. `joinLinks`: whether people can join with links.
 * `acsMode`: rooms at ACS can be changed here if it is `through`, and none is made in `observe`.
 */
export const {
  host = location.host,
  signIn = null,
  joinLinks = false,
  acsMode = "own",
} = await asked();
