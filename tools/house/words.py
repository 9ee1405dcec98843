"""Rules about templates that need their tokens: every visible word goes through the catalogues."""

import re
from collections.abc import Iterator

from jinja2 import Environment

from tools.house.tree import Fault, templates, text_of

_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
_CLOSERS = {"endtrans", "endblock"}
_HOLE = "\x00"
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_ENTITY = re.compile(r"&#?\w+;")
_SILENT = re.compile(r"<(script|style|svg|code|kbd)\b.*?</\1>|<!--.*?-->", re.S)
_SPOKEN = re.compile(r"""\s(title|aria-label|placeholder|alt|aria-description)=("[^"]*"|'[^']*')""")
_TAG = re.compile(r"<[^<>]*>", re.S)


def _visible(path: str) -> str:
    """The template with all its statements, expressions and translated blocks made holes; lines are kept."""
    pieces: list[str] = []
    is_silent = False
    statement: list[str] = []
    for _line, kind, value in _ENVIRONMENT.lex(text_of(path)):
        if kind == "data":
            pieces.append(_blank(value) if is_silent else value)
            continue
        statement.append(value) if kind == "name" else None
        if kind == "block_begin":
            statement = []
        elif kind == "block_end" and statement:
            is_silent = _opens_silence(statement) or (is_silent and statement[0] not in _CLOSERS)
        pieces.append(_blank(value) + (_HOLE if kind == "variable_begin" else ""))
    return "".join(pieces)


def _opens_silence(statement: list[str]) -> bool:
    """A translated block, or one whose words go into a class attribute (`{% block body_class %}`)."""
    return statement[0] == "trans" or (statement[0] == "block" and statement[-1].endswith("_class"))


def _blank(text: str) -> str:
    return "\n" * text.count("\n")


def _keep_lines(found: re.Match[str]) -> str:
    return _blank(found.group(0)) or " "


def untranslated() -> Iterator[Fault]:
    """Letters between tags, and in attributes that are read aloud, that stand in the template as they are."""
    for path in templates():
        if not path.endswith(".html"):
            continue
        text = _SILENT.sub(_keep_lines, _visible(path))
        for found in _SPOKEN.finditer(text):
            if _LETTERS.search(found.group(2)):
                yield _fault(path, text, found.start(), found.group(0))
        bare = _ENTITY.sub(" ", _TAG.sub(_keep_lines, text))
        for number, line in enumerate(bare.splitlines(), 1):
            if _LETTERS.search(line):
                yield Fault(
                    "bare-word",
                    path,
                    number,
                    line.replace(_HOLE, "…"),
                    "a visible word outside the catalogue",
                )


def _fault(path: str, text: str, start: int, words: str) -> Fault:
    line = text.count("\n", 0, start) + 1
    return Fault(
        "bare-word", path, line, words.replace(_HOLE, "…"), "a spoken attribute outside the catalogue"
    )


ALL = (untranslated,)
