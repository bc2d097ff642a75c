// Runs Azurite's table service, and stops it when the pipe on stdin closes, however the parent ended.
// Azurite writes its data out on SIGINT. Any other end loses the last writes.
process.stdin.on("end", () => process.kill(process.pid, "SIGINT"));
process.stdin.resume();
require("azurite/dist/src/table/main.js");
