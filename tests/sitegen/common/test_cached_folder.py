"""A folder is made once, as a whole, and again when anything in it is damaged."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.common.cached_folder import cached_folder

DAMAGES = {
    "lost": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "altered": lambda path: path.write_bytes(b"A"),
    "joined by another": lambda path: path.with_name("other").write_bytes(b""),
}


class Maker:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "below").mkdir()
        for name in ("one", "below/two"):
            (folder / name).write_bytes(name.encode())


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


WHOLE = {"one": b"one", "below/two": b"below/two"}


def test_a_folder_is_made_once(tmp_path: Path) -> None:
    make, folder = Maker(), tmp_path / "things/key"
    for _ in range(2):
        assert folder == cached_folder(folder, make)
        assert WHOLE == content(folder)
    assert 1 == make.times
    assert {"key", "key.json"} == {path.name for path in folder.parent.iterdir()}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("name", ["key/one", "key/below/two", "key.json"])
def test_a_damaged_folder_is_made_again(
    tmp_path: Path, name: str, damage: Callable[[Path], object]
) -> None:
    make, folder = Maker(), tmp_path / "things/key"
    cached_folder(folder, make)
    damage(folder.parent / name)
    assert WHOLE == content(cached_folder(folder, make))
    harmless = name == "key.json" and damage is DAMAGES["joined by another"]
    assert (1 if harmless else 2) == make.times


def test_what_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_bytes(b"")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cached_folder(tmp_path / "things/key", fail)
    assert [] == list((tmp_path / "things").iterdir())


def test_of_two_that_make_it_at_once_both_get_a_whole_folder(tmp_path: Path) -> None:
    folder, both = tmp_path / "things/key", threading.Barrier(2)

    def make(target: Path) -> None:
        both.wait()
        Maker()(target)

    found: list[dict[str, bytes]] = []

    def work() -> None:
        found.append(content(cached_folder(folder, make)))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [WHOLE, WHOLE] == found
