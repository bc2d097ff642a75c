// Runs Azurite's table service and ends it cleanly as soon as the pipe on stdin closes, however its parent died:
// Azurite writes its data out on SIGINT, and loses the last writes on any other end.
process.stdin.on("end", () => process.kill(process.pid, "SIGINT"));
process.stdin.resume();
require("azurite/dist/src/table/main.js");
