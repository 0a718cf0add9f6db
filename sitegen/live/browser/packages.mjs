// Which packages a piece of code needs, read off its import statements.

/** @typedef {import("./config.mjs").Config} Config */

const IMPORT =
  /(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n;#]+)|import[ \t]+([^\n;#]+))/gm;

/**
 * The dotted names that are imported; names taken from a module come with the module before them.
 * @param {string} code
 */
export function importedNames(code) {
  const names = [];
  for (const [, module, taken, modules] of code.replace(/\\\n/g, " ").matchAll(IMPORT)) {
    const list = (taken ?? modules).replace(/#.*$/gm, "").replace(/[()]/g, "").split(",");
    for (const item of list) {
      const name = item.trim().split(/\s+/)[0];
      if (name) names.push(module ? `${module}.${name}` : name);
    }
  }
  return names;
}

/**
 * The packages to be loaded for a piece of code, with all that they depend on.
 * @param {string} code
 * @param {Config} config
 */
export function packagesFor(code, config) {
  /** @type {Set<string>} */
  const found = new Set();
  /** @param {string} name */
  const add = (name) => {
    if (found.has(name)) return;
    found.add(name);
    config.packages[name]?.depends.forEach(add);
  };
  for (const name of importedNames(code)) {
    const parts = name.split(".");
    for (const end of parts.keys()) {
      const module = parts.slice(0, end + 1).join(".");
      if (module in config.imports) add(config.imports[module]);
    }
    if (parts[0] === "calcguide") {
      found.add("calcguide");
      ownNeeds(name, config.needs).forEach(add);
    }
  }
  return [...found];
}

/**
 * What a name of ours needs: a function its own, a module that of everything in it.
 * @param {string} name
 * @param {Config["needs"]} needs
 */
function ownNeeds(name, needs) {
  const inside = Object.keys(needs).filter((key) => key === name || key.startsWith(`${name}.`));
  if (inside.length > 0 && name !== "calcguide") return inside.flatMap((key) => needs[key]);
  const module = name.slice(0, name.lastIndexOf("."));
  // A star takes everything, a constant what its module needs.
  if (name.endsWith(".*")) return ownNeeds(module, needs);
  return needs[module] ?? [];
}
