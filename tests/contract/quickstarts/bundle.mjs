// Bundles the script of the page into the file OUT, with CONNECTION_STRING in it.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { CONNECTION_STRING, OUT } = process.env;
await build({
  entryPoints: [fileURLToPath(new URL("page.mjs", import.meta.url))],
  outfile: OUT,
  bundle: true,
  format: "esm",
  define: { CONNECTION_STRING: JSON.stringify(CONNECTION_STRING) },
  logLevel: "warning",
});
