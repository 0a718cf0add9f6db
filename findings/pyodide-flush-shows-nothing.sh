#!/usr/bin/env bash
# What: the last line of a run in Pyodide, when it does not end in a newline.
# Version: pyodide 314.0.7 (npm, Python 3.14) under Node.
# Source of the guess: the page "Redirecting standard streams": a batched handler
#   gets a complete line, or "a partial line of text that was flushed", with
#   sys.stdout.flush() as its example; and Python, which flushes when a program
#   ends.
# Guess: print("...", end="", flush=True) reaches the handler at once, and
#   anything left over does so at the end of runPython.
# Seen: neither flush=True, sys.stdout.flush() nor the end of the run, by
#   itself or by an exception, calls the handler. The text comes out with the
#   next newline, in a later run: the output of one snippet is missing, and
#   stands before that of the next.
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
pyodide.setStdout({ batched: (line) => lines.push(line) });

function run(code) {
  lines.length = 0;
  try {
    pyodide.runPython(code);
  } catch {
    // The exception is part of the observation.
  }
  console.log(JSON.stringify(code), "->", JSON.stringify(lines));
  return lines.join("|");
}

assert.equal(run("print('loss 0.5')"), "loss 0.5");
assert.equal(run("print('a', end='')"), "");
assert.equal(run("print('b', end='', flush=True)"), "");
assert.equal(run("import sys; print('c', end=''); sys.stdout.flush()"), "");
assert.equal(run("print('d', end=''); 1 / 0"), "");
assert.equal(run("print('next snippet')"), "abcdnext snippet");
JS
node run.mjs
