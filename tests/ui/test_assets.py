"""What a first visit costs, and that what is served is what was checked."""

import base64
import gzip
import hashlib
import json
import re
import urllib.request
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from opora.ui import assets
from tools import sprite, tokens

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "opora/ui/static"
BUDGET = 100 * 1024


def _sent(address: str) -> tuple[bytes, dict[str, str]]:
    """The body as it travels, and its headers."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        return answer.read(), {name.casefold(): value for name, value in answer.headers.items()}


def _parts(page: str) -> set[str]:
    """Every static file the page itself names, without fonts: the browser takes those by the letters it meets."""
    return {part for part in re.findall(r'(?:href|src)="(/static/[^"#]+)', page) if "/fonts/" not in part}


@pytest.mark.req("N22")
@pytest.mark.parametrize("address", ["/contacts/", "/deals/", "/sign-in/"])
def test_first_page_is_under_100_kb(gallery: str, static_root: Path, address: str) -> None:
    body, _headers = _sent(gallery + address)
    fonts = sum(path.stat().st_size for path in static_root.glob("ui/fonts/golos-*.*.woff2"))
    total = (
        len(gzip.compress(body, 6))
        + fonts
        + sum(len(_sent(gallery + part)[0]) for part in _parts(body.decode()))
    )
    assert total < BUDGET, f"{total / 1024:.1f} KB"


def test_a_page_has_20_kb_to_itself(gallery: str, static_root: Path) -> None:
    """A list of fifty rows with its filters weighs 15 KB; the files around it leave it room."""
    body, _headers = _sent(f"{gallery}/contacts/")
    fonts = sum(path.stat().st_size for path in static_root.glob("ui/fonts/golos-*.*.woff2"))
    files = sum(len(_sent(gallery + part)[0]) for part in _parts(body.decode()))
    assert fonts + files < BUDGET - 20 * 1024, f"{(fonts + files) / 1024:.1f} KB"


def test_files_are_immutable_and_compressed(gallery: str, static_root: Path) -> None:
    sheet = next(path for path in static_root.glob("ui/css/app.*.css"))
    _body, headers = _sent(f"{gallery}/static/ui/css/{sheet.name}")
    assert "immutable" in headers["cache-control"]
    assert headers["content-encoding"] == "gzip"
    assert sheet.with_name(sheet.name + ".br").exists()


def test_sheet_and_script_are_one_file_each(static_root: Path) -> None:
    sheet = next(static_root.glob("ui/css/app.*.css")).read_text("utf-8")
    script = next(static_root.glob("ui/js/main.*.js")).read_text("utf-8")
    assert "@import" not in sheet
    assert "import " not in script
    assert "golos-cyrillic." in sheet


def test_every_script_is_listed_and_joined_once() -> None:
    joined = assets.joined_script(STATIC)
    for path in (STATIC / "ui/js").glob("*.js"):
        assert joined.count(f"const module_{path.stem.replace('-', '_')} = ") == 1


def test_vendored_files_are_the_pinned_ones() -> None:
    pins = json.loads((STATIC / "vendor/VERSIONS.json").read_text())
    for pin in pins.values():
        for place, checksum in pin["files"].items():
            found = base64.b64encode(hashlib.sha512((ROOT / place).read_bytes()).digest()).decode()
            assert checksum == f"sha512-{found}", place


def test_every_icon_called_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="i-([^"]+)"', sprite.SPRITE.read_text("utf-8")))
    assert drawn == sprite.listed()
    assert sprite.called() - drawn == set()


@pytest.mark.req("N22")
def test_colours_have_enough_contrast_and_sheets_are_up_to_date() -> None:
    assert tokens.faults() == []
    assert (tokens.SHEETS / "tokens.css").read_text("utf-8") == tokens.tokens()
    assert (tokens.SHEETS / "components/color.css").read_text("utf-8") == tokens.palette()


def test_an_edited_part_reaches_the_joined_script_of_a_second_collection(tmp_path: Path) -> None:
    """A collection leaves what is unchanged alone: the list was taken for unchanged, joined with the parts of yore."""
    source, names = FileSystemStorage(tmp_path / "source"), ("ui/js/main.js", "ui/js/part.js")
    collected = assets.JoinedFiles(location=tmp_path / "collected", base_url="/static/")
    source.save(names[0], ContentFile(b'import "./part.js";\n'))
    for words in (b"first();\n", b"second();\n"):
        source.delete(names[1])
        source.save(names[1], ContentFile(words))
        for name in names[0 if words == b"first();\n" else 1 :]:
            collected.delete(name)
            collected._save(name, source.open(name))
        list(collected.post_process({name: (source, name) for name in names}))
    assert b"second();" in collected.open(names[0]).read()
