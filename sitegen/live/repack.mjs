// Repack the official Pyodide files, with the very interpreter that will run the result:
//     node repack.mjs FROM TO
// FROM holds core, packages and a lock cut down to them. What is done to each file is in repack.py.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { loadPyodide } from "pyodide";

// What snippets commonly import: these modules are shipped byte-compiled, the others as source.
const PROFILE = `
import numpy as np, numpy.fft, numpy.linalg, numpy.polynomial, numpy.random
import scipy.integrate, scipy.interpolate, scipy.linalg, scipy.optimize, scipy.special, scipy.stats
import sklearn.datasets, sklearn.linear_model, sklearn.metrics, sklearn.model_selection
import sklearn.neural_network, sklearn.pipeline, sklearn.preprocessing
import autograd.numpy, autograd.scipy.special
import matplotlib
matplotlib.use("svg")
matplotlib.rcParams["figure.constrained_layout.use"] = True
import matplotlib.pyplot as plt, matplotlib.animation, mpl_toolkits.mplot3d
figure, (left, right) = plt.subplots(1, 2)
left.plot([1, 2], label="$x^2$")
left.semilogy()
left.legend()
right.contourf(np.eye(4))
import io
figure.savefig(io.StringIO(), format="svg")
np.random.default_rng(0).normal(size=3)
import ast, collections, csv, dataclasses, decimal, fractions, functools, importlib.metadata
import importlib.resources, itertools, linecache, math, random, statistics, textwrap, timeit
import traceback, typing, warnings
`;
const USED = `
import json, sys
specs = [getattr(module, "__spec__", None) for module in sys.modules.values()]
json.dumps(sorted({spec.origin for spec in specs if spec and (spec.origin or "").endswith(".py")}))
`;
const FONTS = `
import pathlib
import matplotlib
listed = pathlib.Path(matplotlib.__file__).with_name("fontlist.json")
listed.unlink(missing_ok=True)
import matplotlib.font_manager
listed.read_text()
`;

const quiet = { messageCallback() {} };
const [from, to] = process.argv.slice(2).map((folder) => path.resolve(folder));
const script = fs.readFileSync(new URL("repack.py", import.meta.url), "utf8");

const official = await start(from);
await official.loadPackage(["numpy", "scipy", "matplotlib", "scikit-learn", "autograd"], quiet);
official.runPython(PROFILE);
const used = official.runPython(USED);
official.mountNodeFS("/from", from);
official.mountNodeFS("/to", to);
const repack = official.runPython(`${script}\nmain`);
repack(used, "");
// The font list names the files that are there only after the others have been left out.
const trimmed = await start(to);
await trimmed.loadPackage("matplotlib", quiet);
repack(used, trimmed.runPython(FONTS));

/**
 * Start the interpreter whose files are in a folder.
 * @param {string} folder
 */
function start(folder) {
  return loadPyodide({ indexURL: `${folder}/`, env: { HOME: "/home/pyodide", MPLBACKEND: "svg" } });
}
