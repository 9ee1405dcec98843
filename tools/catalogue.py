"""One language's catalogue: read, merge and write a `.po` file the same way every time."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.pofile import normalize, read_po

Key = tuple[str, str]  # (context or "", msgid)

PLURALS = {
    "ru": (
        3,
        "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)",
    ),
    "uz": (2, "(n != 1)"),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[a-zA-Z]|%[sdif]|\{(\w*)[^{}]*\}")
WRONG_APOSTROPHE = re.compile("[oOgG]['`\u2018\u2019\u02bc]")


@dataclass
class Words:
    """The translation of one message: one form, or one per plural form of the language."""

    plural: str = ""
    forms: list[str] = field(default_factory=list)

    @property
    def is_translated(self) -> bool:
        """Whether every form has words."""
        return bool(self.forms) and all(self.forms)


def parse_key(text: str) -> Key:
    """`context\\x04msgid` (gettext's own form) or a bare msgid → key."""
    context, mark, msgid = text.rpartition("\x04")
    return (context, msgid) if mark else ("", text)


def key_text(key: Key) -> str:
    """The reverse of `parse_key`."""
    return f"{key[0]}\x04{key[1]}" if key[0] else key[1]


def faults_of(language: str, key: Key, words: Words) -> list[str]:
    """What is wrong with a translation: forms, placeholders, edges, Uzbek letters."""
    faults = []
    wanted = PLURALS[language][0] if words.plural else 1
    if len(words.forms) != wanted:
        faults.append(f"{wanted} forms are needed, {len(words.forms)} given")
    asked = _placeholders(key[1]) | _placeholders(words.plural)
    for form in words.forms:
        given = _placeholders(form)
        # A plural form may leave the number out ("one deal"), a plain message may leave nothing out.
        if given - asked or (asked - given and not words.plural):
            faults.append(f"placeholders {sorted(asked)} became {sorted(given)}")
        if form[:1].isspace() != key[1][:1].isspace() or form[-1:].isspace() != key[1][-1:].isspace():
            faults.append("spaces at an edge differ")
        if language == "uz" and WRONG_APOSTROPHE.search(form):
            faults.append("oʻ and gʻ are written with U+02BB")
    return faults


def _placeholders(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text.replace("%%", ""))}


@dataclass
class Catalogue:
    """Words in use and words kept aside (obsolete) of one language."""

    path: Path
    language: str
    live: dict[Key, Words] = field(default_factory=dict)
    aside: dict[Key, Words] = field(default_factory=dict)

    @property
    def nplurals(self) -> int:
        """How many plural forms the language has."""
        return PLURALS[self.language][0]

    @classmethod
    def read(cls, path: Path, language: str) -> "Catalogue":
        """The catalogue in `path`; an empty one when there is no such file."""
        book = cls(path, language)
        if not path.exists():
            return book
        with path.open("rb") as source:
            parsed = read_po(source, locale=language)
        for message in parsed:
            if message.id:
                book.live[_key(message)] = _words(message)
        book.aside = {_key(message): _words(message) for message in parsed.obsolete.values()}
        return book

    def merge(self, found: dict[Key, str]) -> None:
        """Make the words in use exactly those found; the others keep their translations aside."""
        known = self.aside | self.live
        for key in [key for key in self.live if key not in found]:
            self.aside[key] = self.live.pop(key)
        for key, plural in found.items():
            words = known.get(key, Words())
            forms = words.forms if bool(words.plural) == bool(plural) else []
            self.live[key] = Words(plural, forms)
            self.aside.pop(key, None)

    def put(self, key: Key, words: Words) -> None:
        """Set one translation; a word not in use is kept aside until the sources say it."""
        (self.live if key in self.live else self.aside)[key] = words

    def prune(self) -> None:
        """Forget the words kept aside."""
        self.aside.clear()

    def has(self, key: Key) -> bool:
        """Whether the word stands in the catalogue with a translation."""
        return key in self.live and self.live[key].is_translated

    def get(self, key: Key) -> Words:
        """The translation; KeyError when the word is not in use."""
        return self.live[key]

    def missing(self) -> list[Key]:
        """Words in use without a translation."""
        return [key for key, words in self.live.items() if not words.is_translated]

    def unused(self, found: dict[Key, str]) -> list[Key]:
        """Words that the sources no longer say."""
        return [*self.aside, *(key for key in self.live if key not in found)]

    def write(self) -> None:
        """Write the file anew, sorted; readers see the old one or the new one, whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        count, rule = PLURALS[self.language]
        head = (
            f'msgid ""\nmsgstr ""\n"Language: {self.language}\\n"\n"MIME-Version: 1.0\\n"\n'
            '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
            f'"Plural-Forms: nplurals={count}; plural={rule};\\n"\n'
        )
        blocks = [head]
        blocks += [self._block(key, self.live[key], "") for key in sorted(self.live)]
        blocks += [self._block(key, self.aside[key], "#~ ") for key in sorted(self.aside)]
        text = "\n".join(blocks)
        if self.path.exists() and self.path.read_text("utf-8") == text:
            return
        part = self.path.with_suffix(f".{os.getpid()}.tmp")
        part.write_text(text, "utf-8")
        part.replace(self.path)

    def _block(self, key: Key, words: Words, prefix: str) -> str:
        rows = [f"msgctxt {normalize(key[0], width=0)}"] if key[0] else []
        rows.append(f"msgid {normalize(key[1], width=0)}")
        if words.plural:
            forms = words.forms or [""] * self.nplurals
            rows.append(f"msgid_plural {normalize(words.plural, width=0)}")
            rows += [f"msgstr[{index}] {normalize(form, width=0)}" for index, form in enumerate(forms)]
        else:
            rows.append(f"msgstr {normalize(words.forms[0] if words.forms else '', width=0)}")
        lines = "\n".join(rows).split("\n")
        return "\n".join(prefix + line for line in lines) + "\n"


def _key(message: object) -> Key:
    msgid = message.id  # type: ignore[attr-defined]
    context = message.context or ""  # type: ignore[attr-defined]
    return (context, msgid[0] if isinstance(msgid, tuple | list) else msgid)


def _words(message: object) -> Words:
    msgid, string = message.id, message.string  # type: ignore[attr-defined]
    plural = msgid[1] if isinstance(msgid, tuple | list) else ""
    forms = list(string) if isinstance(string, tuple | list) else [string]
    return Words(plural, forms if any(forms) else [])
