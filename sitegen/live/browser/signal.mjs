// How a running Python learns that it is to stop.
//
// Memory shared with the page would need headers that plain hosting does not send. So the page gives
// each run a blob: address and revokes it to stop the run; Pyodide reads element 0 of the "buffer"
// every few bytecodes, and now and then the getter asks whether the address still answers.

const INTERVAL = 250; // milliseconds between two questions
const INTERRUPT = 2; // SIGINT

export class Signal {
  /** @type {string | null} */
  #url = null;
  #next = 0;
  #onPause;

  /** @param {() => void} onPause called at each question: a moment to pass on what was printed */
  constructor(onPause) {
    this.#onPause = onPause;
  }

  /** @param {string | null} url of the run that begins; null when it has ended */
  watch(url) {
    this.#url = url;
    this.#next = performance.now() + INTERVAL;
  }

  get 0() {
    if (!this.#url || performance.now() < this.#next) return 0;
    this.#onPause();
    const stop = isRevoked(this.#url);
    this.#next = performance.now() + INTERVAL;
    if (!stop) return 0;
    this.#url = null;
    return INTERRUPT;
  }

  // Pyodide sets it back to 0, which it is already.
  set 0(_) {}
}

/** @param {string} url */
function isRevoked(url) {
  const request = new XMLHttpRequest();
  try {
    request.open("GET", url, false);
    request.send();
    return request.status !== 200;
  } catch {
    return true;
  }
}
