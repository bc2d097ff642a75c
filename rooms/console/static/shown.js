// Texts that people choose themselves, such as names: without characters that nobody sees and that
// change what is around them. rooms/domain/shown_text.py does the same.

const CHOSEN = new Set([
  "name",
  "displayName",
  "title",
  "externalId",
  "phrase",
  "role",
  "onBehalfOf",
]);
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}]/gu;
const INVISIBLE_IN_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu;

const cleaned = (text) => text.replace(/\s/gu, " ").replace(INVISIBLE, "");

/** An answer of the service, cleaned; what is in a field `detail` stays as it is. */
export function shown(value, field) {
  if (typeof value === "string") return CHOSEN.has(field) ? cleaned(value) : value;
  if (value === null || typeof value !== "object" || field === "detail") return value;
  if (Array.isArray(value)) return value.map((each) => shown(each, field));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each, name)]));
}

/** Several lines in which everything is seen: what nobody sees is written as in JSON. */
export const revealed = (text) =>
  text.replace(INVISIBLE_IN_LINES, (sign) =>
    [...Array(sign.length).keys()]
      .map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, "0")}`)
      .join(""),
  );
