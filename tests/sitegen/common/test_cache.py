"""A result is taken from the cache if it was made from the same inputs and is whole."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.common.cache import DAY, Cache, prune

DAMAGES = {
    "lost": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"!"),
    "altered": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
}


class Maker:
    """Makes a result, and counts how often."""

    def __init__(self, result: bytes = b"the result") -> None:
        self.result, self.times = result, 0

    def __call__(self) -> bytes:
        self.times += 1
        return self.result


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache("things", within=tmp_path)


def only_file(tmp_path: Path) -> Path:
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    return path


def test_a_result_is_made_once(cache: Cache, tmp_path: Path) -> None:
    make = Maker()
    assert cache.find(["a", "b"]) is None
    assert b"the result" == cache.read(["a", "b"], make)
    assert b"the result" == cache.read(["a", "b"], make)
    assert b"the result" == cache.find(["a", "b"])
    assert b"the result" == Cache("things", within=tmp_path).read(["a", "b"], make)
    assert only_file(tmp_path) == cache.file(["a", "b"], make)
    assert 1 == make.times


@pytest.mark.parametrize("other", [["b", "a"], ["ab"], ["a", "b", ""], ["a"], []])
def test_other_inputs_have_another_result(cache: Cache, other: list[str]) -> None:
    cache.write(["a", "b"], b"the result")
    assert cache.find(other) is None
    assert b"another" == cache.read(other, Maker(b"another"))
    assert b"the result" == cache.find(["a", "b"])


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_result_is_made_again(
    cache: Cache, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    make = Maker()
    cache.read(["a"], make)
    damage(only_file(tmp_path))
    assert cache.find(["a"]) is None
    assert b"the result" == cache.read(["a"], make)
    assert 2 == make.times
    assert b"the result" == cache.find(["a"])
    damage(only_file(tmp_path))
    assert b"the result" == cache.file(["a"], make).read_bytes()
    assert 3 == make.times


def test_a_result_goes_with_the_sources_and_packages_that_make_it(tmp_path: Path) -> None:
    source = tmp_path / "source.mjs"
    source.write_text("one", encoding="utf-8")

    def found(*packages: str) -> bytes | None:
        cache = Cache("things", sources=[source], packages=packages, within=tmp_path)
        return cache.find(["a"])

    Cache("things", sources=[source], within=tmp_path).write(["a"], b"the result")
    assert b"the result" == found()
    assert found("numpy") is None
    source.write_text("two", encoding="utf-8")
    assert found() is None
    source.write_text("one", encoding="utf-8")
    assert b"the result" == found()


def test_a_published_result_keeps_its_suffix(tmp_path: Path) -> None:
    cache = Cache("cards", suffix=".png", within=tmp_path)
    assert ".png" == cache.file(["a"], Maker()).suffix


def test_what_is_not_used_is_deleted_and_what_is_used_stays(tmp_path: Path) -> None:
    old = time.time() - 40 * DAY
    caches = [
        Cache("things", within=tmp_path),
        Cache("drawings", within=tmp_path / "pages"),
    ]
    for cache in caches:
        for name in ("used", "unused"):
            path = cache.file([name], Maker())
            os.utime(path, (old, old))
        cache.read(["used"], Maker())
        cache.write(["new"], b"new")
    for name in ("used", "unused"):
        folder = tmp_path / "live/assets" / name
        folder.mkdir(parents=True)
        (folder / "file").write_text("", encoding="utf-8")
    os.utime(folder, (old, old))
    (tmp_path / "pages/site/tutorials").mkdir(parents=True)
    published = tmp_path / "pages/site/tutorials/figure.svg"
    published.write_text("", encoding="utf-8")
    os.utime(published, (old, old))

    for name in ("pages/of-another-time/one.json", "of-another-time/two"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("", encoding="utf-8")
        os.utime(path, (old, old))

    assert 5 == prune(tmp_path)
    for cache in caches:
        assert cache.find(["unused"]) is None
        assert b"the result" == cache.find(["used"])
        assert b"new" == cache.find(["new"])
    assert ["used"] == [path.name for path in (tmp_path / "live/assets").iterdir()]
    assert published.exists()
    assert 0 == prune(tmp_path)
    os.utime(tmp_path / "of-another-time", (old, old))
    assert 0 == prune(tmp_path)
    assert {"live", "pages", "things"} == {path.name for path in tmp_path.iterdir()}


def test_writers_at_the_same_time_leave_one_whole_result(tmp_path: Path) -> None:
    result = bytes(range(256)) * 4000
    start = threading.Barrier(8)
    wrong: list[bytes] = []

    def work() -> None:
        cache = Cache("things", within=tmp_path)
        start.wait()
        for number in range(20):
            found = cache.read([str(number)], Maker(result))
            if found != result:
                wrong.append(found)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == wrong
    assert [result] * 20 == [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
