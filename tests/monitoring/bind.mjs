// Binds KQL with Microsoft's own parser. Reads {tables, queries} from the standard input, and
// writes of each query its problems and the columns of its result, by name.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
require("@kusto/language-service-next/bridge.min.js");
require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");

const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;

const { tables, queries } = JSON.parse(readFileSync(0, "utf8"));

const known = Object.entries(tables).map(([name, columns]) => {
  const schema = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
  return Symbols.TableSymbol.From(`(${schema.join(", ")})`).WithName(name);
});
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("logs", known));

const listed = (list) => Array.from({ length: list?.Count ?? 0 }, (_, at) => list.getItem(at));

const bound = Object.entries(queries).map(([name, text]) => {
  const code = KustoCode.ParseAndAnalyze(text, globals);
  const problems = listed(code.GetDiagnostics()).map((problem) => problem.Message);
  const columns = listed(code.ResultType?.Columns).map(({ Name, Type }) => [Name, Type.Name]);
  return [name, { problems, columns: Object.fromEntries(columns) }];
});
process.stdout.write(JSON.stringify(Object.fromEntries(bound)));
