// Lists that are shown whole, as far as they are not too long.

import { page } from "/console/api.js";

/**
 * Returns the values of a list, `most` or few more, as {value, pages, cut}: `pages` is the number
 * of requests, `cut` is true if the list goes on.
 */
export async function wholeList(path, query, signal, most) {
  let { value, next } = await page(path, query, signal);
  let pages = 1;
  while (value.length < most && next) {
    const further = await page(path, next, signal);
    value = [...value, ...further.value];
    next = further.next;
    pages += 1;
  }
  return { value, pages, cut: Boolean(next) };
}

/**
 * Returns the seconds after which such a list is asked for again: a longer one less often, so that
 * the number of requests a minute stays the same.
 */
export const evenly =
  (seconds) =>
  ({ pages }) =>
    seconds * pages;
