"""The catalogues of words: collect, fill, check and compile them.

English words stand in code and templates and are the message ids; `locale/ru` and `locale/uz` translate all of
them. The output is deterministic (sorted, without dates and line numbers) and written under a lock, so several
people may run this at the same moment.

    python -m tools.messages update [--prune]   collect new words; --prune drops those no longer used
    python -m tools.messages fill FILE.json     add translations, {"msgid": {"ru": "…", "uz": "…"}}
    python -m tools.messages check              every word translated, every placeholder kept
    python -m tools.messages missing            print the untranslated words in the form `fill` reads
    python -m tools.messages compile            write the .mo files where the .po is newer
"""

import argparse
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tools.catalogue import Catalogue, Key, Words, faults_of, key_text, parse_key

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("ru", "uz")
SOURCES = ("opora", "config")

# Django's names for gettext: which argument is the word, the plural, the context ("c").
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2.ext:babel_extract")]
OPTIONS = {
    "**/templates/**.*": {
        "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols",
        "newstyle_gettext": "true",
        "silent": "false",
        "trimmed": "true",
    }
}


def collect() -> dict[Key, str]:
    """Every word in the sources: (context, msgid) → plural msgid or ''.

    Raises:
        SystemExit: a template or module cannot be parsed; its file is named.
    """
    found: dict[Key, str] = {}
    here = {"file": ""}

    def note(filename: str, method: str, options: object) -> None:
        here["file"] = filename

    for source in SOURCES:
        try:
            rows = list(
                extract_from_dir(str(ROOT / source), METHODS, OPTIONS, keywords=KEYWORDS, callback=note)
            )
        except Exception as error:
            raise SystemExit(f"messages: {source}/{here['file']} cannot be read: {error}") from error
        for _file, _line, message, _comments, context in rows:
            one, many = message if isinstance(message, tuple) else (message, "")
            if one:
                found[(context or "", one)] = many or found.get((context or "", one), "")
    return found


@contextmanager
def locked() -> Iterator[None]:
    """One writer of the catalogues at a time; the lock dies with its process."""
    LOCALE.mkdir(exist_ok=True)
    handle = os.open(LOCALE, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def catalogue(language: str) -> Catalogue:
    """The catalogue of one language as it stands on the disk."""
    return Catalogue.read(LOCALE / language / "LC_MESSAGES" / "django.po", language)


def update(prune: bool = False) -> None:
    """Add new words to each catalogue; words no longer in the sources become obsolete, or go with `prune`."""
    found = collect()
    with locked():
        for language in LANGUAGES:
            book = catalogue(language)
            book.merge(found)
            if prune:
                book.prune()
            book.write()
            print(f"{language}: {len(found)} words, {len(book.missing())} not translated")


def fill(path: Path) -> None:
    """Put the translations of a JSON file into the catalogues.

    Raises:
        SystemExit: the file is not of the form `fill` reads; nothing is written.
    """
    given: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    found = collect()
    with locked():
        books = {language: catalogue(language) for language in LANGUAGES}
        for book in books.values():
            book.merge(found)
        for text, row in given.items():
            key = parse_key(text)
            if key not in found:
                print(f"not in the sources (kept aside): {text!r}", file=sys.stderr)
            for language, words in row.items():
                if language == "plural":
                    continue
                if language not in books:
                    raise SystemExit(f"messages: {text!r}: unknown language {language!r}")
                _put(books[language], key, found.get(key, row.get("plural", "")), words)
        for language, book in books.items():
            book.write()
            print(f"{language}: {len(book.missing())} not translated")


def _put(book: Catalogue, key: Key, plural: str, words: str | list[str]) -> None:
    forms = [words] if isinstance(words, str) else list(words)
    entry = Words(plural=plural, forms=forms)
    faults = faults_of(book.language, key, entry)
    if faults:
        raise SystemExit(f"messages: {book.language}: {key_text(key)!r}: {'; '.join(faults)}")
    book.put(key, entry)


def check() -> int:
    """Print what is wrong with the catalogues; the number of faults is the answer."""
    found = collect()
    faults: list[str] = []
    for language in LANGUAGES:
        book = catalogue(language)
        faults += [f"{language}: no translation: {key_text(key)!r}" for key in found if not book.has(key)]
        faults += [f"{language}: no longer used: {key_text(key)!r}" for key in book.unused(found)]
        for key, plural in found.items():
            if book.has(key):
                entry = book.get(key)
                asked = Words(plural=plural, forms=entry.forms)
                faults += [
                    f"{language}: {key_text(key)!r}: {fault}" for fault in faults_of(language, key, asked)
                ]
    print("\n".join(faults) or f"messages: {len(found)} words, all translated")
    return len(faults)


def missing() -> None:
    """Print the untranslated words as JSON for `fill`."""
    rows: dict[str, dict[str, Any]] = {}
    found = collect()
    for language in LANGUAGES:
        book = catalogue(language)
        for key, plural in sorted(found.items()):
            if not book.has(key):
                row = rows.setdefault(key_text(key), {"plural": plural} if plural else {})
                row[language] = [""] * book.nplurals if plural else ""
    print(json.dumps(rows, ensure_ascii=False, indent=1))


def compile_all() -> None:
    """Write the `.mo` beside each `.po` that is newer than it."""
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        stamp = po.stat().st_mtime_ns
        with po.open("rb") as source:
            words = read_po(source, locale=po.parts[-3], ignore_obsolete=True)
        part = mo.with_suffix(f".{os.getpid()}.tmp")
        with part.open("wb") as target:
            write_mo(target, words)
        # A .po that changed while it was read stays newer than its .mo and is compiled again next time.
        os.utime(part, ns=(stamp, stamp))
        part.replace(mo)


def main() -> int:
    """Run one of the commands of the module's docstring."""
    parser = argparse.ArgumentParser(prog="tools.messages", description="Catalogues of words")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("update").add_argument("--prune", action="store_true")
    commands.add_parser("fill").add_argument("file", type=Path)
    for name in ("check", "missing", "compile"):
        commands.add_parser(name)
    asked = parser.parse_args()
    if asked.command == "update":
        update(asked.prune)
    elif asked.command == "fill":
        fill(asked.file)
    elif asked.command == "check":
        return min(check(), 1)
    elif asked.command == "missing":
        missing()
    else:
        compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
