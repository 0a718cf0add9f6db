// Slims what comes in, {"styles": {...}} or {"script": "..."}, and writes what is left.
import { relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";
import { minify } from "terser";

/** One style sheet of many, without the rules that apply to nothing. */
async function slimStyles({ sheets, words, folder }) {
  const imports = sheets.map((path) => `@import ${JSON.stringify(path)};`);
  // Fonts and images stay where they are; only the way to them is another.
  const outside = {
    name: "outside",
    setup(bundler) {
      bundler.onResolve({ filter: /^[^:]+$/ }, ({ kind, path, resolveDir }) =>
        kind === "url-token" ? { path: relative(folder, resolve(resolveDir, path)), external: true } : undefined,
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
  const [{ css }] = await new PurgeCSS().purge({
    content: [{ raw: words.join(" "), extension: "html" }],
    css: [{ raw: outputFiles[0].text }],
    keyframes: true,
    variables: true,
  });
  return css;
}

async function slimScript(source) {
  const { code } = await minify(source, { ecma: 2020, compress: { passes: 2 }, toplevel: true, format: { comments: false } });
  return code;
}

const { styles, script } = JSON.parse(await text(process.stdin));
process.stdout.write(styles ? await slimStyles(styles) : await slimScript(script));
