// What a snippet prints, draws and raises, in the place of what the page was built with.

import { element } from "./dom.mjs";
import { image, paint } from "./figures.mjs";

/** @typedef {import("./cells.mjs").Cell} Cell */
/** @typedef {import("./config.mjs").Config} Config */
/** @typedef {import("./interpreter.mjs").Result} Result */

const NOTES = {
  stopped: "Stopped. Your variables are kept.",
  restarted: "Stopped, and Python was restarted: the variables are gone, the next run makes them anew.",
};

const NAMES = { printed: "Printed", warned: "Warnings", error: "Error", note: "Note" };

export class Output {
  /**
   * @param {Cell} cell
   * @param {Config["palettes"]} palettes
   */
  constructor(cell, palettes) {
    this.cell = cell;
    this.palettes = palettes;
    /** @type {[HTMLImageElement, string][]} */
    this.figures = [];
    const attributes = { role: "group", "aria-label": `Live output of snippet ${cell.number}` };
    this.panel = element("div", "live-output", attributes);
    /** @type {{ kind: string, pre: HTMLElement } | null} */
    this.open = null;
    /** @type {HTMLElement | null} */
    this.mark = null;
  }

  get figureCount() {
    return this.figures.length;
  }

  /** A run begins: what the last one left is replaced. */
  begin() {
    this.empty();
    this.cell.live = true;
    this.cell.showResults(false);
    this.cell.box.after(this.panel);
    this.panel.hidden = true;
  }

  /** Back to what the page was built with. */
  clear() {
    this.empty();
    this.panel.remove();
    this.cell.live = false;
    this.cell.showResults(true);
  }

  empty() {
    this.panel.replaceChildren(element("p", "live-title", {}, "Output, live"));
    this.figures = [];
    this.open = null;
    this.mark?.remove();
  }

  /**
   * @param {"printed" | "warned" | "error" | "note"} kind
   * @param {string} text
   */
  write(kind, text) {
    this.panel.hidden = false;
    if (this.open?.kind !== kind) {
      const pre = element("pre", `live-text live-${kind}`, {
        tabindex: "0", // a long text scrolls
        role: "group",
        "aria-label": NAMES[kind],
      });
      this.panel.append(pre);
      this.open = { kind, pre };
    }
    const { pre } = this.open;
    pre.append(text);
    pre.scrollTop = pre.scrollHeight;
  }

  /** @param {string} svg */
  draw(svg) {
    this.panel.hidden = false;
    this.open = null;
    const number = this.figures.length;
    const alt = this.cell.alts[number] ?? `Figure ${number + 1} of snippet ${this.cell.number}`;
    const drawn = image(svg, alt, this.palettes);
    this.figures.push([drawn, svg]);
    this.panel.append(drawn);
  }

  recolour() {
    for (const [drawn, svg] of this.figures) paint(drawn, svg, this.palettes);
  }

  /** @param {Result} result */
  end({ state, text, line }) {
    if (state === "stopped" || state === "restarted") this.write("note", NOTES[state]);
    if (state === "unfetched") this.write("error", `${text} Press Run to try again.`);
    if (state === "failed") this.write("error", `Python could not be loaded: ${text}`);
    if (state === "error") {
      this.write("error", text);
      if (line > 0) this.markLine(line);
    }
  }

  /** @param {number} line counted from 1 */
  markLine(line) {
    this.mark = element("span", "live-mark", { "aria-hidden": "true" });
    this.mark.style.setProperty("--line", String(line - 1));
    this.cell.pre.append(this.mark);
  }
}
