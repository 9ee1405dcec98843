"""What the docs tell people to type exists."""

import re
import shlex
from pathlib import Path

import click
import pytest

from config.cli import opora

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])
COMMAND = re.compile(
    r"^(?:\.venv/bin/)?opora ((?!\.)[^\n]*)$|`(?:\.venv/bin/)?opora ([a-z][^`\n]*)`", re.MULTILINE
)
LINK = re.compile(r"\]\(([^)#]+?)\)")


def commands() -> list[tuple[str, str]]:
    """Every `opora …` of the docs, with the file it stands in."""
    return [
        (path.name, (match[1] or match[2]).strip())
        for path in DOCS
        for match in COMMAND.finditer(path.read_text())
    ]


def test_the_docs_name_commands() -> None:
    assert len(commands()) > 10


@pytest.mark.parametrize(("file", "typed"), commands())
def test_a_command_of_the_docs_exists_with_its_options(file: str, typed: str) -> None:
    words = shlex.split(typed)
    command: click.Command = opora
    context = click.Context(opora, info_name="opora")
    while words and isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, f"{file}: opora {typed}"
        command = found
    known = {name for option in command.params for name in [*option.opts, *option.secondary_opts]} | {
        "--help"
    }
    assert {word for word in words if word.startswith("--")} <= known, f"{file}: opora {typed}"


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_between_the_docs_lead_somewhere(path: Path) -> None:
    broken = [
        link
        for link in LINK.findall(path.read_text())
        if ":" not in link and not (path.parent / link).exists()
    ]
    assert broken == []


@pytest.mark.parametrize(
    "name", ["OPORA_DATABASE", "OPORA_SECRET", "OPORA_HOSTS", "OPORA_SQLITE_SYNCHRONOUS"]
)
def test_a_setting_of_the_docs_is_read(name: str) -> None:
    read = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    assert name in read
