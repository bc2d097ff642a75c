// Tables that are sorted by the column whose head is pressed.

import { useState } from "preact/hooks";

/**
 * Sorts rows. `columns` is [{name, number, by}]: `by(row)` gives the number or text of a row, or
 * null, which comes last. Returns {sorted, heads}; `heads` are the columns as Table takes them.
 * Until a head is pressed the rows stay as they are. Numbers begin with the highest.
 */
export function useSorted(rows, columns) {
  const [order, setOrder] = useState({ name: null, descending: false });
  const press = ({ name, number }) =>
    setOrder((known) => ({
      name,
      descending: known.name === name ? !known.descending : Boolean(number),
    }));
  const chosen = columns.find(({ name }) => name === order.name);
  const direction = order.descending ? "descending" : "ascending";
  return {
    sorted: chosen ? rows.toSorted(comparing(chosen.by, order.descending)) : rows,
    heads: columns.map((column) => ({
      name: column.name,
      number: column.number,
      sort: column.by && (() => press(column)),
      sorted: column === chosen ? direction : undefined,
    })),
  };
}

const comparing = (by, descending) => (a, b) => {
  const [one, other] = [by(a), by(b)];
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const order = typeof one === "number" ? one - other : one.localeCompare(other);
  return descending ? -order : order;
};
