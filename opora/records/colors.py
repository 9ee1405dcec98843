"""Colours that customers give to stages: names of the palette, or any colour of their own (ui.md 2)."""

import re

PALETTE = (
    "slate", "red", "coral", "orange", "amber", "lime", "green", "teal", "sky", "blue", "violet", "pink",
)  # fmt: skip
HEX = dict(
    zip(
        PALETTE,
        (
            "#808693", "#ea3c3f", "#ec6d3d", "#f28412", "#f0ad15", "#8fc531",
            "#23aa5b", "#0eafa2", "#20adde", "#256fde", "#8354de", "#e44d9c",
        ),
        strict=True,
    )
)  # fmt: skip
"""The palette's colours as the style sheet's tokens have them, for a colour picker to start with."""
_WHITE_ON = frozenset({"blue", "violet"})
_HEX = re.compile(r"^#[0-9a-f]{6}$")


def is_color(text: str) -> bool:
    """Whether this may be stored as a colour: a name of the palette, or #rrggbb in small letters."""
    return text in PALETTE or bool(_HEX.match(text))


def hex_of(color: str) -> str:
    """A stored colour as #rrggbb."""
    return HEX.get(color, color if is_color(color) else HEX[PALETTE[0]])


def css(color: str) -> str:
    """The two properties by which the project's style sheet gives a colour to an element.

    `--on` is black or white, whichever has at least 4.5:1 on the colour. Anything unknown is slate.
    """
    known = color if is_color(color) else PALETTE[0]
    if known in PALETTE:
        return f"--c: var(--stage-{known}); --on: {'#ffffff' if known in _WHITE_ON else '#000000'};"
    return f"--c: {known}; --on: {'#000000' if luminance(known) > 0.179 else '#ffffff'};"


def luminance(color: str) -> float:
    """The relative luminance of #rrggbb, from 0 (black) to 1 (white), as WCAG defines it."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
