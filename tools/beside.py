"""Put two pictures side by side: python tools/beside.py LEFT.png RIGHT.png BOTH.png"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

GAP, GROUND = 24, "#d9dcdf"


def beside(left: Path, right: Path, both: Path) -> None:
    """Write the two with a gap around and between them; the lower is cut to the height of the other."""
    with Image.open(left) as one, Image.open(right) as other:
        high = min(one.height, other.height)
        board = Image.new("RGB", (one.width + other.width + 3 * GAP, high + 2 * GAP), GROUND)
        board.paste(one.crop((0, 0, one.width, high)), (GAP, GAP))
        board.paste(other.crop((0, 0, other.width, high)), (2 * GAP + one.width, GAP))
    board.save(both)


if __name__ == "__main__":
    beside(*map(Path, sys.argv[1:4]))
