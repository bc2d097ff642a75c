// Who is at the door: the join link of this tab, the device that it is in the call, and the secret
// by which the service knows this browser again.

const SECRET_BYTES = 24;

/** Returns what a storage keeps under that name. Makes and keeps it first if there is nothing. */
function kept(storage, name) {
  const known = storage.getItem(name);
  if (known) return known;
  const made = random();
  storage.setItem(name, made);
  return made;
}

/** Returns random text of letters, digits, - and _. */
const random = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))))
    .replaceAll("+", "-")
    .replaceAll("/", "_");

/** The join link of this tab, {roomId, token}, or null. */
export function joinLink() {
  const token = sessionStorage.getItem(`anteroom.link.${location.pathname}`); // by link.js
  const roomId = decodeURIComponent(location.pathname.split("/")[2]);
  return token && { roomId, token };
}

/** The device that this tab is in calls. It stays after a reload, which then replaces itself. */
export const device = () => kept(sessionStorage, "anteroom.device");

/** What this browser says to a link: nobody can tell from it which links are of one browser. */
export async function browser({ token }) {
  const text = new TextEncoder().encode(`${kept(localStorage, "anteroom.browser")}.${token}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
