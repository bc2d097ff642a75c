// A report as one CSV file. The API answers with a page at a time.

import { askWithHeaders } from "/console/api.js";
import { save } from "/console/csv.js";

/** Saves all pages. The head is that of the first page only. */
export async function download(path, query) {
  const texts = [];
  for (let next = { ...query, format: "csv" }; next; ) {
    const { body, headers } = await askWithHeaders("GET", path, { query: next });
    texts.push(texts.length ? body.slice(body.indexOf("\n") + 1) : body);
    next = nextOf(headers.get("Link"));
  }
  save(texts.join(""), "report.csv");
}

/** Returns the query of the address in a Link header; null without one. */
function nextOf(link) {
  const [, url] = link?.match(/<(.+)>/) ?? [];
  return url ? Object.fromEntries(new URL(url).searchParams) : null;
}
