// What every page loads: buttons under the snippets. All that runs is fetched when one is pressed.

import { Cell, findSnippets } from "./cells.mjs";
import { button, element } from "./dom.mjs";

/** @typedef {import("./session.mjs").Session} Session */

// So many snippets get their buttons before the browser may do something else.
const AT_ONCE = 10;

/** @type {{ end(): void } | null} */
let current = null;
let page = 0;

/** Put the buttons on the page that is shown, once. */
async function enhance() {
  current?.end();
  current = null;
  const shown = ++page;
  const boxes = findSnippets();
  if (boxes.length === 0) return;
  const lacking = missing();
  if (lacking) {
    boxes[0].before(element("p", "live-page", {}, `Snippets cannot be run here: ${lacking}.`));
    return;
  }
  const cells = [];
  for (const [index, box] of boxes.entries()) {
    if (index % AT_ONCE === 0) await new Promise((done) => setTimeout(done));
    if (shown !== page) return; // the reader has gone to another
    const cell = new Cell(box);
    cell.show();
    cells.push(cell);
  }
  current = prepare(cells);
}

/** What this browser lacks, if anything. */
function missing() {
  if (typeof WebAssembly !== "object") return "this browser has no WebAssembly";
  if (typeof Worker !== "function") return "this browser has no workers";
  return "";
}

/**
 * Add the buttons; the first press fetches the session that answers them.
 * @param {Cell[]} cells
 */
function prepare(cells) {
  /** @type {Promise<Session> | null} */
  let session = null;
  const left = { yet: false };

  /** @param {(session: Session) => unknown} action @param {Cell} cell */
  const act = async (action, cell) => {
    try {
      session ??= import("./session.mjs").then((module) => module.open(cells));
      const opened = await session;
      if (left.yet) opened.end();
      else await action(opened);
    } catch (error) {
      session = null;
      cell.busy = false;
      cell.show();
      cell.say(`Python could not be loaded: ${error instanceof Error ? error.message : error}`);
    }
  };

  /** Show at once that the press was heard. @type {typeof act} */
  const start = (action, cell) => {
    cell.busy = true;
    cell.say("Starting");
    cell.show();
    return act(action, cell);
  };

  for (const cell of cells) {
    cell.buttons.run.onclick = () => start((opened) => opened.run(cell), cell);
    cell.buttons.edit.onclick = () => act((opened) => opened.edit(cell), cell);
    cell.buttons.stop.onclick = () => act((opened) => opened.stop(), cell);
    cell.buttons.reset.onclick = () => act((opened) => opened.reset(cell), cell);
  }

  const all = button("all", "Run all");
  const restart = button("restart", "Restart");
  all.onclick = () => start((opened) => opened.runAll(), cells[0]);
  restart.onclick = () => act((opened) => opened.restart(), cells[0]);
  const words = element("span", "live-words", {}, "Snippets run in your browser.");
  const bar = element("div", "live-page", { role: "group", "aria-label": "All snippets" });
  bar.append(words, all, restart);
  cells[0].box.before(bar);

  return {
    end() {
      left.yet = true;
      session?.then((opened) => opened.end());
    },
  };
}

// Material tells when it has exchanged the page.
const pages = /** @type {{ subscribe(listener: () => void): void } | undefined} */ (
  Reflect.get(window, "document$")
);
if (pages) pages.subscribe(enhance);
else enhance();
