// Signs requests with a key (HMAC-SHA256), as the SDKs of ACS do. The key itself is not sent.

import { serviceNow } from "/console/clock.js";
import { host } from "/console/settings.js";

const SIGNED = "x-ms-date;host;x-ms-content-sha256";

/** Whether this page can sign: elsewhere than on HTTPS and localhost, browsers have no WebCrypto. */
export const canSign = isSecureContext;

/** Returns whether a text can be a key: base64. */
export function isKey(text) {
  try {
    return atob(text) !== "";
  } catch {
    return false;
  }
}

/**
 * Returns the headers of a signed request.
 * `target` is path and query as on the request line, `body` is text.
 */
export async function signedHeaders(key, method, target, body) {
  const date = new Date(serviceNow()).toUTCString();
  const hash = base64(await crypto.subtle.digest("SHA-256", bytes(body)));
  const text = `${method}\n${target}\n${date};${host};${hash}`;
  const secret = Uint8Array.from(atob(key), (sign) => sign.charCodeAt(0));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  const signature = base64(await crypto.subtle.sign("HMAC", imported, bytes(text)));
  return {
    "x-ms-date": date,
    "x-ms-content-sha256": hash,
    Authorization: `HMAC-SHA256 SignedHeaders=${SIGNED}&Signature=${signature}`,
  };
}

const bytes = (text) => new TextEncoder().encode(text);

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
