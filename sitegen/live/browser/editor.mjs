// A snippet's editor: a text area under highlighted code. Fetched at the first edit.

import { createEditor } from "prism-code-editor";
import { defaultKeymap, editHistory, editorCommands, setIgnoreTab } from "prism-code-editor/commands";
import "prism-code-editor/languages/python";
import "prism-code-editor/prism/languages/python";
import { element } from "./dom.mjs";

/** @typedef {import("./cells.mjs").Cell} Cell */

setIgnoreTab(true); // Tab leaves the editor, as it leaves every other field

export class Editor {
  /**
   * @param {Cell} cell
   * @param {() => void} onRun
   */
  constructor(cell, onRun) {
    this.cell = cell;
    this.html = cell.code.innerHTML;
    this.host = element("div", "live-editor");
    cell.code.hidden = true;
    cell.pre.append(this.host);
    const run = () => {
      onRun();
      return true;
    };
    const leave = () => {
      cell.buttons.run.focus();
      return true;
    };
    this.editor = createEditor(
      this.host,
      {
        language: "python",
        value: cell.text,
        tabSize: 4,
        insertSpaces: true,
        lineNumbers: false,
        onUpdate: (value) => this.take(value),
      },
      editorCommands({ ...defaultKeymap, "Mod+Enter": run, "Shift+Enter": run, Escape: leave }),
      editHistory(),
    );
    const label = `Code of snippet ${cell.number}. Control and Enter runs it, Escape leaves it.`;
    this.editor.textarea.setAttribute("aria-label", label);
  }

  /** @param {string} value */
  take(value) {
    if (value === this.cell.text) return;
    this.cell.text = value;
    this.cell.code.textContent = value; // what the copy button reads
    this.cell.pre.querySelector(".live-mark")?.remove();
  }

  focus() {
    this.editor.textarea.focus();
  }

  /** Put the snippet back as it was. */
  remove() {
    this.editor.remove();
    this.host.remove();
    this.cell.code.innerHTML = this.html;
    this.cell.code.hidden = false;
    this.cell.text = this.cell.original;
  }
}
