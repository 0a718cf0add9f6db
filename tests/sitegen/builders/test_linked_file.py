"""Files of the cache are linked into the site, and stay as they are whatever becomes of the site."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File

from sitegen.builders.linked_file import LinkedFile

URI = "assets/cards/index.png"


@pytest.fixture
def cached(project: Path) -> Path:
    path = project / "cached.png"
    path.write_bytes(b"cached")
    return path


@pytest.fixture
def file(load: Callable[[], MkDocsConfig], cached: Path) -> File:
    return LinkedFile.at(load(), URI, Path(cached.name))


@pytest.fixture
def published(project: Path) -> Path:
    return project / "site" / URI


def test_a_file_is_a_link_to_the_cache(file: File, cached: Path, published: Path) -> None:
    assert URI == file.url
    file.copy_file()
    assert published.samefile(cached)
    assert not published.is_symlink()


def test_what_was_published_before_is_replaced_and_not_written_into(
    file: File, cached: Path, published: Path
) -> None:
    older = cached.with_name("older.png")
    older.write_bytes(b"older")
    published.parent.mkdir(parents=True)
    published.hardlink_to(older)
    file.copy_file()
    assert b"cached" == published.read_bytes()
    assert b"older" == older.read_bytes()


def test_between_disks_a_file_is_copied(
    file: File, cached: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*paths: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", fail)
    file.copy_file()
    assert b"cached" == published.read_bytes()
    assert not published.samefile(cached)


def test_a_file_is_linked_once_in_a_build(file: File, published: Path) -> None:
    """What has been published may have been replaced since, such as by a smaller one."""
    file.copy_file()
    published.unlink()
    published.write_bytes(b"smaller")
    file.copy_file()
    assert b"smaller" == published.read_bytes()


def test_files_of_the_cache_are_linked_and_never_changed_in_place(small_site: Any) -> None:
    done = small_site.build()
    assert 0 == done.returncode, done.stderr
    cards = list((small_site.root / ".cache/cards").rglob("*.png"))
    before = {card: card.read_bytes() for card in cards}
    assert before
    assert all(card.stat().st_nlink > 1 for card in cards)
    small_site.write("cases/index.md", "# Cases\n\nOther words.\n")
    for options in ([], ["--dirty"]):
        small_site.build(*options)
        assert before == {card: card.read_bytes() for card in cards}
