"""Make pictures of windows and maps small: python tools/shrink.py FILE.png …

They get a palette of 250 colours, enough for them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

COLOURS = 250


def shrink(file: Path) -> None:
    """Write a picture again with a palette, where that makes it smaller."""
    with Image.open(file) as picture:
        seen = picture.convert("RGBA")
    page = Image.new("RGB", seen.size, "white")
    page.paste(seen, mask=seen.getchannel("A"))
    smaller = file.with_suffix(".smaller")
    # Small dots, on which a legend hangs, keep a colour of their own; the means keep large grounds what they are.
    fewer = page.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    fewer.save(smaller, format="PNG", optimize=True)
    if smaller.stat().st_size < file.stat().st_size:
        smaller.replace(file)
    else:
        smaller.unlink()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        shrink(Path(name))
