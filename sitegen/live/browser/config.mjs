// What the build says about the runtime, in live.json.

/**
 * @typedef {object} Config
 * @property {string} runtime where Pyodide is, relative to this file
 * @property {string} wheel where the package is, relative to this file
 * @property {string[]} libraries what snippets may import besides the standard library
 * @property {Record<string, number>} sizes bytes of each file of the runtime
 * @property {Record<string, { name: string, file: string, depends: string[] }>} packages by their
 *   normalized names; Pyodide counts what is loaded by the others
 * @property {Record<string, string>} imports the package that has a module, or that a part of a module needs
 * @property {Record<string, string[]>} needs the packages that each name of ours needs
 * @property {Record<string, string>} files Python files, by their place below site-packages
 * @property {string} matplotlibrc
 * @property {Record<string, Record<string, string>>} palettes colours in place of the markers
 */

export {};
