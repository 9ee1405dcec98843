"""Rules told by one line of a file: forbidden words and where they are forbidden."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tools.house.tree import Fault, own_files, product_modules, templates, text_of

# Written in parts: a rule that names what may not be named would break itself.
PACKAGE_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("cdnjs", "cloudflare", "com"),
        ("esm", "sh"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("golang", "org"),
        ("debian", "org"),
        ("docker", "io"),
    )
]
MACHINE_PATHS = [
    "/" + "/".join(parts)
    for parts in (("home", r"\w"), ("root", ""), ("Users", r"\w"), ("work", "(main|shared)"))
]


@dataclass(frozen=True)
class LineRule:
    """A pattern that may not stand in the files `where` gives; `but` names folders where it may."""

    name: str
    pattern: re.Pattern[str]
    where: Callable[[], Iterable[str]]
    why: str
    but: tuple[str, ...] = ()

    def faults(self) -> Iterator[Fault]:
        """Every line of the files that the pattern finds."""
        for path in self.where():
            if path.startswith(self.but):
                continue
            for number, line in enumerate(text_of(path).splitlines(), 1):
                if self.pattern.search(line):
                    yield Fault(self.name, path, number, line, self.why)


def _pages() -> Iterator[str]:
    yield from product_modules()
    yield from templates()


def _screens() -> Iterator[str]:
    names = re.compile(r"(^|/)(views|api|urls|pages|screens)(/|\.py$)")
    return (path for path in product_modules() if names.search(path))


def _everything() -> Iterator[str]:
    return (path for path in own_files() if path != "LICENSE")


def _unlocked() -> Iterator[str]:
    return (path for path in _everything() if not re.fullmatch(r"requirements/\w+\.txt", path))


def _code() -> Iterator[str]:
    return own_files(suffixes=(".py", ".html", ".js", ".css", ""))


def _scripts() -> Iterator[str]:
    return own_files("opora/", suffixes=(".js", ".mjs"))


def _rule(name: str, pattern: str, where: Callable[[], Iterable[str]], why: str, *but: str) -> LineRule:
    return LineRule(name, re.compile(pattern), where, why, but)


RULES = [
    _rule(
        "raw-html",
        r"\|\s*safe\b|\bmark_safe\b|autoescape\s+(false|off)\b",
        _pages,
        "HTML that was not escaped (R7.01)",
    ),
    _rule(
        "inline-code",
        r"<[^>]*\s(style|on[a-z]{3,})\s*=|\shx-on|javascript:|<style\b|<script(?![^>]*(\bsrc=|nonce=|application/json))",
        templates,
        "the page's policy refuses inline styles, handlers and scripts (R7.02)",
    ),
    _rule(
        "other-database",
        r"\busing=(?!self\._db\b)|\.using\((?!key=)|\bconnections\[|\bsearch_path\b",
        product_modules,
        "only tenancy chooses a database (R3)",
        "opora/tenancy/",
    ),
    _rule(
        "bare-objects",
        r"\.objects\b",
        _screens,
        "a screen reads through visible() and writes through actions (R2.01)",
        "opora/tenancy/",
    ),
    _rule(
        "all-fields",
        r"(fields|exclude)\s*=\s*[\"']__all__|model_to_dict",
        product_modules,
        "name the fields (R5.08)",
    ),
    _rule(
        "secret",
        r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE|\bgh[pousr]_\w{30,}|\bsk-\w{20,}"
        r"|(?i:secret|passwd|password|api_?key|token)\w*\s*[:=]\s*[\"'][A-Za-z0-9+/_=-]{24,}[\"']",
        _unlocked,
        "looks like a secret (R15.14)",
    ),
    _rule(
        "machine-path",
        rf"(?<![\w.])({'|'.join(MACHINE_PATHS)})",
        _unlocked,
        "a path of one machine",
    ),
    _rule(
        "package-host",
        rf"\b({'|'.join(re.escape(host) for host in PACKAGE_HOSTS)})\b",
        _everything,
        "no package host is named in the tree; a mirror belongs to the machine's settings",
    ),
    _rule(
        "upside-down",
        r"^\s*(from|import) (tests|tools)\b",
        product_modules,
        "the product knows no tests and no tools",
    ),
    _rule("unfinished", r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b", _code, "write an issue instead"),
]
