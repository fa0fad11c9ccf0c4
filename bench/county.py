"""A synthetic county to measure on: plots that tile the land, villages, a register, ground plots, violations.

The same seed gives the same county. Plots are wavy quadrangles of about 60 vertices and 5 亩; one in fifty holds a
pond, which is a plot of its own. Everything is written once into a folder and used again.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

SEED = 7
EPSG = 4549
COUNTY = "990101"
# To be counted up when the county is made differently.
_VERSION = 4


@dataclass(frozen=True)
class County:
    """Where a county is, and what was planted: counts of plots, and of mistakes by kind."""

    folder: Path
    plots: int
    vertices: int
    violations: int
    register_differs: int
    register_lacks: int
    map_differs: int
    ground_moved: int
    ground_lacks: int

    def layer(self, name: str) -> str:
        """A layer's source for QGIS."""
        return f"{self.folder / name}.gpkg"

    @property
    def register(self) -> str:
        """The register as a workbook; areas in 亩."""
        return str(self.folder / "register.xlsx")


def county(plots: int, cache: Path) -> County:
    """The county of about `plots` plots below the folder `cache`; made where it is not there yet."""
    folder = cache / f"county-{plots}-v{_VERSION}"
    done = folder / "county.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        from redline.bench import desktop
        from redline.bench.making import make

        desktop.start(plugin=False)
        facts = asdict(make(plots, folder))
        del facts["folder"]
        done.write_text(json.dumps(facts), encoding="utf-8")
    return County(folder, **json.loads(done.read_text(encoding="utf-8")))


if __name__ == "__main__":
    county(int(sys.argv[1]), Path(sys.argv[2]))
    # QGIS may crash while the interpreter shuts down.
    os._exit(0)
