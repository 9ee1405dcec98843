"""The project's own files, and what a rule says about a place in one of them."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDORED = ("/static/vendor/", "/static/ui/vendor/", "/vendor/", "/fonts/")
TEXT = {
    ".py",
    ".html",
    ".txt",
    ".js",
    ".mjs",
    ".css",
    ".md",
    ".toml",
    ".json",
    ".svg",
    ".po",
    ".in",
    ".yml",
    ".sql",
    "",
}


@dataclass(frozen=True)
class Fault:
    """A rule broken at a place; `line` counts from 1, `text` is the line itself."""

    rule: str
    path: str
    line: int
    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.why}: {self.text.strip()[:120]}"


@cache
def paths() -> tuple[str, ...]:
    """Every file that is, or may become, part of the repository, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(sorted(path for path in set(listed) if (ROOT / path).is_file()))


def is_vendored(path: str) -> bool:
    """Whether the file is somebody else's, kept as it came."""
    return any(part in f"/{path}" for part in VENDORED)


@cache
def text_of(path: str) -> str:
    """The text of a file; '' when it is not text."""
    try:
        return (ROOT / path).read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def own_files(*folders: str, suffixes: tuple[str, ...] = ()) -> Iterator[str]:
    """Text files of the project under the folders (all without any), of the suffixes (all without any)."""
    for path in paths():
        suffix = Path(path).suffix
        if suffix not in TEXT or is_vendored(path) or (suffixes and suffix not in suffixes):
            continue
        if not folders or path.startswith(folders):
            yield path


def product_modules() -> Iterator[str]:
    """Python files of the product, without migrations."""
    return (path for path in own_files("opora/", "config/", suffixes=(".py",)) if "/migrations/" not in path)


def templates() -> Iterator[str]:
    """Jinja templates of the product."""
    return (path for path in own_files("opora/") if "/templates/" in path)
