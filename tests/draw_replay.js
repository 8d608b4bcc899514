// Runs the scripts of the page of a draw without a page: cases on standard input as JSON, what each step came to on standard output.
"use strict";
const { readFileSync } = require("fs");
const { runInThisContext } = require("vm");
const folder = process.argv[2];
for (const name of ["draw-numbers.js", "draw-proof.js", "draw-designs.js", "draw-steps.js"]) {
  runInThisContext(readFileSync(`${folder}/${name}`, "utf8").replace(/^const (OpenQI\w+) =/m, "globalThis.$1 ="), { filename: name });
}
const bytes = text => text === null || text === undefined ? null : Uint8Array.from(Buffer.from(text, "base64"));
(async () => {
  const cases = JSON.parse(readFileSync(0, "utf8")), answers = [];
  for (const one of cases) {
    const steps = [], files = Object.fromEntries(Object.entries(one.files).map(([name, text]) => [name, bytes(text)]));
    const began = process.hrtime.bigint();
    const found = await globalThis.OpenQISteps.replay(one.given, files, one.typed || [], step => steps.push(step));
    answers.push({ steps, found, seconds: Number(process.hrtime.bigint() - began) / 1e9 });
  }
  process.stdout.write(JSON.stringify(answers));
})();
