"""What is written to the standard streams is caught, whoever writes it, and they are as before afterwards."""

import os
import subprocess
import sys

from sitegen.common.streams import caught


def test_text_is_returned_once_and_apart_from_errors() -> None:
    with caught() as written:
        sys.stdout.write("∇ one\n")
        sys.stderr.write("wrong\n")
        assert ("∇ one\n", "wrong\n") == written()
        sys.stdout.write("two")
        assert ("two", "") == written()
        assert ("", "") == written()


def test_text_of_other_processes_and_of_descriptors_comes_in_its_place() -> None:
    with caught() as written:
        sys.stdout.write("a ")
        subprocess.run([sys.executable, "-c", "print('b')"], check=True)
        os.write(1, b"c\n")
        sys.__stdout__.write("d\n")
        assert ("a b\nc\nd\n", "") == written()


def test_a_stream_that_was_kept_stays_the_one_that_is_caught() -> None:
    with caught() as written:
        kept = sys.stdout
        written()
        kept.write("late")
        assert ("late", "") == written()


def test_the_streams_are_as_before_even_if_one_was_replaced_or_closed() -> None:
    def streams() -> tuple[object, ...]:
        files = [os.fstat(descriptor).st_ino for descriptor in (1, 2)]
        return sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__, *files

    before = streams()
    with caught():
        assert before != streams()
        sys.stdout.close()
        sys.stderr = None
    assert before == streams()
