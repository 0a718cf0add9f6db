// The snippets of one page and the interpreter that they share.

import { Interpreter } from "./interpreter.mjs";
import { Output } from "./output.mjs";
import { Progress } from "./progress.mjs";
import { onPaletteChange } from "./figures.mjs";

/** @typedef {import("./cells.mjs").Cell} Cell */
/** @typedef {import("./config.mjs").Config} Config */
/** @typedef {import("./editor.mjs").Editor} Editor */
/** @typedef {import("./interpreter.mjs").Result} Result */

/**
 * Fetch what the site says about its runtime, and open a session.
 * @param {Cell[]} cells
 */
export async function open(cells) {
  const answer = await fetch(new URL("live.json", import.meta.url));
  if (!answer.ok) throw new Error(`live.json: ${answer.status}`);
  return new Session(cells, await answer.json());
}

export class Session {
  /**
   * @param {Cell[]} cells
   * @param {Config} config
   */
  constructor(cells, config) {
    this.cells = cells;
    this.libraries = config.libraries.join(", ");
    this.interpreter = new Interpreter(config, new URL(".", import.meta.url));
    /** @type {Cell[]} */
    this.queue = [];
    /** @type {Cell | null} */
    this.running = null;
    /** @type {Promise<void> | null} */
    this.loop = null;
    this.ended = false;
    /** @type {Map<Cell, Output>} */
    this.outputs = new Map(cells.map((cell) => [cell, new Output(cell, config.palettes)]));
    /** @type {Map<Cell, Editor>} */
    this.editors = new Map();
    this.unsubscribe = onPaletteChange(() => {
      for (const output of this.outputs.values()) output.recolour();
    });
  }

  /**
   * Run a snippet, and first those above it that have not run yet.
   * @param {Cell} cell
   */
  run(cell) {
    const above = this.cells.slice(0, this.cells.indexOf(cell));
    return this.enqueue([...above.filter((one) => !one.hasRun), cell], cell);
  }

  /** Run the whole page in a fresh interpreter. */
  async runAll() {
    this.restart();
    await this.loop;
    return this.enqueue(this.cells, null);
  }

  /**
   * @param {Cell[]} cells
   * @param {Cell | null} wanted the one that the others are run for
   */
  enqueue(cells, wanted) {
    for (const cell of cells) {
      if (this.queue.includes(cell) || this.running === cell) continue;
      this.queue.push(cell);
      cell.busy = true;
      cell.say(wanted && cell !== wanted ? `Runs first, for snippet ${wanted.number}` : "Waiting");
      cell.show();
    }
    this.loop ??= this.work().finally(() => {
      this.loop = null;
    });
    return this.loop;
  }

  /** Run what is in the queue, one after the other. */
  async work() {
    let cell;
    let count = 0;
    while (!this.ended && (cell = this.queue.shift())) {
      this.running = cell;
      count += 1;
      const total = count + this.queue.length;
      this.queue.at(-1)?.say("Waiting", `: snippet ${cell.number} runs, ${count} of ${total}`);
      const good = await this.execute(cell);
      this.running = null;
      if (!good) this.drop(`Not run: snippet ${cell.number} has not come to its end`);
    }
  }

  /**
   * Run one snippet; return whether those after it can be run.
   * @param {Cell} cell
   */
  async execute(cell) {
    const output = /** @type {Output} */ (this.outputs.get(cell));
    const progress = new Progress(cell);
    const codes = [cell, ...this.queue].map((one) => one.text);
    const start = performance.now();
    output.begin();
    cell.say(this.interpreter.isReady ? "Running" : "Starting Python");
    const result = await this.interpreter.run(cell.text, cell.number, codes, {
      text: (kind, text) => output.write(kind, text),
      figure: (svg) => output.draw(svg),
      progress(loaded, total) {
        progress.show(loaded, total);
        if (loaded >= total) cell.say("Running");
      },
    });
    progress.remove();
    if (this.ended) return false;
    this.finish(cell, output, result, performance.now() - start);
    return result.state === "done" || (result.state === "error" && cell.raises);
  }

  /**
   * @param {Cell} cell
   * @param {Output} output
   * @param {Result} result
   * @param {number} milliseconds
   */
  finish(cell, output, result, milliseconds) {
    cell.busy = false;
    cell.hasRun = result.state === "done" || result.state === "error";
    output.end(result);
    if (/^ModuleNotFoundError: /m.test(result.text)) {
      output.write("note", `Besides the standard library, Python in the browser has ${this.libraries}.`);
    }
    cell.say(spoken(result, output.figureCount, milliseconds));
    cell.show();
    if (result.state === "restarted" || result.state === "failed") this.forget();
  }

  /** Stop what runs and drop what waits. */
  stop() {
    this.drop("Not run");
    this.running?.say("Stopping");
    this.interpreter.stop();
  }

  /** Begin anew: no variables, and the page as it was built, but for what the reader has edited. */
  restart() {
    this.drop("");
    this.interpreter.restart();
    for (const [cell, output] of this.outputs) {
      if (cell === this.running) continue;
      output.clear();
      cell.say("");
      cell.show();
    }
    this.forget();
    this.cells[0].say("Python was restarted");
  }

  /**
   * Edit a snippet in place.
   * @param {Cell} cell
   */
  async edit(cell) {
    const { Editor } = await import("./editor.mjs");
    if (this.editors.has(cell) || this.ended) return;
    const editor = new Editor(cell, () => this.run(cell));
    this.editors.set(cell, editor);
    cell.show();
    editor.focus();
  }

  /**
   * Put the snippet and its output back to what the page was built with.
   * @param {Cell} cell
   */
  reset(cell) {
    this.editors.get(cell)?.remove();
    this.editors.delete(cell);
    this.outputs.get(cell)?.clear();
    cell.say("As on the page");
    cell.show();
  }

  /** The reader has left the page. */
  end() {
    this.ended = true;
    this.drop("");
    this.unsubscribe();
    this.interpreter.restart();
  }

  /** Nothing has run in the interpreter that comes next. */
  forget() {
    for (const cell of this.cells) cell.hasRun = false;
  }

  /** @param {string} reason */
  drop(reason) {
    for (const cell of this.queue.splice(0)) {
      cell.busy = false;
      cell.say(reason);
      cell.show();
    }
  }
}

/**
 * What is said of a run that has ended.
 * @param {Result} result
 * @param {number} figures
 * @param {number} milliseconds
 */
function spoken(result, figures, milliseconds) {
  if (result.state === "stopped") return "Stopped, your variables are kept";
  if (result.state === "restarted") return "Stopped, Python was restarted";
  if (result.state === "unfetched") return "Not run, a file could not be fetched";
  if (result.state === "failed") return "Python could not be loaded";
  if (result.state === "error") return result.text.split("\n").at(-1) ?? "Error";
  const drawn = figures === 0 ? "" : figures === 1 ? ", 1 figure" : `, ${figures} figures`;
  return `Done in ${(milliseconds / 1000).toFixed(1)} s${drawn}`;
}
