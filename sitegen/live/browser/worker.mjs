// Python itself: the worker that loads Pyodide and runs one snippet after the other.

import { countBytes } from "./counting.mjs";
import { packagesFor } from "./packages.mjs";
import { Signal } from "./signal.mjs";
import { Printer } from "./printer.mjs";

/** @typedef {import("./config.mjs").Config} Config */
/** @typedef {import("pyodide").PyodideInterface} Pyodide */

/**
 * @typedef {{ type: "ready" }
 *   | { type: "text", kind: "printed" | "warned", text: string }
 *   | { type: "figure", svg: string }
 *   | { type: "progress", loaded: number, total: number }
 *   | { type: "ended", state: "done" | "error" | "stopped" | "unfetched", text: string, line: number }
 *   | { type: "failed", text: string }} Message
 */

/** @param {Message} message */
const post = (message) => self.postMessage(message);

const CORE = ["pyodide.asm.wasm", "python_stdlib.zip"];
const SITE = "/lib/python3.12/site-packages";
const STYLE = "/home/pyodide/matplotlibrc";

const printer = new Printer((kind, text) => post({ type: "text", kind, text }));
const signal = new Signal(() => printer.flush());
/** @type {Config} */
let config;
/** @type {URL} */
let base;
/** @type {Promise<{ python: Pyodide, kernel: any }> | null} */
let booted = null;

/**
 * Start Python, with the packages that the first snippets need.
 * @param {string[]} packages
 */
async function boot(packages) {
  const index = new URL(config.runtime, base);
  /** @type {typeof import("pyodide")} */
  const { loadPyodide } = await import(new URL("pyodide.mjs", index).href);
  const python = await loadPyodide({
    indexURL: index.href,
    packages: packages.map(address),
    env: { HOME: "/home/pyodide", MATPLOTLIBRC: STYLE },
  });
  for (const [path, text] of Object.entries(config.files)) {
    python.FS.mkdirTree(`${SITE}/${path}`.replace(/\/[^/]*$/, ""));
    python.FS.writeFile(`${SITE}/${path}`, text);
  }
  python.FS.writeFile(STYLE, config.matplotlibrc);
  python.setStdin({ stdin: () => null });
  const kernel = python.pyimport("sitegen.live.kernel");
  kernel.connect(
    (/** @type {string} */ text) => printer.write("printed", text),
    (/** @type {string} */ text) => printer.write("warned", text),
    (/** @type {string} */ svg) => {
      printer.flush();
      post({ type: "figure", svg });
    },
  );
  python.setInterruptBuffer(/** @type {any} */ (signal));
  post({ type: "ready" });
  return { python, kernel };
}

/**
 * What Pyodide is to be asked for: our own package is not in its lock.
 * @param {string} name
 */
function address(name) {
  return name === "calcguide" ? new URL(config.wheel, base).href : name;
}

/**
 * The packages that a piece of code needs and that are not loaded.
 * @param {string} code
 * @param {Record<string, string>} loaded
 */
function missingFor(code, loaded) {
  return packagesFor(code, config).filter((name) => !((config.packages[name]?.name ?? name) in loaded));
}

/**
 * Load what these codes need and show how far it is.
 * @param {string[]} codes
 */
async function prepare(codes) {
  const missing = missingFor(codes.join("\n"), (await booted)?.python.loadedPackages ?? {});
  if (booted && missing.length === 0) return booted;
  const files = missing.map((name) => config.packages[name]?.file);
  if (!booted) files.push(...CORE);
  const total = files.reduce((sum, file) => sum + (config.sizes[file] ?? 0), 0);
  const stopCounting = countBytes(files, (bytes) => {
    post({ type: "progress", loaded: Math.min(bytes, total), total });
  });
  try {
    if (!booted) return await (booted = boot(missing));
    const { python } = await booted;
    const quiet = { messageCallback() {}, errorCallback: console.warn };
    await python.loadPackage(missing.map(address), quiet);
    return booted;
  } finally {
    stopCounting();
    post({ type: "progress", loaded: total, total });
  }
}

/** @param {{ code: string, number: number, codes: string[], stopUrl: string }} job */
async function run({ code, number, codes, stopUrl }) {
  const { kernel, python } = await prepare(codes);
  // Pyodide does not throw if a package cannot be fetched. The next run asks again.
  const missing = missingFor(code, python.loadedPackages);
  if (missing.length > 0) {
    const files = missing.map((name) => config.packages[name]?.file ?? config.wheel.split("/").at(-1));
    const text = `Could not fetch ${files.join(", ")}.`;
    post({ type: "ended", state: "unfetched", text, line: 0 });
    return;
  }
  printer.begin();
  signal.watch(stopUrl);
  const outcome = kernel.run(code, number);
  signal.watch(null);
  printer.flush();
  const [state, text, line] = outcome.toJs();
  outcome.destroy();
  post({ type: "ended", state, text, line });
}

self.onmessage = async ({ data }) => {
  if (data.config) {
    config = data.config;
    base = new URL(data.base);
    return;
  }
  try {
    await run(data);
  } catch (error) {
    fail(error);
  }
};

/** @param {unknown} reason */
function fail(reason) {
  post({ type: "failed", text: reason instanceof Error ? reason.message : String(reason) });
}

// Pyodide leaves some of its own failures to nobody, such as a core that does not arrive.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});
