// People who sign in with Entra ID, where the service is set up for it. MSAL does it, and is loaded
// only there. It keeps the tokens of this tab, as the key is kept.

import { signIn as place } from "/console/settings.js";

const PAGE = `${location.origin}/console`;

let client = null; // MSAL's, where people can sign in
let request = {};

/**
 * Learns whether people can sign in here, and ends a sign-in that comes back from Entra ID. Comes
 * first: the address is then an answer, and no view. Returns whether somebody has just signed in.
 * Throws what MSAL throws.
 */
export async function begin() {
  if (!place) return false;
  await import("/console/msal.js");
  const { authority, clientId } = place;
  const { createStandardPublicClientApplication } = globalThis.msal;
  client = await createStandardPublicClientApplication({
    auth: { authority, clientId, knownAuthorities: [new URL(authority).host], redirectUri: PAGE },
    cache: { cacheLocation: "sessionStorage" },
  });
  request = { scopes: [`${clientId}/.default`] };
  try {
    const result = await client.handleRedirectPromise({ navigateToLoginRequestUrl: false });
    if (!result) return false;
    client.setActiveAccount(result.account);
    if (/^#\//.test(result.state)) history.replaceState(null, "", result.state);
    return true;
  } finally {
    if (/[#&](code|error)=/.test(location.hash)) history.replaceState(null, "", location.pathname);
  }
}

/** Whether people can sign in here. */
export const canSignIn = () => client !== null;

const active = () => client?.getActiveAccount() ?? null;

/** The name of who has signed in, or null. */
export const person = () => active() && (active().name || active().username);

/** Leaves the page for Entra ID, which comes back to the same view. */
export const signIn = () =>
  client.loginRedirect({ ...request, prompt: "select_account", state: location.hash });

/** Forgets who has signed in, in this tab. */
export const forget = () => client.clearCache({ account: active() });

/** Ends the session at Entra ID, too, if it can be reached: others may use this machine. */
export const signOut = () =>
  client.logoutRedirect({ account: active(), postLogoutRedirectUri: PAGE }).catch(forget);

/** Returns a token of who has signed in, or null. Throws what MSAL throws. */
export async function token() {
  if (!active()) return null;
  const { CacheLookupPolicy } = globalThis.msal;
  const { accessToken } = await client.acquireTokenSilent({
    ...request,
    account: active(),
    cacheLookupPolicy: CacheLookupPolicy.AccessTokenAndRefreshToken, // and no hidden frame
  });
  return accessToken;
}

/** Whether a failure of MSAL means that the person must sign in again. */
export const mustSignIn = (problem) => problem.name === "InteractionRequiredAuthError";
