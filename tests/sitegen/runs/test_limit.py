"""The environment may say how long a page may run."""

import pytest

from sitegen.runs.limit import LIMIT, page_seconds


def test_a_page_has_minutes_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(LIMIT, raising=False)
    assert 300 == page_seconds()
    monkeypatch.setenv(LIMIT, "1.5")
    assert 1.5 == page_seconds()


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "1e9", "5 min"])
def test_what_is_no_limit_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(LIMIT, text)
    with pytest.raises(ValueError, match=f"CALCGUIDE_PAGE_SECONDS is '{text}': set it to"):
        page_seconds()
