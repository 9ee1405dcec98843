"""The source of every colour: `python -m tools.tokens` writes the token and palette style sheets.

Colours are chosen in OKLCH here and written as sRGB hex, so that Chrome 109 and Firefox 115 (the last browsers of
Windows 7 and 8) show the same page. It stops when a pair of text and surface falls below WCAG AA.
"""

import math
import sys
from pathlib import Path

Oklch = tuple[float, float, float]
ROOT = Path(__file__).resolve().parent.parent
SHEETS = ROOT / "opora/ui/static/ui/css"
HUE = 266  # of the neutrals

LIGHT: dict[str, Oklch] = {
    "bg": (0.978, 0.003, HUE),
    "surface": (1, 0, HUE),
    "sunken": (0.962, 0.004, HUE),
    "raised": (1, 0, HUE),
    "hover": (0.952, 0.005, HUE),
    "press": (0.93, 0.006, HUE),
    "line": (0.922, 0.005, HUE),
    "line_strong": (0.87, 0.007, HUE),
    "control": (0.645, 0.012, HUE),
    "text": (0.235, 0.012, HUE),
    "text_2": (0.43, 0.014, HUE),
    "text_3": (0.515, 0.014, HUE),
    "text_inv": (0.985, 0.002, HUE),
    "ink": (0.235, 0.012, HUE),
    "accent": (0.515, 0.185, 261),
    "accent_hover": (0.46, 0.18, 261),
    "accent_text": (0.475, 0.18, 261),
    "accent_soft": (0.962, 0.02, 261),
    "accent_press": (0.925, 0.04, 261),
    "accent_line": (0.8, 0.1, 261),
    "on_accent": (1, 0, 0),
    "danger": (0.545, 0.2, 25),
    "danger_hover": (0.49, 0.19, 25),
    "danger_text": (0.5, 0.19, 25),
    "danger_soft": (0.968, 0.018, 20),
    "danger_line": (0.84, 0.09, 22),
    "on_danger": (1, 0, 0),
    "success": (0.53, 0.125, 153),
    "success_text": (0.46, 0.11, 153),
    "success_soft": (0.963, 0.028, 155),
    "success_line": (0.82, 0.09, 153),
    "on_success": (1, 0, 0),
    "warning": (0.72, 0.155, 70),
    "warning_text": (0.5, 0.112, 65),
    "warning_soft": (0.972, 0.032, 85),
    "warning_line": (0.85, 0.1, 80),
    "on_warning": (0.235, 0.012, HUE),
    "info_text": (0.48, 0.1, 225),
    "info_soft": (0.965, 0.02, 225),
    "info_line": (0.82, 0.08, 225),
    "violet_text": (0.49, 0.17, 302),
    "violet_soft": (0.967, 0.02, 302),
}
DARK: dict[str, Oklch] = {
    "bg": (0.178, 0.006, HUE),
    "surface": (0.212, 0.007, HUE),
    "sunken": (0.192, 0.006, HUE),
    "raised": (0.248, 0.008, HUE),
    "hover": (0.258, 0.009, HUE),
    "press": (0.292, 0.01, HUE),
    "line": (0.282, 0.008, HUE),
    "line_strong": (0.352, 0.01, HUE),
    "control": (0.535, 0.014, HUE),
    "text": (0.94, 0.004, HUE),
    "text_2": (0.765, 0.01, HUE),
    "text_3": (0.672, 0.012, HUE),
    "text_inv": (0.2, 0.006, HUE),
    "ink": (0.94, 0.004, HUE),
    "accent": (0.555, 0.175, 261),
    "accent_hover": (0.6, 0.165, 261),
    "accent_text": (0.775, 0.11, 259),
    "accent_soft": (0.272, 0.055, 262),
    "accent_press": (0.33, 0.08, 262),
    "accent_line": (0.45, 0.12, 261),
    "on_accent": (1, 0, 0),
    "danger": (0.545, 0.185, 25),
    "danger_hover": (0.59, 0.18, 25),
    "danger_text": (0.765, 0.13, 22),
    "danger_soft": (0.272, 0.055, 22),
    "danger_line": (0.45, 0.12, 22),
    "on_danger": (1, 0, 0),
    "success": (0.51, 0.11, 153),
    "success_text": (0.79, 0.13, 155),
    "success_soft": (0.262, 0.04, 155),
    "success_line": (0.43, 0.08, 153),
    "on_success": (1, 0, 0),
    "warning": (0.76, 0.15, 72),
    "warning_text": (0.82, 0.12, 80),
    "warning_soft": (0.278, 0.04, 75),
    "warning_line": (0.46, 0.08, 75),
    "on_warning": (0.2, 0.01, HUE),
    "info_text": (0.8, 0.09, 225),
    "info_soft": (0.268, 0.035, 230),
    "info_line": (0.44, 0.07, 228),
    "violet_text": (0.8, 0.1, 302),
    "violet_soft": (0.275, 0.05, 302),
}
STAGE: list[tuple[str, Oklch]] = [
    ("slate", (0.62, 0.02, HUE)),
    ("red", (0.62, 0.21, 25)),
    ("coral", (0.68, 0.17, 40)),
    ("orange", (0.72, 0.17, 57)),
    ("amber", (0.79, 0.16, 80)),
    ("lime", (0.76, 0.18, 128)),
    ("green", (0.65, 0.16, 152)),
    ("teal", (0.68, 0.12, 185)),
    ("sky", (0.7, 0.13, 228)),
    ("blue", (0.56, 0.185, 259)),
    ("violet", (0.57, 0.2, 295)),
    ("pink", (0.65, 0.2, 352)),
]


def linear(light: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """OKLCH as linear sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.291485548 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
    )


def hex_of(colour: Oklch) -> str:
    """The nearest sRGB colour, giving up chroma until it fits."""
    light, chroma, hue = colour
    while chroma > 0 and not all(-1e-4 <= v <= 1 + 1e-4 for v in linear(light, chroma, hue)):
        chroma -= 0.002
    shown = ""
    for value in linear(light, max(chroma, 0), hue):
        v = min(1.0, max(0.0, value))
        v = 12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055
        shown += f"{round(v * 255):02x}"
    return "#" + shown


def luminance(shown: str) -> float:
    """WCAG's relative luminance of a hex colour."""
    parts = [int(shown[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two hex colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(shown: str) -> str:
    """Black or white, whichever reads better on the colour; one of the two always has 4.5 : 1."""
    return max("#ffffff", "#000000", key=lambda ink: contrast(ink, shown))


def pairs() -> list[tuple[str, str, float]]:
    """Every (text, surface, least contrast) that must hold in both themes."""
    texts = (
        "text",
        "text_2",
        "text_3",
        "accent_text",
        "danger_text",
        "success_text",
        "warning_text",
        "info_text",
    )
    wanted = [(t, s, 4.5) for t in texts for s in ("bg", "surface", "sunken", "raised", "hover")]
    for name in ("accent", "danger", "success", "warning", "info", "violet"):
        wanted.append((f"{name}_text", f"{name}_soft", 4.5))
        if f"on_{name}" in LIGHT:
            wanted.append((f"on_{name}", name, 4.5))
    wanted += [
        (t, s, 4.5) for s in ("accent_soft", "danger_soft", "accent_press") for t in ("text", "text_2")
    ]
    return wanted + [(edge, s, 3.0) for edge in ("control", "accent") for s in ("surface", "bg", "raised")]


def faults() -> list[str]:
    """The pairs that are too faint."""
    found = []
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        shown = {name: hex_of(colour) for name, colour in colours.items()}
        for one, other, least in pairs():
            ratio = contrast(shown[one], shown[other])
            if ratio < least:
                found.append(f"{theme}: {one} on {other} is {ratio:.2f}, must be {least}")
    return found


def declared(colours: dict[str, Oklch]) -> str:
    """The colours as custom properties."""
    return "".join(f"    --{name.replace('_', '-')}: {hex_of(c)};\n" for name, c in colours.items())


def tokens() -> str:
    """`tokens.css`: colours of both themes and what `tokens_static.css` says of type, space and sizes."""
    static = Path(__file__).with_name("tokens_static.css").read_text("utf-8")
    light, dark = static.split("/* dark */\n")
    stages = "".join(f"    --stage-{name}: {hex_of(colour)};\n" for name, colour in STAGE)
    return (
        "/* Generated by tools/tokens.py: change the numbers there, not here. */\n@layer tokens {\n"
        f"  :root {{\n    color-scheme: light;\n{declared(LIGHT)}"
        "\n    /* the palette people choose stage and label colours from; the same in both themes */\n"
        f"{stages}\n{light}  }}\n"
        f'  :root[data-theme="dark"] {{\n    color-scheme: dark;\n{declared(DARK)}{dark}  }}\n'
        '  :root[data-density="comfy"] { --h-row: 44px; --h-ctl: 36px; --h-ctl-sm: 32px; --h-ctl-lg: 44px; }\n}\n'
    )


def palette() -> str:
    """`components/color.css`: data-color="…" gives an element the colour (--c) and what is written on it (--on)."""
    rows = "".join(
        f'  [data-color="{name}"] {{ --c: var(--stage-{name}); --on: {ink_on(hex_of(colour))}; }}\n'
        for name, colour in STAGE
    )
    return f"/* Generated by tools/tokens.py. */\n@layer components {{\n{rows}}}\n"


def main() -> int:
    """Writes both sheets; 1 when a pair is too faint."""
    (SHEETS / "tokens.css").write_text(tokens(), "utf-8")
    (SHEETS / "components/color.css").write_text(palette(), "utf-8")
    print("\n".join(faults()) or "tokens: every pair reads")
    return 1 if faults() else 0


if __name__ == "__main__":
    sys.exit(main())
