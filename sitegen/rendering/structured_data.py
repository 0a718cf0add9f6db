"""What a page says of itself to search engines: structured data in the words of schema.org."""

import json
import re
from dataclasses import dataclass

from sitegen.assets.social_card import card_uri

__all__ = ["Site", "describe", "describe_home", "teaches"]

Thing = dict[str, object]

KINDS = {"tutorials": "Tutorial", "cases": "Case study"}
CONTEXT = "https://schema.org"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
GOALS = re.compile(r'^!!! abstract "What you will learn"\n(?P<list>(?:\n|    .*\n)*)', re.MULTILINE)
MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*`]|\$")


@dataclass(frozen=True)
class Site:
    """What all pages have in common."""

    name: str
    url: str
    description: str
    author: str

    @property
    def organization(self) -> Thing:
        """Who is behind it."""
        return {"@type": "Organization", "name": self.author, "url": self.url}


def describe_home(site: Site) -> str:
    """The site as a whole, for its home page."""
    return _script(
        {
            "@context": CONTEXT,
            "@type": "WebSite",
            "name": site.name,
            "url": site.url,
            "description": site.description,
            "inLanguage": "en",
            "license": LICENSE,
            "publisher": site.organization,
        }
    )


def describe(
    site: Site, path: str, markdown: str, *, steps: list[tuple[str, str]], description: str
) -> str:
    """A page at ``path`` in docs/; ``steps`` lead to it, names and addresses, itself the last."""
    name, url = steps[-1]
    items = [
        {"@type": "ListItem", "position": position, "name": step, "item": address}
        for position, (step, address) in enumerate([(site.name, site.url), *steps], start=1)
    ]
    way: Thing = {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}
    folder, _, file = path.rpartition("/")
    if folder not in KINDS or file == "index.md":
        return _script(way)
    lesson: Thing = {
        "@context": CONTEXT,
        "@type": ["LearningResource", "TechArticle"],
        "name": name,
        "headline": name,
        "description": description,
        "url": url,
        "image": site.url + card_uri(path),
        "inLanguage": "en",
        "license": LICENSE,
        "isAccessibleForFree": True,
        "learningResourceType": KINDS[folder],
        "teaches": teaches(markdown),
        "author": site.organization,
        "isPartOf": {"@type": "WebSite", "name": site.name, "url": site.url},
    }
    return _script(way, lesson)


def teaches(markdown: str) -> list[str]:
    """What a page says that its reader will learn, as plain text."""
    match = GOALS.search(markdown + "\n")
    if match is None:
        return []
    items: list[str] = []
    for line in match["list"].splitlines():
        text = line.strip()
        if text.startswith("- "):
            items.append(text[2:])
        elif not text and items:
            break  # the list has ended
        elif items:
            items[-1] += f" {text}"
    return [MARKUP.sub(lambda found: found[1] or "", item) for item in items]


def _script(*things: Thing) -> str:
    """The JSON of these, safe inside of a script element whatever the words are."""
    content = things[0] if len(things) == 1 else list(things)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.translate({ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})
