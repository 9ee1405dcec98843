"""Golos Text cut to the letters of Russian, English and Uzbek: three small files instead of one large.

    python -m tools.subset_font      needs fontTools and brotli beside the development tools, and npm

Uzbek's ʻ and ʼ are drawn as the quotation marks ‘ and ’, and the narrow no-break space as the thin one: the font has no
glyphs of their own for them. The weight axis is kept from 400 to 600,
the weights in use: up to 700 the files would be a third larger.
"""

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.vendor import ROOT, members, packed

try:
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer
except ImportError:
    sys.exit("fontTools is not installed: it is only needed here, so it is not in the lock")

PACKAGE, VERSION = "@fontsource-variable/golos-text", "5.2.8"
FONTS = ROOT / "opora/ui/static/ui/fonts"
LATIN = [
    *range(0x20, 0x7F),
    *b"\xa0\xa7\xa9\xab\xae\xb0\xb1\xb2\xb7\xbb\xd7\xf7\xe9\xfc",
    *(0x2BB, 0x2BC, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2013, 0x2014),
    *(0x2009, 0x202F, 0x2026, 0x2022, 0x20AC, 0x2212),
]
CYRILLIC = [*range(0x410, 0x450), 0x401, 0x451, 0x2116, 0x40E, 0x45E]
CUTS = {"latin": ("latin", LATIN), "cyrillic": ("cyrillic", CYRILLIC), "ruble": ("latin-ext", [0x20BD])}
FEATURES = ["kern", "liga", "tnum", "case", "mark", "mkmk", "locl", "ccmp", "calt"]
UNUSED = ["VVAR", "vmtx", "vhea", "gasp", "DSIG"]
STAND_INS = {0x2BB: 0x2018, 0x2BC: 0x2019, 0x202F: 0x2009}


def reloaded(font: Any) -> Any:
    """The font as its file says: the instancer leaves tables half read."""
    written = io.BytesIO()
    font.flavor = None
    font.save(written)
    return TTFont(io.BytesIO(written.getvalue()))


def cut(source: bytes, letters: list[int]) -> bytes:
    """The font with these letters only, as woff2."""
    font: Any = TTFont(io.BytesIO(source))
    for table in font["cmap"].tables:
        for missing, drawn in STAND_INS.items():
            if drawn in table.cmap:
                table.cmap.setdefault(missing, table.cmap[drawn])
    font = reloaded(instancer.instantiateVariableFont(font, {"wght": (400, 600)}))
    options = subset.Options(
        layout_features=FEATURES,
        hinting=False,
        drop_tables=UNUSED,
        name_IDs=[0, 1, 2, 13, 14],
        notdef_outline=True,
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def main() -> None:
    """Writes the three files."""
    with tempfile.TemporaryDirectory() as folder:
        archive, _integrity = packed(PACKAGE, VERSION, Path(folder))
        names = {part: f"files/golos-text-{part}-wght-normal.woff2" for part, _letters in CUTS.values()}
        found = members(Path(folder), archive, list(names.values()))
    for name, (part, letters) in CUTS.items():
        content = cut(found[names[part]], letters)
        (FONTS / f"golos-{name}.woff2").write_bytes(content)
        print(name, len(content))


if __name__ == "__main__":
    main()
