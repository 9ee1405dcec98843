"""The icon sprite: one symbol for each name in `opora/ui/icons.txt`, from the npm package @tabler/icons (outline).

    python -m tools.sprite                  write opora/ui/static/ui/icons.svg
    python -m tools.sprite --add bell star  put names on the list first
    python -m tools.sprite --prune          drop names that no template, view or script writes any more

The product itself needs neither npm nor this tool. Tests check that every icon used stands on the list.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.vendor import ROOT, members, packed

VERSION = "3.51.0"
LIST = ROOT / "opora/ui/icons.txt"
SPRITE = ROOT / "opora/ui/static/ui/icons.svg"
SUFFIXES = {".html", ".py", ".js"}
_CALL = re.compile(
    r"\b(?:icon|ibtn)\(\s*['\"]([a-z0-9-]+)['\"]|\bicon(?:_name)?\s*=\s*['\"]([a-z0-9-]+)['\"]"
)


def listed() -> set[str]:
    """The names on the list."""
    return set(LIST.read_text("utf-8").split())


def sources() -> Iterator[str]:
    """The text of every file that may name an icon."""
    for path in sorted([*(ROOT / "opora").rglob("*"), *(ROOT / "tests/ui").rglob("*")]):
        if path.suffix in SUFFIXES and "vendor" not in path.parts:
            yield path.read_text("utf-8")


def called() -> set[str]:
    """Names that are surely icons: `icon('…')`, `ibtn('…')`, `icon="…"` and `icon_name='…'`."""
    return {one or other for text in sources() for one, other in _CALL.findall(text)}


def written(names: set[str]) -> set[str]:
    """Those of the names that stand anywhere as a quoted word."""
    everything = "\n".join(sources())
    return {name for name in names if re.search(f"['\"]{name}['\"]", everything)}


def symbol(name: str, svg: str) -> str:
    """One icon as a symbol, without comments, white space and the empty square."""
    inside = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    body = re.sub(
        r"<!--.*?-->|<path stroke=\"none\"[^>]*/>", "", inside[1] if inside else "", flags=re.DOTALL
    )
    body = re.sub(r"\s*\n\s*", "", body).replace(" />", "/>")
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{body}</symbol>'


def write(names: set[str]) -> None:
    """Takes the icons from the package and writes the sprite."""
    inner = {name: f"icons/outline/{name}.svg" for name in sorted(names)}
    with tempfile.TemporaryDirectory() as folder:
        archive, _integrity = packed("@tabler/icons", VERSION, Path(folder))
        found = members(Path(folder), archive, list(inner.values()))
    symbols = "".join(symbol(name, found[path].decode()) for name, path in inner.items())
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n', "utf-8")


def main() -> None:
    """Changes the list as asked and writes the sprite."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--add", nargs="*", default=[], help="names to put on the list")
    parser.add_argument("--prune", action="store_true", help="drop names nothing writes any more")
    arguments = parser.parse_args()
    names = listed() | called() | set(arguments.add)
    if arguments.prune:
        names = written(names)
    LIST.write_text("\n".join(sorted(names)) + "\n", "utf-8")
    write(names)
    print(len(names), "icons,", SPRITE.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
