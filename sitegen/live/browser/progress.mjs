// The bar that shows how much of Python has arrived.

import { element } from "./dom.mjs";

/** @typedef {import("./cells.mjs").Cell} Cell */

export class Progress {
  /** @param {Cell} cell */
  constructor(cell) {
    this.cell = cell;
    const attributes = { role: "progressbar", "aria-label": "Loading Python" };
    this.track = element("div", "live-progress", attributes);
    this.bar = this.track.appendChild(element("div", ""));
  }

  /**
   * @param {number} loaded bytes
   * @param {number} total
   */
  show(loaded, total) {
    if (loaded >= total) {
      this.remove();
      return;
    }
    if (!this.track.isConnected) {
      this.cell.bar.append(this.track);
      // Said once: the numbers are for the eye.
      this.cell.say("Loading Python");
    }
    const percent = Math.round((100 * loaded) / total);
    this.track.setAttribute("aria-valuenow", String(percent));
    this.track.setAttribute("aria-valuetext", `${megabytes(loaded)} of ${megabytes(total)} MB`);
    this.bar.style.width = `${percent}%`;
  }

  remove() {
    this.track.remove();
  }
}

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
