// A snippet as it stands on the page, with what the page shows that it prints and draws.

import { button, element } from "./dom.mjs";

// sitegen/rendering/snippets.py says what these attributes mean.
const SNIPPETS = "[data-run=browser]";
const RESULTS = ".highlight:has(> .filename:is(.output, .error)), .figure";

/** The boxes of all snippets of the page that can be run. */
export function findSnippets() {
  /** @type {NodeListOf<HTMLElement>} */
  const boxes = document.querySelectorAll(SNIPPETS);
  return [...boxes];
}

export class Cell {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    /** Counted from 1 among all snippets of the page. */
    this.number = Number(box.dataset.snippet);
    this.pre = /** @type {HTMLElement} */ (box.querySelector("pre"));
    this.code = /** @type {HTMLElement} */ (box.querySelector("code"));
    this.original = (this.code.textContent ?? "").replace(/\n$/, "");
    this.text = this.original;
    this.results = resultsAfter(box);
    this.hasRun = false;
    this.busy = false;
    this.live = false;
    this.buttons = {
      run: button("run", "Run"),
      stop: button("stop", "Stop"),
      edit: button("edit", "Edit"),
      reset: button("reset", "Reset"),
    };
    this.status = element("span", "live-status", { role: "status" });
    this.bar = element("div", "live-bar", { role: "group", "aria-label": `Snippet ${this.number}` });
    this.bar.append(...Object.values(this.buttons), this.status);
    this.pre.after(this.bar);
    box.classList.add("live");
  }

  /** Whether the page says that this snippet raises. */
  get raises() {
    return "raises" in this.box.dataset;
  }

  /** The alt texts of its figures, in their order. */
  get alts() {
    const images = this.results.flatMap((result) => [...result.querySelectorAll("img")]);
    return images.filter((image) => image.src.endsWith("#only-light")).map((image) => image.alt);
  }

  /**
   * @param {string} text spoken by screen readers when they are done with other things
   * @param {string} details for the eye: they change too often to be spoken
   */
  say(text, details = "") {
    this.status.replaceChildren(text, element("span", "", { "aria-hidden": "true" }, details));
  }

  /** Show the buttons that make sense now, and keep the focus on one of them. */
  show() {
    const { run, stop, edit, reset } = this.buttons;
    const focused = document.activeElement;
    const editing = this.code.hidden;
    const hidden = new Map([
      [run, this.busy],
      [stop, !this.busy],
      [edit, this.busy || editing],
      [reset, this.busy || !(this.live || editing || this.text !== this.original)],
    ]);
    for (const [one, hide] of hidden) one.hidden = hide;
    this.box.classList.toggle("live-busy", this.busy);
    if (focused instanceof HTMLButtonElement && hidden.get(focused)) {
      (this.busy ? stop : run).focus();
    }
  }

  /** @param {boolean} visible whether the page shows what it was built with */
  showResults(visible) {
    for (const result of this.results) result.hidden = !visible;
  }
}

/** @param {HTMLElement} box */
function resultsAfter(box) {
  const results = [];
  let next = box.nextElementSibling;
  while (next instanceof HTMLElement && next.matches(RESULTS)) {
    results.push(next);
    next = next.nextElementSibling;
  }
  return results;
}
