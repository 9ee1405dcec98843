"""The pages of the help as they stand in the tree, and finding among them.

A page is `pages/<language>/<slug>.md`: its first line is the title. Three things are ours beside Markdown: `[[Word]]`
is a word of the product by its English text and becomes the translation in force, so that no page names a button
wrongly; links begin with `help:` (a page of the help) or `app:` (an address of the project); `{origin}`, `{home}` and
`{slug}` stand for this server, this project's address and its name in it.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import override as speaking

from opora.kit.text import fold

FOLDER = Path(__file__).parent / "pages"
LANGUAGES = ("ru", "en", "uz")
GROUPS = (
    (gettext_lazy("Every day"), ("start", "sign-in", "today", "contacts", "deals", "sharing", "keys")),
    (
        gettext_lazy("For the administrator"),
        ("users", "roles", "departments", "settings", "addresses", "check", "log", "backup"),
    ),
    (gettext_lazy("Programs and sites"), ("leads", "api")),
)  # fmt: skip
ICONS = {
    "start": "sun-high", "sign-in": "lock", "today": "checkbox", "contacts": "users", "deals": "layout-kanban",
    "sharing": "user-share", "keys": "keyboard", "users": "users", "roles": "shield-check", "departments": "sitemap",
    "settings": "settings", "addresses": "lock", "check": "user-search", "log": "history", "backup": "download",
    "leads": "inbox", "api": "code",
}  # fmt: skip
WORD = re.compile(r"\[\[([^\]]+)\]\]")
MARKS = re.compile(r"```.*?```|[`*#>|]|\]\([^)]*\)|\[", re.DOTALL)
AROUND = 70
"""Characters told around what was found."""


@dataclass(frozen=True)
class Guide:
    """A page in one language: its title and its Markdown without the title."""

    slug: str
    language: str
    title: str
    text: str

    @property
    def icon(self) -> str:
        """The sign beside its title."""
        return ICONS[self.slug]


@dataclass(frozen=True)
class Hit:
    """A page that a search found, and the words around the first place."""

    guide: Guide
    around: str


def slugs() -> list[str]:
    """The pages in the order of the index."""
    return [slug for __, group in GROUPS for slug in group]


@cache
def guide(slug: str, language: str) -> Guide | None:
    """The page in this language, in English when the language has no help at all; None when there is none."""
    if slug not in slugs():
        return None
    known = language if language in LANGUAGES else "en"
    head, _line, text = (FOLDER / known / f"{slug}.md").read_text(encoding="utf-8").partition("\n")
    return Guide(slug, known, head.removeprefix("# ").strip(), text.strip())


def guides(language: str) -> list[Guide]:
    """All pages of a language."""
    return [found for slug in slugs() if (found := guide(slug, language)) is not None]


def find(typed: str, language: str) -> list[Hit]:
    """The pages that hold every word of what was typed, whose title holds them first."""
    words = fold(typed).split()
    if not words:
        return []
    found = []
    for one in guides(language):
        text = _plain(one)
        folded = fold(f"{one.title} {text}")
        if all(word in folded for word in words):
            in_title = all(word in fold(one.title) for word in words)
            found.append((not in_title, Hit(one, _around(text, words))))
    return [hit for _order, hit in sorted(found, key=lambda pair: pair[0])]


@cache
def _plain(one: Guide) -> str:
    """The text without marks, with the words of the product in its language."""
    with speaking(one.language):
        return " ".join(MARKS.sub(" ", WORD.sub(lambda word: gettext(word[1]), one.text)).split())


def _around(text: str, words: list[str]) -> str:
    low = text.casefold()
    at = next((place for word in words if (place := low.find(word)) >= 0), 0)
    start = low.rfind(" ", 0, max(at - AROUND, 0)) + 1
    piece = text[start : at + AROUND]
    return ("… " if start else "") + piece + (" …" if at + AROUND < len(text) else "")
