// Slims what comes in, {"styles": {...}} or {"script": "..."}, and writes what is left.
import { relative, resolve, sep } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import postcss from "postcss";
import selectorParser from "postcss-selector-parser";
import { minify } from "terser";

// Writing from right to left, and the colours of others: Material has rules for each.
const NEVER = /^\[dir=rtl\]$|^\[data-md-color-(primary|accent)=(?!custom)|^\[data-md-color-switching\]$/;
// Names that our own script puts together.
const OURS = /^live-/;

/** One style sheet of many, without the rules that apply to nothing. */
async function slimStyles({ sheets, words, folder }) {
  const imports = sheets.map((path) => `@import ${JSON.stringify(path)};`);
  // Fonts and images stay where they are; only the way to them is another.
  const outside = {
    name: "outside",
    setup(bundler) {
      bundler.onResolve({ filter: /^[^:]+$/ }, ({ kind, path, resolveDir }) =>
        kind === "url-token"
          ? { path: relative(folder, resolve(resolveDir, path)).replaceAll(sep, "/"), external: true }
          : undefined,
      );
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: imports.join("\n"), resolveDir: folder, loader: "css" },
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    plugins: [outside],
  });
  const root = postcss.parse(outputFiles[0].text);
  dropRules(root, new Set(words));
  dropProperties(root, new Set(words));
  return root.toString();
}

/** Leave out what needs a class, an id or an element that is not known; what stands in :is() and the like is no need. */
function dropRules(root, known) {
  const applies = (node) => {
    if (node.type === "attribute") return !NEVER.test(node.toString());
    return !["class", "id", "tag"].includes(node.type) || known.has(node.value) || OURS.test(node.value);
  };
  const parser = selectorParser((selectors) => {
    for (const selector of [...selectors.nodes]) if (!selector.nodes.every(applies)) selector.remove();
  });
  root.walkRules((rule) => {
    if (rule.parent.name?.endsWith("keyframes")) return;
    rule.selector = parser.processSync(rule.selector);
    if (!rule.selector) rule.remove();
  });
  root.walkAtRules((rule) => {
    if (rule.nodes?.length === 0) rule.remove();
  });
}

/** Leave out custom properties that nothing refers to, and then those that only they referred to. */
function dropProperties(root, known) {
  let dropped;
  do {
    dropped = false;
    const used = new Set(root.toString().match(/(?<=var\(\s*)--[\w-]+/g));
    root.walkDecls(/^--/, (declaration) => {
      if (used.has(declaration.prop) || known.has(declaration.prop)) return;
      declaration.remove();
      dropped = true;
    });
  } while (dropped);
}

async function slimScript(source) {
  const { code } = await minify(source, { ecma: 2020, compress: { passes: 2 }, toplevel: true, format: { comments: /^!|@license/ } });
  return code;
}

const { styles, script } = JSON.parse(await text(process.stdin));
process.stdout.write(styles ? await slimStyles(styles) : await slimScript(script));
