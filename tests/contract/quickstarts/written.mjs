// Runs a quickstart in the page, and writes into the page what it saw or why it failed, as JSON.
export async function written(quickstart) {
  const seen = {};
  try {
    await quickstart(seen);
    seen.ended = true;
  } catch (error) {
    seen.error = { name: error.name, code: error.code, status: error.statusCode };
  }
  const result = document.createElement("pre");
  result.id = "result";
  result.textContent = JSON.stringify(seen);
  document.body.append(result);
}
