"""A file is written as a whole or stays as it was; the files of a folder are all found."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.common.files import files_in, write_atomically


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one", ".hidden", "below/two.txt", "below/far/three"):
        write_atomically(tmp_path / "folder" / name, name)
    (tmp_path / "folder/empty").mkdir()
    (tmp_path / "folder/below/.#two.txt").symlink_to("someone@somewhere.1234")
    return tmp_path / "folder"


def test_all_files_below_a_folder_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {"one", ".hidden", "below/two.txt", "below/far/three"}
    assert expected == files_in(folder)
    monkeypatch.chdir(folder)
    assert expected == files_in(Path())
    assert {"two.txt", "far/three"} == files_in(Path("below"))
    assert set() == files_in(Path("missing"))


def test_a_link_to_a_file_is_a_file_and_one_to_a_folder_is_not_followed(folder: Path) -> None:
    (folder / "link").symlink_to("one")
    (folder / "circle").symlink_to(folder)
    assert {"one", ".hidden", "below/two.txt", "below/far/three", "link"} == files_in(folder)


@pytest.mark.parametrize(
    ("content", "expected"), [("λ\r\n\n", b"\xce\xbb\r\n\n"), (b"\xff\x00", b"\xff\x00"), ("", b"")]
)
def test_content_is_written_as_it_is(tmp_path: Path, content: str | bytes, expected: bytes) -> None:
    path = tmp_path / "new/folder/file"
    for _ in range(2):
        write_atomically(path, content)
        assert expected == path.read_bytes()
        assert {"new/folder/file"} == files_in(tmp_path), "a temporary file was left"


@pytest.mark.skipif(os.name != "posix", reason="needs the permissions of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o755])
def test_a_file_keeps_its_permissions_and_a_new_one_can_be_read_by_all(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "file"
    write_atomically(path, "new")
    assert 0o644 == path.stat().st_mode & 0o777
    path.chmod(mode)
    write_atomically(path, "newer")
    assert mode == path.stat().st_mode & 0o777


@pytest.mark.parametrize("link", [Path.hardlink_to, Path.symlink_to], ids=["hard", "symbolic"])
def test_a_link_is_replaced_and_leaves_the_other_file_as_it_was(
    tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    cached, published = tmp_path / "cached", tmp_path / "published"
    cached.write_text("old", encoding="utf-8")
    link(published, cached)
    write_atomically(published, "new")
    assert "new" == published.read_text(encoding="utf-8")
    assert "old" == cached.read_text(encoding="utf-8")
    assert not published.is_symlink()


def test_who_reads_a_file_reads_its_old_content_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")
    with path.open(encoding="utf-8") as reader:
        write_atomically(path, "new")
        assert "old" == reader.read()


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("step", ["chmod", "replace"])
def test_what_fails_before_the_end_leaves_the_old_content_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: type[BaseException]
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(error):
        write_atomically(path, "new")
    assert "old" == path.read_text(encoding="utf-8")
    assert {"file"} == files_in(tmp_path)


def test_a_full_disk_leaves_the_old_content_alone(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits the size of files as POSIX does")
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_atomically(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "old" == path.read_text(encoding="utf-8")
    assert {"file"} == files_in(tmp_path)
