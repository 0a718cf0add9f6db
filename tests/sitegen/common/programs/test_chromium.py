"""A Chromium is found by the names that systems give it, and prints a page or says why not."""

import os
from pathlib import Path

import pytest

from sitegen.common.programs.chromium import find_chromium, print_to_pdf

posix = pytest.mark.skipif(os.name != "posix", reason="takes a shell script for the browser")


def program(path: Path, script: str = "") -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@posix
def test_the_first_of_the_names_in_the_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "chromium").write_text("cannot be executed", encoding="utf-8")
    program(tmp_path / "firefox")
    assert find_chromium() is None
    for name in ("google-chrome", "chromium-browser"):  # the later one comes before the other
        expected = program(tmp_path / name)
        assert expected == find_chromium()


@posix
@pytest.mark.parametrize(
    "script", ["echo cannot read >&2; exit 3", "echo cannot read >&2"], ids=["fails", "no file"]
)
def test_what_cannot_be_printed_is_reported_with_the_words_of_the_browser(
    tmp_path: Path, script: str
) -> None:
    chromium, target = program(tmp_path / "chromium", script), tmp_path / "page.pdf"
    with pytest.raises(RuntimeError, match=r"could not print .*page\.html:\ncannot read"):
        print_to_pdf(chromium, tmp_path / "page.html", target)


@posix
def test_the_profile_is_one_of_its_own_and_is_deleted(tmp_path: Path) -> None:
    script = f"""
    for argument; do case $argument in
        --user-data-dir=*) test -d "${{argument#*=}}" && echo "${{argument#*=}}" >> {tmp_path}/profiles ;;
        --print-to-pdf=*) touch "${{argument#*=}}" ;;
    esac; done"""
    chromium = program(tmp_path / "chromium", script)
    for name in ("one", "two"):
        print_to_pdf(chromium, tmp_path / "page.html", tmp_path / f"{name}.pdf")
    profiles = (tmp_path / "profiles").read_text(encoding="utf-8").splitlines()
    assert 2 == len(set(profiles))
    assert [] == [profile for profile in profiles if Path(profile).exists()]


def test_a_page_is_printed_with_tags_if_no_option_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pypdf = pytest.importorskip("pypdf")
    if (chromium := find_chromium()) is None:
        pytest.skip("there is no Chromium in the path to print with")
    monkeypatch.chdir(tmp_path)
    page = Path("a page.html")
    page.write_text("<html lang='en'><title>T</title><h1>Slope of 2 × 3</h1>", encoding="utf-8-sig")
    for name, options in (("tagged", ()), ("plain", ("--disable-pdf-tagging",))):
        print_to_pdf(chromium, page, Path(f"{name}.pdf"), *options)
        reader = pypdf.PdfReader(f"{name}.pdf")
        assert ["Slope of 2 × 3"] == [each.extract_text().strip() for each in reader.pages]
        marks = reader.trailer["/Root"].get("/MarkInfo", {})
        assert (name == "tagged") == bool(marks.get("/Marked"))
