"""Static files for production: the style sheets in one file, the scripts in one file, every name with its hash.

`css/app.css` and `js/main.js` are lists of imports. In development the browser follows them; `collectstatic`
replaces each list by what it lists, so that a first visit asks for one sheet and one script.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "ui/css/app.css"
SCRIPT = "ui/js/main.js"
LATE = "ui/js/late/"
"""Scripts that come with the first region that needs them; each is joined with what it imports, as `main.js` is."""
_SHEET_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n?')
_SCRIPT_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.\.?/[\w-]+)\.js";\n', re.MULTILINE)
_COMMENT = re.compile(r"^\s*(?://.*|/\*\*.*\*/)?\n|^ +", re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)


def joined_sheet(root: Path) -> str:
    """`app.css` with every imported file in its place. Addresses inside are relative to `css/`, so they stay."""
    folder = root / PurePosixPath(SHEET).parent

    def read(match: re.Match[str]) -> str:
        return (folder / match[1]).read_text("utf-8").rstrip() + "\n"

    sheet = _SHEET_IMPORT.sub(read, (root / SHEET).read_text("utf-8"))
    return squeezed(sheet)


def squeezed(sheet: str) -> str:
    """The sheet without comments and the white space that means nothing."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    tight = re.sub(r"\s*([{};])\s*", r"\1", bare)
    return re.sub(r"([:,])\s+", r"\1", tight).replace(";}", "}")


def joined_script(root: Path, script: str = SCRIPT) -> str:
    """A script and all it imports, each once and after what it needs, each in a scope of its own."""
    folder = root / PurePosixPath(SCRIPT).parent
    name = str(PurePosixPath(script).relative_to(PurePosixPath(SCRIPT).parent).with_suffix(""))
    return "".join(_scoped(part, folder) for part in _in_order(name, folder, []))


def _in_order(name: str, folder: Path, done: list[str]) -> list[str]:
    source = (folder / f"{name}.js").read_text("utf-8")
    for match in _SCRIPT_IMPORT.finditer(source):
        if (part := _named(name, match[2])) not in done:
            _in_order(part, folder, done)
    done.append(name)
    return done


def _scoped(name: str, folder: Path) -> str:
    source = (folder / f"{name}.js").read_text("utf-8")

    def taken(match: re.Match[str]) -> str:
        return f"const {{{match[1]}}} = module_{_plain(_named(name, match[2]))};\n" if match[1] else ""

    body = _SCRIPT_IMPORT.sub(taken, source)
    names = ", ".join(_EXPORT.findall(body))
    body = _COMMENT.sub("", re.sub(r"^export ", "", body, flags=re.MULTILINE))
    return f"const module_{_plain(name)} = (() => {{\n{body}return {{ {names} }};\n}})();\n"


def _named(name: str, imported: str) -> str:
    """An imported script as seen from the folder of scripts: `../page` of `late/board` is `page`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), imported))


def _plain(name: str) -> str:
    return name.replace("-", "_").replace("/", "_")


class JoinedFiles(CompressedManifestStaticFilesStorage):
    """Hashed, compressed (gzip and Brotli) and immutable; the lists are joined before names are hashed."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Joins the lists in the collected folder, then lets Django and WhiteNoise do theirs."""
        if not dry_run:
            root = Path(self.location)
            lists = [name for name in paths if name in (SHEET, SCRIPT) or name.startswith(LATE)]
            for name in lists:
                self._bring_list(name, *paths[name])
            joined = {
                name: joined_sheet(root) if name == SHEET else joined_script(root, name) for name in lists
            }
            for name, text in joined.items():
                self.delete(name)
                self._save(name, ContentFile(text.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

    def _bring_list(self, name: str, storage: Any, path: str) -> None:
        """The list itself again: the last collection left what it joined in its place, newer than the list."""
        with storage.open(path) as source:
            self.delete(name)
            self._save(name, source)
