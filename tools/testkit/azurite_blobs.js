// Runs Azurite's blob service, and stops it when the pipe on stdin closes. Its SQL storage is not
// installed (tools/devhost/package.json) and not used here: it only needs classes to extend.
const Module = require("node:module");

const load = Module._load;
Module._load = (name, ...rest) =>
  name === "sequelize" ? { Model: class {}, Sequelize: class {} } : load(name, ...rest);
process.stdin.on("end", () => process.exit());
process.stdin.resume();
require("../devhost/node_modules/azurite/dist/src/blob/main.js");
