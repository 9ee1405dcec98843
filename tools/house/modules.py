"""Rules about Python modules that need their syntax tree: inner imports, sizes, names, words in Russian."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

from tools.house.tree import Fault, own_files, product_modules, text_of

MAX_FILE = 350
MAX_FUNCTION = 60
EMPTY_WORDS = {
    word + s for word in ("manager", "helper", "util", "service", "handler") for s in ("", "s")
} | {"info"}
CYRILLIC = re.compile("[А-Яа-яЁё]{2,}")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _nodes(path: str) -> tuple[ast.AST, ...]:
    return _read(text_of(path))


@cache
def _read(code: str) -> tuple[ast.AST, ...]:
    """Everything in a module, parsed and walked once for all rules; nothing when it can't be read."""
    try:
        return tuple(ast.walk(ast.parse(code)))
    except SyntaxError:
        return ()  # `unreadable` tells it once


def unreadable() -> Iterator[Fault]:
    """Modules that the oldest supported Python cannot read."""
    for path in own_files("opora/", "config/", "tools/", "tests/", suffixes=(".py",)):
        try:
            ast.parse(text_of(path), path, feature_version=(3, 11))
        except SyntaxError as error:
            yield Fault("unreadable", path, error.lineno or 1, error.text or "", error.msg)


def inner_imports() -> Iterator[Fault]:
    """Imports inside functions: they hide a circle between floors."""
    for path in own_files("opora/", "config/", "tools/", suffixes=(".py",)):
        bodies = [(one.lineno, one.end_lineno or 0) for one in _nodes(path) if isinstance(one, Function)]
        for node in _nodes(path):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            if any(first <= node.lineno <= last for first, last in bodies):
                yield Fault("inner-import", path, node.lineno, ast.unparse(node), "import at the top")


def raw_markup() -> Iterator[Fault]:
    """`Markup(value)` trusts the value: only words written there may be called safe (R7.01)."""
    for path in product_modules():
        for node in _nodes(path):
            if _trusts_a_value(node):
                why = "HTML that was not escaped (R7.01): Markup('…{}').format(value) escapes"
                yield Fault("raw-html", path, node.lineno, ast.unparse(node), why)


def _trusts_a_value(node: ast.AST) -> TypeGuard[ast.Call]:
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("Markup"):
        return False
    return bool(node.args) and not isinstance(node.args[0], ast.Constant)


def sizes() -> Iterator[Fault]:
    """Files and functions that outgrew one thing."""
    for path in product_modules():
        lines = len(text_of(path).splitlines())
        if lines > MAX_FILE:
            yield Fault(
                "long-file", path, 1, f"{lines} lines", f"more than {MAX_FILE} lines: a file per noun"
            )
        for node in _nodes(path):
            if isinstance(node, Function):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION:
                    yield Fault("long-function", path, node.lineno, node.name, f"{length} lines")


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+", re.sub(r"([A-Z])", r" \1", name).lower()))


def empty_names() -> Iterator[Fault]:
    """Names that say nothing: manager, helper, util, service, handler, info; a class or a file of data."""
    for path in product_modules():
        if _words(Path(path).stem) & (EMPTY_WORDS | {"data"}):
            yield Fault("empty-name", path, 1, Path(path).name, "name the thing")
        for node in _nodes(path):
            if isinstance(node, ast.ClassDef | Function) and _words(node.name) & _banned(node):
                yield Fault("empty-name", path, node.lineno, node.name, "name the thing")


def _banned(node: ast.ClassDef | Function) -> set[str]:
    if not isinstance(node, ast.ClassDef):
        return EMPTY_WORDS
    is_djangos = any(ast.unparse(base).split("[")[0].endswith("Manager") for base in node.bases)
    return (EMPTY_WORDS | {"data"}) - ({"manager"} if is_djangos else set())


def _docstrings(nodes: tuple[ast.AST, ...]) -> set[int]:
    bodies = [node.body for node in nodes if isinstance(node, ast.Module | ast.ClassDef | Function)]
    firsts = [body[0] for body in bodies if body and isinstance(body[0], ast.Expr)]
    return {id(first.value) for first in firsts}


def _customers_words(nodes: tuple[ast.AST, ...]) -> set[int]:
    """Words a new project starts with: a mapping that says the same in every language is their translation."""
    books = [node for node in nodes if isinstance(node, ast.Dict)]
    spoken = [
        book
        for book in books
        if {key.value for key in book.keys if isinstance(key, ast.Constant)} >= {"ru", "en", "uz"}
    ]
    return {id(inner) for book in spoken for inner in ast.walk(book)}


def hard_words() -> Iterator[Fault]:
    """Russian words in code: the words of the interface are English message ids, translated in the catalogues."""
    for path in product_modules():
        excused = _docstrings(_nodes(path)) | _customers_words(_nodes(path))
        for node in _nodes(path):
            if not isinstance(node, ast.Constant) or id(node) in excused:
                continue
            if isinstance(node.value, str) and CYRILLIC.search(node.value):
                yield Fault(
                    "hard-word", path, node.lineno, node.value, "a Russian word outside the catalogue"
                )


ALL = (unreadable, inner_imports, raw_markup, sizes, empty_names, hard_words)
