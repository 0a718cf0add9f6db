"""Which tests stay together when several processes share a run."""

import re

from xdist.scheduler import LoadScopeScheduling

# Fixtures that look at the whole site, by their parameters: their tests stay in one process.
WHOLE_SITE = re.compile(r"\[(?:desktop|phone|wide|narrow)\]")
# Files whose tests are slow and share nothing that is slow to make: each goes where there is room.
APART = re.compile(
    r"tests/(?:site/test_(?:live|notebooks)|pages/test_pages"
    r"|sitegen/builders/(?:test_preview|kept_pages/test_page_cache))\.py"
)


class Scheduling(LoadScopeScheduling):
    """Hands out files of tests, whose fixtures are made once, and what is slow in smaller pieces."""

    def _split_scope(self, nodeid: str) -> str:
        if found := WHOLE_SITE.search(nodeid):
            return found[0]
        file = nodeid.partition("::")[0]
        return nodeid if APART.fullmatch(file) else file
