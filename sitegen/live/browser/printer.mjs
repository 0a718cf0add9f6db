// What Python prints, in portions and up to a limit.

/** @typedef {"printed" | "warned"} Kind */

const LIMIT = 200_000; // characters of one run
const INTERVAL = 50; // milliseconds between two portions

export class Printer {
  #send;
  /** @type {Kind} */
  #kind = "printed";
  #text = "";
  #total = 0;
  #last = 0;

  /** @param {(kind: Kind, text: string) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** A run begins: what follows is counted anew. */
  begin() {
    this.#total = 0;
    this.#last = 0;
  }

  /**
   * @param {Kind} kind
   * @param {string} text
   */
  write(kind, text) {
    if (this.#total > LIMIT) return;
    if (kind !== this.#kind) this.flush();
    this.#kind = kind;
    this.#total += text.length;
    this.#text += this.#total > LIMIT ? "\n… the rest is not shown\n" : text;
    if (performance.now() - this.#last > INTERVAL) this.flush();
  }

  flush() {
    if (this.#text) this.#send(this.#kind, this.#text);
    this.#text = "";
    this.#last = performance.now();
  }
}
