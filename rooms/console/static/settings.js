// What the page has to know of the service before anybody signs in. Nothing in it is secret.

async function asked() {
  const answer = await fetch("/console/settings.json").catch(() => null);
  return answer?.ok ? await answer.json() : {};
}

/** `signIn`: where people sign in, or null. `joinLinks`: whether people can join with links. */
export const { signIn = null, joinLinks = false } = await asked();
