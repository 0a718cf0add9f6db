// How many bytes of certain files have arrived, seen at `fetch`, which Pyodide uses for all of them.

/**
 * Count until the function that is returned is called.
 * @param {(string | undefined)[]} files names at the end of the addresses
 * @param {(bytes: number) => void} report
 */
export function countBytes(files, report) {
  const original = self.fetch;
  let bytes = 0;
  let last = 0;
  /** @param {number} more */
  const add = (more) => {
    bytes += more;
    if (performance.now() - last < 50) return;
    last = performance.now();
    report(bytes);
  };

  self.fetch = async (input, options) => {
    const name = String(input instanceof Request ? input.url : input).split("/").at(-1);
    if (!files.includes(name)) return original(input, options);
    // With `integrity` nothing would be handed out before the last byte. The files are our own, and
    // their hashes were checked when the site was built.
    const answer = await original(input, { ...options, integrity: "" });
    if (!answer.ok || !answer.body) return answer;
    if (!name?.endsWith(".wasm")) return counted(answer, add);
    // The browser keeps what it has compiled, for its own answer only: count beside it.
    void counted(answer.clone(), add).arrayBuffer();
    return answer;
  };
  return () => {
    self.fetch = original;
  };
}

/**
 * @param {Response} answer
 * @param {(bytes: number) => void} add
 */
function counted(answer, add) {
  const counter = new TransformStream({
    transform(/** @type {Uint8Array} */ chunk, controller) {
      add(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  const { status, headers } = answer;
  return new Response(answer.body?.pipeThrough(counter), { status, headers });
}
