// Bundles Material's script from the sources in its source map, patched, for the features that the site uses.
import { readFileSync } from "node:fs";
import { basename, posix } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";

const SCRIPTS = "src/templates/assets/javascripts";
const RXJS = "node_modules/rxjs/src/internal";
// The only modules that do something when they are imported.
const WITH_EFFECT = /^node_modules\/focus-visible\/|\/polyfills\/index\.ts$/;

/** The sources of the script by their paths. */
function sourcesIn(map) {
  const { sources, sourcesContent } = JSON.parse(readFileSync(map, "utf8"));
  return new Map(sources.map((path, index) => [path, sourcesContent[index]]));
}

/** Apply a unified diff; hunks are found by their lines, not by their numbers, for these differ between versions. */
function applyPatch(patch, sources) {
  const name = basename(patch);
  for (const part of readFileSync(patch, "utf8").split(/^--- /m).slice(1)) {
    const [header, ...hunks] = part.split(/^@@ .*\n/m);
    const path = `${SCRIPTS}/${/^\+\+\+ b\/(.+)$/m.exec(header)[1]}`;
    if (!sources.has(path)) throw new Error(`${name} changes ${path}, which Material no longer has`);
    for (const hunk of hunks) {
      const lines = hunk.match(/.*\n/g).map((line) => [line[0], line.slice(1)]);
      const side = (added) => lines.map(([sign, line]) => (sign === added || sign === " " ? line : "")).join("");
      const pieces = sources.get(path).split(side("-"));
      if (pieces.length !== 2) {
        throw new Error(`${name} does not fit ${path}: these lines occur ${pieces.length - 1} times\n${side("-")}`);
      }
      sources.set(path, pieces.join(side("+")));
    }
  }
}

/** Write down which features the site uses, so that the code of others is dead. */
function fixFeatures(features, sources) {
  // The archive, read from a folder, has no instant navigation: its pages say so in their settings.
  const asked = features.filter((name) => name.startsWith("navigation.instant"));
  const fixed = (call, name) => (asked.includes(name) ? call : String(features.includes(name)));
  for (const [path, source] of sources) {
    if (path.startsWith(SCRIPTS)) {
      sources.set(path, source.replace(/\bfeature\("([^"]+)"\)/g, fixed));
    }
  }
}

/** Put functions that do nothing in the place of a module's own. */
function leaveOut(module, sources) {
  const path = `${SCRIPTS}/${module}/index.ts`;
  const names = (sources.get(path) ?? "").matchAll(/^export function (\w+)/gm);
  const empty = [...names].map(([, name]) => `export const ${name} = () => EMPTY\n`);
  if (sources.has(path)) sources.set(path, `import { EMPTY } from "rxjs"\n${empty.join("")}`);
}

/** A module that exports what the modules of a folder do, as index files do: the source map has no such files. */
function barrel(folder, sources) {
  const children = [...sources.keys()]
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => path.slice(folder.length + 1).split("/")[0])
    // RxJS exports one of two with the same name: the function, not the operator that it has superseded.
    .filter((name) => folder !== `${RXJS}/operators` || !sources.has(`${RXJS}/observable/${name}`));
  const exports = [...new Set(children)].map((name) => `export * from "./${name.replace(/\.tsx?$/, "")}"\n`);
  return exports.join("");
}

/** Let esbuild find modules among the sources. */
function among(sources) {
  const find = (path) => {
    const files = ["", ".ts", ".tsx", "/index.ts", "/index.tsx"].map((end) => path + end);
    return files.find((file) => sources.has(file)) ?? `${path}/index.ts`;
  };
  const ofPackage = (name) => {
    const files = [...sources.keys()].filter((path) => path.startsWith(`node_modules/${name}/`));
    return files.length === 1 ? files[0] : `node_modules/${name}/src/internal/index.ts`;
  };
  const resolve = (path, importer) => {
    if (path.startsWith("~/")) return find(posix.join(SCRIPTS, path.slice(2)));
    return path.startsWith(".") ? find(posix.join(posix.dirname(importer), path)) : ofPackage(path);
  };
  return {
    name: "sources",
    setup(bundler) {
      bundler.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        const found = kind === "entry-point" ? path : resolve(path, importer);
        return { path: found, namespace: "sources", sideEffects: kind === "entry-point" || WITH_EFFECT.test(found) };
      });
      bundler.onLoad({ filter: /.*/, namespace: "sources" }, ({ path }) => {
        const contents = sources.get(path) ?? barrel(posix.dirname(path), sources);
        if (!contents) throw new Error(`Material's source map has no ${path}`);
        const [, type] = /\.m?([jt]sx?)$/.exec(path) ?? [null, "ts"];
        return { contents, loader: type };
      });
    },
  };
}

/** Return the script. */
async function bundled({ map, patches, notice, features, unused }) {
  const sources = sourcesIn(map);
  for (const patch of patches) applyPatch(patch, sources);
  fixFeatures(features, sources);
  for (const module of unused) leaveOut(module, sources);
  const { outputFiles } = await build({
    entryPoints: [`${SCRIPTS}/bundle.ts`],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "inline",
    banner: { js: `/*!\n${readFileSync(notice, "utf8")}*/` },
    minifySyntax: true,
    logLevel: "silent",
    // Fields that are only declared must not hide those of the class above, as in RxJS's own build.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, jsxFactory: "h" } },
    plugins: [among(sources)],
  });
  return outputFiles[0].text;
}

try {
  process.stdout.write(await bundled(JSON.parse(await text(process.stdin))));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
