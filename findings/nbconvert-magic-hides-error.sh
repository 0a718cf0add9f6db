#!/usr/bin/env bash
# What: jupyter nbconvert --execute on a notebook with a cell that raises.
# Version: nbconvert 7.17.2, nbclient 0.11.0, ipykernel 7.4.0, IPython 9.18.1.
# Source of the guess: the nbconvert page on executing notebooks: execution stops
#   at the first error and the command fails, unless --allow-errors is given or
#   the cell is tagged raises-exception. IPython documents %run as running the
#   file "inside IPython" and %%capture as catching output.
# Guess: an uncaught exception fails the command wherever it comes from.
# Seen: with %run of a script that raises, and under %%capture, the command exits
#   with 0 and goes on to the next cell, although the traceback is written into
#   the notebook as an output of type "error". The kernel reports such a cell as
#   done. Under %%time, or without a magic, the same exception fails the command.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'nbconvert==7.17.2' 'nbclient==0.11.0' \
    'ipykernel==7.4.0' 'ipython==9.18.1'
export HOME=$work
cd "$work"
"$work/env/bin/python" - <<'PY'
import pathlib
import subprocess
import sys

import nbformat

pathlib.Path("raises.py").write_text("raise ValueError('from the script')\n")


def execute(name, source):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("print('went on')")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, f"{name}.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
    command += ["--output", f"{name}-done", f"{name}.ipynb"]
    return subprocess.run(command, capture_output=True).returncode


for name, source, fails in (
    ("plain", "raise ValueError('in the cell')", True),
    ("time", "%%time\nraise ValueError('in the cell')", True),
    ("run", "%run raises.py", False),
    ("capture", "%%capture\nraise ValueError('in the cell')", False),
):
    status = execute(name, source)
    print(f"{name}: exit status {status}")
    assert (status != 0) == fails
    if not fails:
        first, second = nbformat.read(f"{name}-done.ipynb", as_version=4).cells
        errors = [output.ename for output in first.outputs if output.output_type == "error"]
        print("  error in the notebook:", errors, "- next cell:", second.outputs[0].text.strip())
        assert errors == ["ValueError"] and second.outputs[0].text == "went on\n"
PY
