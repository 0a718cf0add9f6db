#!/usr/bin/env bash
# What: a warning that several snippets raise, in one Pyodide session.
# Version: pyodide 314.0.7 (npm, Python 3.14) under Node.
# Source of the guess: the documentation of warnings: by default a warning is
#   shown once "for each location where the warning is issued", module and line
#   number; two snippets are two places.
# Guess: every snippet passed to runPython shows its own warnings.
# Seen: all snippets count as one module, "<exec>", and share their globals, so
#   that a location is a line number. The first snippet that warns on line 1 has
#   its warning shown; another snippet that earns the same text on its line 1
#   shows nothing, and neither does the first when it is run again. Another line,
#   other globals, or removing __warningregistry__ between the runs shows it; a
#   file name of its own does not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '{"private": true}\n' >package.json
npm install --silent --no-audit --no-fund 'pyodide@314.0.7'
cat >run.mjs <<'JS'
import assert from "node:assert/strict";
import { loadPyodide } from "pyodide";

const pyodide = await loadPyodide();
const lines = [];
pyodide.setStderr({ batched: (line) => lines.push(line) });

function shown(code, options) {
  lines.length = 0;
  pyodide.runPython(code, options);
  console.log(JSON.stringify(code), options ? "with options" : "", "->", lines.length);
  return lines.filter((line) => line.endsWith("UserWarning: flat")).length;
}

pyodide.runPython("from warnings import warn");
const first = "loss = 0.1; warn('flat')";
const second = "slope = 2.0; warn('flat')";
assert.equal(shown(first), 1);
assert.equal(shown(first), 0);
assert.equal(shown(second), 0);
assert.equal(shown(second, { filename: "second.py" }), 0);
assert.equal(shown(`\n${second}`), 1);

const globals = pyodide.toPy({});
pyodide.runPython("from warnings import warn", { globals });
assert.equal(shown(second, { globals }), 1);

pyodide.runPython("del __warningregistry__");
assert.equal(shown(second), 1);
JS
node run.mjs
