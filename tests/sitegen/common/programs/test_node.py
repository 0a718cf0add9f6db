"""Programs for Node get their order and report their failures."""

from pathlib import Path

import pytest

from sitegen.common.programs.node import run

PROGRAM = """
import { text } from "node:stream/consumers";
const { add } = JSON.parse(await text(process.stdin));
if (!Array.isArray(add)) throw new Error("nothing to add");
process.stdout.write(String(add.reduce((sum, value) => sum + value)));
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "sum.mjs"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def test_a_program_reads_its_order_and_its_output_is_returned(program: Path) -> None:
    assert b"42" == run(program, {"add": [40, 2]})


def test_the_message_of_a_program_that_fails_is_passed_on(program: Path) -> None:
    with pytest.raises(ValueError, match=r"sum\.mjs has failed:[\s\S]*nothing to add"):
        run(program, {})
