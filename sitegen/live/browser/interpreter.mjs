// Python in a worker, with a way to stop it.

/** @typedef {import("./config.mjs").Config} Config */

/**
 * @typedef {object} Result
 * @property {"done" | "error" | "stopped" | "unfetched" | "restarted" | "failed"} state
 * @property {string} text
 * @property {number} line where the reader's code failed, counted from 1; 0 if unknown
 */

/**
 * @typedef {object} Listener
 * @property {(kind: "printed" | "warned", text: string) => void} text
 * @property {(svg: string) => void} figure
 * @property {(loaded: number, total: number) => void} progress
 */

const PATIENCE = 1500; // milliseconds that Python has to stop by itself

export class Interpreter {
  /**
   * @param {Config} config
   * @param {URL} base where live.json and the worker are
   */
  constructor(config, base) {
    this.config = config;
    this.base = base;
    this.isReady = false;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {{ resolve: (result: Result) => void, listener: Listener, stopUrl: string } | null} */
    this.run_ = null;
    this.timer = 0;
  }

  /**
   * Run a snippet. The codes that come next say what may be fetched along with it.
   * @param {string} code
   * @param {number} number
   * @param {string[]} codes
   * @param {Listener} listener
   * @returns {Promise<Result>}
   */
  run(code, number, codes, listener) {
    this.worker ??= this.start();
    const stopUrl = URL.createObjectURL(new Blob(["go on"], { type: "text/plain" }));
    this.worker.postMessage({ code, number, codes, stopUrl });
    return new Promise((resolve) => {
      this.run_ = { resolve, listener, stopUrl };
    });
  }

  /** Ask Python to stop; if it does not listen, or is asked twice, end it. */
  stop() {
    if (!this.run_) return;
    if (!this.isReady || this.timer) {
      this.restart();
      return;
    }
    URL.revokeObjectURL(this.run_.stopUrl);
    this.timer = window.setTimeout(() => this.restart(), PATIENCE);
  }

  /** End the interpreter; the next run starts another. */
  restart() {
    this.worker?.terminate();
    this.worker = null;
    this.isReady = false;
    this.settle({ state: "restarted", text: "", line: 0 });
  }

  start() {
    const worker = new Worker(new URL("worker.js", this.base), { type: "module", name: "python" });
    worker.postMessage({ config: this.config, base: this.base.href });
    worker.onmessage = ({ data }) => this.hear(data);
    worker.onerror = (event) => {
      this.hear({ type: "failed", text: event.message || "the worker could not be loaded" });
    };
    return worker;
  }

  /** @param {import("./worker.mjs").Message} message */
  hear(message) {
    if (message.type === "ready") this.isReady = true;
    else if (message.type === "text") this.run_?.listener.text(message.kind, message.text);
    else if (message.type === "figure") this.run_?.listener.figure(message.svg);
    else if (message.type === "progress") {
      this.run_?.listener.progress(message.loaded, message.total);
    } else if (message.type === "ended") this.settle(message);
    else {
      this.worker?.terminate();
      this.worker = null;
      this.isReady = false;
      this.settle({ state: "failed", text: message.text, line: 0 });
    }
  }

  /** @param {Result} result */
  settle({ state, text, line }) {
    clearTimeout(this.timer);
    this.timer = 0;
    const run = this.run_;
    this.run_ = null;
    if (!run) return;
    URL.revokeObjectURL(run.stopUrl);
    run.resolve({ state, text, line });
  }
}
