// Where tiles go: as large as they can be, all of one size.

const GAP = 8; // pixels, as in style.css
const WIDEST = 16 / 9;
const NARROWEST = 1;

/** Returns the style of each of `count` tiles that fill an area of that size in pixels. */
export function tileSize(count, area) {
  let best = { width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const widest = (area.width - GAP * (columns - 1)) / columns;
    const highest = (area.height - GAP * (rows - 1)) / rows;
    const width = Math.floor(Math.min(widest, highest * WIDEST));
    const height = Math.floor(Math.min(highest, width / NARROWEST));
    if (width * height > best.width * best.height) best = { width, height };
  }
  return { width: `${best.width}px`, height: `${best.height}px` };
}
