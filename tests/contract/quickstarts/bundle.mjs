// Bundles SCRIPT of this folder into the file OUT, with CONNECTION_STRING in it. SDK is the folder of
// another release of the Rooms SDK, if it is not the newest.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOMS = "@azure/communication-rooms";
const { CONNECTION_STRING, OUT, SCRIPT, SDK } = process.env;

await build({
  entryPoints: [fileURLToPath(new URL(SCRIPT, import.meta.url))],
  outfile: OUT,
  bundle: true,
  format: "esm",
  define: { CONNECTION_STRING: JSON.stringify(CONNECTION_STRING) },
  alias: SDK ? { [ROOMS]: `${SDK}/node_modules/${ROOMS}` } : {},
  logLevel: "warning",
});
