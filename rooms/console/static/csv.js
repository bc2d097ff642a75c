// Tables as files.

const BYTE_ORDER_MARK = "\ufeff";

/** Saves a CSV text. Excel knows UTF-8 by its mark, which reading an answer removes. */
export function save(text, name) {
  const url = URL.createObjectURL(new Blob([BYTE_ORDER_MARK, text], { type: "text/csv" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
