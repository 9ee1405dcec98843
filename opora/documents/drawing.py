"""Makes a small picture of a large one: a program of its own, so that a hostile picture can hurt only itself (R7.08).

`python drawing.py preview SOURCE TARGET`, or `photo`. It may take 512 MB and ten seconds; nothing of the product is
loaded in it. Ends with 0, or with 3 for a picture that is refused.
"""

import resource
import sys

MEMORY = 512 << 20
SECONDS = 10
if __name__ == "__main__":  # before anything is loaded that reads pictures
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

from PIL import Image, ImageOps  # noqa: E402 - the limits come first

MOST_PIXELS = 40_000_000
PREVIEW_SIDE = 640
PHOTO_SIZE = (200, 300)
REFUSED = 3
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


def main(what: str, source: str, target: str) -> int:
    """Draw; the answer is the exit code."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(source, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return REFUSED
            if what == "photo" and getattr(picture, "n_frames", 1) > 1:
                return REFUSED
            side = PREVIEW_SIDE if what == "preview" else max(PHOTO_SIZE) * 2
            picture.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(picture)
            if what == "photo":
                small = ImageOps.fit(upright.convert("RGBA"), PHOTO_SIZE, centering=(0.5, 0.3))
            else:
                small = upright.convert("RGBA")
                small.thumbnail((side, side))
            paper = Image.new("RGB", small.size, "white")
            paper.paste(small, mask=small.getchannel("A"))
            paper.save(target, "JPEG", quality=82, optimize=True)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
